"""The times of a narration's words where the narrator does not tell them: asked of a transcriber, else estimated."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from reelwright.catalogue import Entry
from reelwright.errors import ProviderError
from reelwright.finished import Finished, once
from reelwright.models.identity import identity_in
from reelwright.models.narrators.spoken import ESTIMATED, estimated_times
from reelwright.models.transcribers.contract import AlignmentRequest
from reelwright.models.transcribers.openai_transcriptions import minute_charge
from reelwright.models.video.contract import FREE, Charge
from reelwright.studio import Studio
from reelwright.takes.values import TakeFailed
from reelwright.values import Asset, Word

if TYPE_CHECKING:
    from reelwright.takes.call import Buyer


class WordTimes(Finished):
    """When the words of a narration are heard."""

    words: tuple[Word, ...]
    charge: Charge
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listener:
    """Who is asked for word times, and who pays for it where it costs something."""

    entry: Entry
    buyer: Buyer | None = None


async def time_words(
    studio: Studio, speech: Asset, request: AlignmentRequest, *, narrator: str, listener: Listener | None
) -> WordTimes:
    """Return the times of a narration's words; a transcriber that fails leaves an estimate and says why."""
    alignment, told = None, ""
    if listener is not None:
        try:
            alignment = await _listened(studio, speech, request, listener)
        except (ProviderError, TakeFailed) as error:
            told = error.message
    if alignment is not None and alignment.words:
        return alignment
    words = await asyncio.to_thread(estimated_times, request.text, studio.vault.path(speech))
    warnings = [*(alignment.warnings if alignment else ()), *([told] if told else []), ESTIMATED.format(name=narrator)]
    charge = alignment.charge if alignment else FREE
    return WordTimes(words=words, charge=charge, warnings=tuple(warnings), hit=alignment is None or alignment.hit)


async def _listened(studio: Studio, speech: Asset, request: AlignmentRequest, listener: Listener) -> WordTimes:
    entry, buyer = listener.entry, listener.buyer
    transcriber = studio.transcriber(entry)
    asked = {"transcriber": identity_in(transcriber, entry), "speech": speech, "request": request}

    async def listen(idempotency_key: str) -> tuple[WordTimes, Charge]:
        heard = await transcriber.align(studio.vault.path(speech), request, idempotency_key=idempotency_key)
        return WordTimes(words=heard.words, charge=heard.charge, warnings=heard.warnings), heard.charge

    async def make() -> WordTimes:
        if buyer is None:
            return (await listen(""))[0]
        seconds = Fraction(str(speech.facts.get("seconds", 60)))
        usd = None if entry.usd_per_minute is None else minute_charge(entry, seconds)[0].usd
        return await buyer.buy(entry, asked, usd, WordTimes, listen)

    try:
        return await once(studio.vault, "word-times/1", asked, WordTimes, make)
    finally:
        await transcriber.aclose()
