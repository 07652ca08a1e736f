"""The transcribers as their suite sees them: each with its strict server and its documented failures."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support.narrator_harnesses import labs
from support.spoken import say
from support.vendors import Hosted, openai_error

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind
from reelwright.models.transcribers.contract import Transcriber
from reelwright.models.transcribers.local import LocalTranscriber
from reelwright.studio import Studio
from reelwright.testing import Failure, TranscriberHarness
from reelwright.testing.servers import elevenlabs, openai, openai_speech


class Remote(Hosted, TranscriberHarness):
    """A vendor's transcriber: its protocol, model and server."""

    called = "listener"
    prices: Mapping[str, Any] = {"usd_per_minute": "0.006"}
    usd = "0.000430"


class OpenAiTranscriptions(Remote):
    """OpenAI's."""

    name, model, key = "openai-transcriptions", openai_speech.LISTENING, openai.KEY
    server = openai_speech.OpenAiSpeech
    hears = True
    failures: Mapping[str, Failure] = {
        "quota": openai_error(FailureKind.BILLING, 429, "insufficient_quota"),
        "key": openai_error(FailureKind.AUTH, 401, "invalid_api_key"),
        "gone": openai_error(FailureKind.RETIRED, 404, "model_not_found"),
        "no sound": openai_error(FailureKind.INVALID_REQUEST, 400, "invalid_value"),
        "rate": openai_error(FailureKind.RATE_LIMITED, 429, "rate_limit_exceeded", Retry_After="7"),
        "server": openai_error(FailureKind.BUSY, 500, "server_error"),
    }

    def let_hear(self, server: Any, said: str) -> None:
        """It hears what the prompt says unless it is told."""
        server.heard = said


class ElevenLabsAlignment(Remote):
    """ElevenLabs' forced alignment, which hears whatever is written."""

    name, model, key = "elevenlabs-alignment", "", elevenlabs.KEY
    server = elevenlabs.ElevenLabs
    listens = False
    failures: Mapping[str, Failure] = {
        "quota": labs(FailureKind.BILLING, 401, "quota_exceeded"),
        "key": labs(FailureKind.AUTH, 401, "invalid_api_key"),
        "at once": labs(FailureKind.RATE_LIMITED, 429, "too_many_concurrent_requests"),
        "busy": labs(FailureKind.BUSY, 429, "system_busy"),
        "field": Failure(
            FailureKind.INVALID_REQUEST, status=422, body={"detail": [{"loc": ["body"], "msg": "No.", "type": "x"}]}
        ),
        "server": Failure(FailureKind.BUSY, status=500, body={"detail": "Internal Server Error"}),
    }


class LocalEar(TranscriberHarness):
    """What is recognised here: one ear for all tests, as it is one for a whole process, and a voice that speaks."""

    name = "local"
    is_remote = False
    hears = True

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry."""
        del server_url
        return {"name": "local", "protocol": "local"}

    def speech(self, into: Path) -> None:
        """The local voice says it."""
        shutil.copyfile(say(self.line).path, into)

    def build(self, studio: Studio, entry: Entry) -> Transcriber:
        """Return the one whose models are loaded already."""
        del studio, entry
        return _ear()


@functools.cache
def _ear() -> LocalTranscriber:
    folder = Path(tempfile.mkdtemp(prefix="reelwright-test-ear-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return LocalTranscriber(folder)


OPENAI, ELEVENLABS = OpenAiTranscriptions(), ElevenLabsAlignment()
REMOTE = (OPENAI, ELEVENLABS)
LOCAL = LocalEar()
