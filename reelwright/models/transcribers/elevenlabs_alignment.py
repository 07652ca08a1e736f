"""ElevenLabs' forced alignment: speech and its text in, the time of each word out.

Facts: elevenlabs-python 2.78.0: `/forced-alignment` takes a multipart form with `file` and `text`.
"""

from __future__ import annotations

import asyncio
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.catalogue import Entry
from reelwright.models.bench import Bench
from reelwright.models.identity import identity_of
from reelwright.models.narrators.elevenlabs import transport_of
from reelwright.models.remote.transport import Transport
from reelwright.models.transcribers.alignment import Heard, placed
from reelwright.models.transcribers.contract import Alignment, AlignmentRequest
from reelwright.models.transcribers.openai_transcriptions import minute_charge


class ElevenLabsAlignment:
    """A transcriber that speaks `elevenlabs-alignment`."""

    def __init__(self, entry: Entry, transport: Transport) -> None:
        self.name, self.identity = entry.name, identity_of(entry)
        self._entry, self._transport = entry, transport

    async def align(self, speech: Path, request: AlignmentRequest, *, idempotency_key: str = "") -> Alignment:
        """Ask once; see `Transcriber.align`."""
        del idempotency_key  # the protocol has no place for it
        data, seconds = await asyncio.to_thread(_read, speech)
        answer = await self._transport.paid(
            "forced-alignment", data={"text": request.text}, files={"file": ("speech.wav", data, "audio/wav")}
        )
        charge, unknown = minute_charge(self._entry, seconds)
        words = placed(request.text.split(), _heard(answer.fields.get("words")), seconds)
        warnings = (*unknown, *(() if words else (f"{self.name} told no times of the words that were written",)))
        return Alignment(words=words or (), charge=charge, warnings=warnings)

    async def aclose(self) -> None:
        """Close the client."""
        await self._transport.aclose()


def _read(speech: Path) -> tuple[bytes, Fraction]:
    with wave.open(str(speech), "rb") as file:
        seconds = Fraction(file.getnframes(), file.getframerate())
    return speech.read_bytes(), seconds


def _heard(words: Any) -> list[Heard]:
    given = words if isinstance(words, list) else []
    return [
        Heard(text=str(word["text"]), start=Fraction(str(word["start"])), end=Fraction(str(word["end"])))
        for word in given
        if isinstance(word, dict) and {"text", "start", "end"} <= word.keys() and str(word["text"]).strip()
    ]


def build(entry: Entry, bench: Bench) -> ElevenLabsAlignment:
    """Return the transcriber of an entry.

    Raises:
        InvalidInput: it has no base URL.
    """
    return ElevenLabsAlignment(entry, transport_of(entry, bench))
