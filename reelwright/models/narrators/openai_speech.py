"""OpenAI's speech protocol, at OpenAI or at any host that speaks it: `/audio/speech`. It tells no word times.

Facts: OpenAI's published OpenAPI document of 2026-08-21: input of at most 4096 characters, speed 0.25 to 4, a WAV is
sent while it is made, so that its header knows no length. OpenAI's own speech models end on 2027-01-06.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reelwright.catalogue import Entry
from reelwright.models.bench import Bench
from reelwright.models.identity import identity_of
from reelwright.models.narrators.contract import NarrationRequest, Speech
from reelwright.models.narrators.spoken import require_length, spoken_charge, write_speech
from reelwright.models.remote.clients import client_of
from reelwright.models.remote.transport import Transport

_VOICE = "marin"
_PCM_RATE = 24_000
_OWN_OPTIONS = frozenset({"voice", "pcm_rate", "start_seconds"})


class OpenAiSpeech:
    """A narrator that speaks `openai-speech`.

    Options: `voice` where the recipe names none (a custom voice of OpenAI's begins with `voice_`), `pcm_rate` for hosts
    whose bare samples have another rate, `start_seconds`; every other one is sent by its name, e.g. `instructions`,
    `response_format`.
    """

    def __init__(self, entry: Entry, transport: Transport) -> None:
        self.name, self.identity = entry.name, identity_of(entry)
        self._entry, self._transport = entry, transport

    async def speak(self, request: NarrationRequest, into: Path, *, idempotency_key: str = "") -> Speech:
        """Ask once for a line; see `Narrator.speak`."""
        require_length(self._entry, request)
        body = self._body(request)
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        answer = await self._transport.paid("audio/speech", json=body, headers=headers, expect="bytes")
        rate = int(self._entry.options.get("pcm_rate", _PCM_RATE)) if body["response_format"] == "pcm" else None
        seconds = await write_speech(answer.content, into, provider=self._entry.vendor, model=self.name, pcm_rate=rate)
        charge, unknown = spoken_charge(self._entry, len(request.text))
        return Speech(seconds=seconds, charge=charge, warnings=unknown)

    async def aclose(self) -> None:
        """Close the client."""
        await self._transport.aclose()

    def _body(self, request: NarrationRequest) -> dict[str, Any]:
        voice = request.voice or str(self._entry.options.get("voice", _VOICE))
        asked: dict[str, Any] = {
            "model": self._entry.model,
            "input": request.text,
            "voice": {"id": voice} if voice.startswith("voice_") else voice,
            "response_format": "wav",
        }
        if request.speed != 1:
            asked["speed"] = float(request.speed)
        return asked | {name: value for name, value in self._entry.options.items() if name not in _OWN_OPTIONS}


def build(entry: Entry, bench: Bench) -> OpenAiSpeech:
    """Return the narrator of an entry.

    Raises:
        InvalidInput: it has no base URL or no model.
    """
    transport = client_of(entry, bench, start_seconds=120)
    return OpenAiSpeech(entry, transport)
