# ruff: noqa: INP001 - a file that a recipe names, not a package
"""A narrator of one's own: a speech server in the house, asked over plain HTTP, whose answer is a WAV.

    voice:
      narrator:
        {name: house, protocol: examples/own_narrator.py, base_url: "http://127.0.0.1:8020", model: warm-2,
         usd_per_1000_characters: 0, api_key: {env: HOUSE_KEY}}

A line is asked for once. The transport raises what a stage relies on: `StartAmbiguous` where no clear answer came, and
`ProviderError` for a refusal. Nothing here tells when a word is heard, so `words` stays empty.
"""

from __future__ import annotations

import re
from pathlib import Path

from reelwright import Entry, FailureKind
from reelwright.models.bench import Bench
from reelwright.models.identity import identity_of
from reelwright.models.narrators.contract import NarrationRequest, Speech
from reelwright.models.narrators.spoken import require_length, spoken_charge, write_speech
from reelwright.models.remote.clients import client_of
from reelwright.models.remote.kinds import Rule, statuses
from reelwright.models.remote.transport import Transport

SAID = {"WAV": "wave", "Reelwright": "reel right"}
"""What the voice says wrong as it is written."""
RULES = (
    Rule(FailureKind.INVALID_REQUEST, statuses=statuses(404), words="voice"),  # else, a 404 is a model that is gone
    Rule(FailureKind.BUSY, statuses=statuses(429), words="queue"),
)
"""What this server's refusals mean, where it is not what they mean at most servers."""


class HouseVoice:
    """One voice model at one address."""

    def __init__(self, entry: Entry, transport: Transport) -> None:
        self.name = entry.name
        self.identity = f"{identity_of(entry)} {SAID}"  # with other words it is another sound
        self._entry, self._transport = entry, transport

    async def speak(self, request: NarrationRequest, into: Path, *, idempotency_key: str = "") -> Speech:
        """Ask once for a line, and write it as the WAV that the contract wants."""
        del idempotency_key  # the server has no place for it
        require_length(self._entry, request)
        body = {
            "model": self._entry.model,
            "text": re.sub(r"\w+", lambda word: SAID.get(word[0], word[0]), request.text),
            "voice": request.voice or "anna",
            "speed": float(request.speed),
        }
        answer = await self._transport.paid("speak", json=body, expect="bytes")
        seconds = await write_speech(answer.content, into, provider=self._entry.vendor, model=self.name)
        charge, warnings = spoken_charge(self._entry, len(request.text))
        return Speech(seconds=seconds, charge=charge, warnings=warnings)

    async def aclose(self) -> None:
        """Close the client."""
        await self._transport.aclose()


def build(entry: Entry, bench: Bench) -> HouseVoice:
    """Return the narrator of an entry; it calls nothing yet."""
    return HouseVoice(entry, client_of(entry, bench, start_seconds=120, rules=RULES))
