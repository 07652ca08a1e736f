"""OpenAI's transcription protocol, at OpenAI or at any host that speaks it: `/audio/transcriptions`.

Facts: OpenAI's published OpenAPI document of 2026-08-21. Word times come with `response_format=verbose_json` and
`timestamp_granularities[]=word`, from `whisper-1` only, which ends on 2027-02-26; self-hosted Whisper servers go on.
"""

from __future__ import annotations

import asyncio
from decimal import ROUND_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.catalogue import Entry
from reelwright.models.bench import Bench
from reelwright.models.identity import identity_of
from reelwright.models.remote.clients import client_of
from reelwright.models.remote.transport import Transport
from reelwright.models.transcribers.alignment import Heard, placed
from reelwright.models.transcribers.contract import Alignment, AlignmentRequest, Hearing, HearingRequest
from reelwright.models.transcribers.languages import iso_language
from reelwright.models.video.contract import Charge
from reelwright.values import Word

_OWN_OPTIONS = frozenset({"start_seconds"})
_MILLIONTH = Decimal("0.000001")


class OpenAiTranscriptions:
    """A transcriber that speaks `openai-transcriptions`. Options are sent as form fields, e.g. `temperature`."""

    def __init__(self, entry: Entry, transport: Transport) -> None:
        self.name, self.identity = entry.name, identity_of(entry)
        self._entry, self._transport = entry, transport

    async def align(self, speech: Path, request: AlignmentRequest, *, idempotency_key: str = "") -> Alignment:
        """Ask once; see `Transcriber.align`."""
        # Told what was written, it hears names and numbers as they are written.
        form = {"language": request.language.split("-")[0], "prompt": request.text[:800]}
        told = await self._asked(speech, form, idempotency_key)
        seconds = _seconds(told.get("duration"))
        charge, unknown = minute_charge(self._entry, seconds)
        words = placed(request.text.split(), _heard(told.get("words")), seconds) if seconds else None
        warnings = (*unknown, *(() if words else (f"{self.name} told no times of the words that were written",)))
        return Alignment(words=words or (), charge=charge, warnings=warnings)

    async def hear(self, speech: Path, request: HearingRequest, *, idempotency_key: str = "") -> Hearing:
        """Ask once, telling neither the script nor the language; see `Hearer.hear`."""
        del request  # a language that is told is the one that is heard
        told = await self._asked(speech, {}, idempotency_key)
        charge, unknown = minute_charge(self._entry, _seconds(told.get("duration")))
        words = tuple(Word(text=word.text, start=word.start, end=word.end) for word in _heard(told.get("words")))
        return Hearing(
            text=str(told.get("text") or "").strip(),
            words=words,
            language=iso_language(str(told.get("language") or "")),
            charge=charge,
            warnings=unknown,
        )

    async def _asked(self, speech: Path, further: dict[str, str], idempotency_key: str) -> dict[str, Any]:
        form: dict[str, Any] = {
            "model": self._entry.model,
            "response_format": "verbose_json",
            "timestamp_granularities[]": "word",
            **further,
        }
        form |= {name: str(value) for name, value in self._entry.options.items() if name not in _OWN_OPTIONS}
        data = await asyncio.to_thread(speech.read_bytes)
        answer = await self._transport.paid(
            "audio/transcriptions",
            data=form,
            files={"file": ("speech.wav", data, "audio/wav")},
            headers={"Idempotency-Key": idempotency_key} if idempotency_key else {},
        )
        return dict(answer.fields)

    async def aclose(self) -> None:
        """Close the client."""
        await self._transport.aclose()


def minute_charge(entry: Entry, seconds: Fraction) -> tuple[Charge, tuple[str, ...]]:
    """Return what listening for so long costs, rounded up to a millionth, and a warning where it is not known."""
    if entry.usd_per_minute is None:
        warning = f"the price of {entry.name} is not known: it listened for {float(seconds):.1f} s"
        return Charge(usd=Decimal(0), source="catalogue", estimated=True), (warning,)
    usd = entry.usd_per_minute * seconds.numerator / seconds.denominator / 60
    return Charge(usd=usd.quantize(_MILLIONTH, ROUND_UP), source="catalogue"), ()


def _heard(words: Any) -> list[Heard]:
    if not isinstance(words, list):
        return []
    return [
        Heard(text=str(word["word"]), start=_seconds(word.get("start")), end=_seconds(word.get("end")))
        for word in words
        if isinstance(word, dict) and str(word.get("word", "")).strip()
    ]


def _seconds(value: Any) -> Fraction:
    try:
        return max(Fraction(str(value)), Fraction(0))
    except (ValueError, ZeroDivisionError):
        return Fraction(0)


def build(entry: Entry, bench: Bench) -> OpenAiTranscriptions:
    """Return the transcriber of an entry.

    Raises:
        InvalidInput: it has no base URL or no model.
    """
    transport = client_of(entry, bench, start_seconds=120)
    return OpenAiTranscriptions(entry, transport)
