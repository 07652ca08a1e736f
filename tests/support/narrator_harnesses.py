"""The narrators as their suite sees them: each with its strict server and its documented failures."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from support.vendors import Hosted, openai_error

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind
from reelwright.models.narrators.contract import Narrator
from reelwright.models.narrators.local import LocalNarrator
from reelwright.studio import Studio
from reelwright.testing import Failure, NarratorHarness
from reelwright.testing.servers import elevenlabs, gemini, openai, openai_speech


def labs(kind: FailureKind, status: int, code: str, message: str = "No.") -> Failure:
    """A refusal of ElevenLabs'."""
    return Failure(kind, status=status, body={"detail": {"status": code, "message": message}})


def billed(kind: FailureKind, body: Any) -> Failure:
    """An answer without speech, which is paid."""
    return Failure(kind, status=200, body=body, billed=True)


class Remote(Hosted, NarratorHarness):
    """A vendor's narrator: its protocol, model and server."""

    called = "speaker"
    prices: Mapping[str, Any] = {"usd_per_1000_characters": "0.30"}
    usd = "0.0153"

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry."""
        return {**super().definition(server_url), "prompt_characters": 4096}


class ElevenLabs(Remote):
    """ElevenLabs'."""

    name, model, key = "elevenlabs", elevenlabs.MODEL, elevenlabs.KEY
    server, path = elevenlabs.ElevenLabs, "/v1"
    options: Mapping[str, Any] = {"voice": elevenlabs.VOICE}
    tells_words = True
    failures: Mapping[str, Failure] = {
        "key": labs(FailureKind.AUTH, 401, "invalid_api_key"),
        "permissions": labs(FailureKind.AUTH, 401, "missing_permissions"),
        "quota": labs(FailureKind.BILLING, 401, "quota_exceeded", "You have 0 credits remaining."),
        "voice": labs(FailureKind.INVALID_REQUEST, 400, "voice_not_found"),
        "voice gone": labs(FailureKind.INVALID_REQUEST, 404, "voice_not_found"),
        "too long": labs(FailureKind.INVALID_REQUEST, 400, "max_character_limit_exceeded"),
        "at once": labs(FailureKind.RATE_LIMITED, 429, "too_many_concurrent_requests"),
        "busy": labs(FailureKind.BUSY, 429, "system_busy"),
        "field": Failure(
            FailureKind.INVALID_REQUEST, status=422, body={"detail": [{"loc": ["body"], "msg": "No.", "type": "x"}]}
        ),
        "server": Failure(FailureKind.BUSY, status=500, body={"detail": "Internal Server Error"}),
        "no sound": billed(FailureKind.MEDIA_REJECTED, {"audio_base64": None}),
        "empty sound": billed(FailureKind.MEDIA_REJECTED, {"audio_base64": ""}),
    }


class OpenAiSpeech(Remote):
    """OpenAI's."""

    name, model, key = "openai-speech", openai_speech.SPEECH, openai.KEY
    server, path = openai_speech.OpenAiSpeech, "/v1"
    failures: Mapping[str, Failure] = {
        "key": openai_error(FailureKind.AUTH, 401, "invalid_api_key"),
        "quota": openai_error(FailureKind.BILLING, 429, "insufficient_quota"),
        "gone": openai_error(FailureKind.RETIRED, 404, "model_not_found"),
        "value": openai_error(FailureKind.INVALID_REQUEST, 400, "invalid_value"),
        "rate": openai_error(FailureKind.RATE_LIMITED, 429, "rate_limit_exceeded"),
        "a page": billed(FailureKind.MEDIA_REJECTED, "<html>sorry</html>"),
    }


class GeminiTts(Remote):
    """Google's."""

    name, model, key = "gemini-tts", gemini.SPEECH, gemini.KEY
    server, path = gemini.Gemini, "/v1beta"
    prices: Mapping[str, Any] = {"usd_per_million_input": "0.5", "usd_per_million_output": 6}
    usd = "0.0065"
    failures: Mapping[str, Failure] = {
        "prohibited": billed(FailureKind.MODERATED, gemini.generated(finish="PROHIBITED_CONTENT")),
        "other": billed(FailureKind.UNKNOWN, gemini.generated(finish="OTHER")),
        "words": billed(FailureKind.MEDIA_REJECTED, gemini.generated({"text": "Hello."})),
        "unavailable": Failure(
            FailureKind.BUSY, status=503, body={"error": {"message": "No.", "status": "UNAVAILABLE"}}
        ),
    }


class LocalVoice(NarratorHarness):
    """What is spoken here: one voice for all tests, as it is one for a whole process."""

    name = "local"
    is_remote = False
    tells_words = True

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry."""
        del server_url
        return {"name": "local", "protocol": "local"}

    def build(self, studio: Studio, entry: Entry) -> Narrator:
        """Return the one whose worker runs on: it takes two seconds to start."""
        del studio, entry
        return _voice()


class _Kept(LocalNarrator):
    """The local voice; the stages do not close it either."""

    async def aclose(self) -> None:
        """Keep the worker: it ends with the process."""


@functools.cache
def _voice() -> _Kept:
    return _Kept()


ELEVENLABS, OPENAI, GEMINI = ElevenLabs(), OpenAiSpeech(), GeminiTts()
REMOTE = (ELEVENLABS, OPENAI, GEMINI)
ALL = (*REMOTE, LocalVoice())
