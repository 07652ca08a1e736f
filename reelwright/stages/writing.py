"""One answer of a writer: found again, or bought once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from reelwright.catalogue import Entry
from reelwright.finished import Finished, once
from reelwright.models.identity import asked_of, identity_in, identity_of
from reelwright.models.video.contract import Charge
from reelwright.models.writers.contract import Draft, WritingRequest
from reelwright.models.writers.registry import PROTOCOLS
from reelwright.stages.paying import BuyerOf, payer_at
from reelwright.studio import Studio

if TYPE_CHECKING:
    from reelwright.takes.call import Buyer

_LONGEST_ANSWER_TOKENS = 8000
"""What is set aside for an answer; a storyboard of ten minutes has about 6 000."""
_BYTES_A_TOKEN = 2
"""Fewer than any language needs on average, so that too much is set aside rather than too little."""


class Writing(Finished):
    """One answer of a writer, as it came."""

    draft: Draft


async def written(studio: Studio, entry: Entry, request: WritingRequest, buyer_of: BuyerOf | None = None) -> Writing:
    """Return what a writer answers; what it was asked before is found again, by one of ours without a key.

    Args:
        studio: Where to work.
        entry: The writer.
        request: What it is asked.
        buyer_of: Who pays.

    Raises:
        ProviderError: it refused.
        StartAmbiguous: no answer came back.
        BudgetExceeded: a cap would be passed; nothing was sent.
        MissingCredential: its key is not set, and is needed.
    """

    async def write(idempotency_key: str) -> tuple[Writing, Charge]:
        writer = studio.writer(entry)
        try:
            draft = await writer.write(request, idempotency_key=idempotency_key)
        finally:
            await writer.aclose()
        return Writing(draft=draft), draft.charge

    identity = await writer_identity(studio, entry)

    async def make() -> Writing:
        buyer = payer_at(entry, buyer_of)
        if buyer is None:
            return (await write(""))[0]
        return await _bought(buyer, entry, asked_of(identity, entry, request), most_usd(entry, request), write)

    return await once(studio.vault, "writing/1", {"writer": identity, "request": request}, Writing, make)


async def writer_identity(studio: Studio, entry: Entry) -> str:
    """Return what tells a writer from others in a key: one of somebody's own is asked, which needs its key.

    Raises:
        MissingCredential: a writer of one's own needs a key that is not set.
    """
    if entry.protocol in PROTOCOLS:
        return identity_of(entry)
    writer = studio.writer(entry)
    try:
        return identity_in(writer, entry)
    finally:
        await writer.aclose()


async def _bought(
    buyer: Buyer,
    entry: Entry,
    asked: object,
    usd: Decimal,
    write: Callable[[str], Awaitable[tuple[Writing, Charge]]],
) -> Writing:
    from reelwright.takes.values import TakeFailed  # noqa: PLC0415 - only who pays loads the ledger

    if buyer.terms.on_suspect == "next_model":
        # There is no next writer: to go on is to ask again, in another run, with the possible charge still counted.
        terms = buyer.terms.model_copy(update={"on_suspect": "start_again"})
        buyer = replace(buyer, terms=terms)
    try:
        return await buyer.buy(entry, asked, usd, Writing, write)
    except TakeFailed as error:
        raise error.cause from error


def most_usd(entry: Entry, request: WritingRequest) -> Decimal:
    """Return what an answer costs at most, in USD, as far as one can tell before; 0 for a writer without a price."""
    told = [request.instructions, *(turn.text for turn in request.turns), str(request.json_schema)]
    tokens = sum(len(text.encode()) for text in told) // _BYTES_A_TOKEN
    rates = (entry.usd_per_million_input or 0, tokens), (entry.usd_per_million_output or 0, _LONGEST_ANSWER_TOKENS)
    exact = sum((Fraction(rate) * count / 1_000_000 for rate, count in rates), Fraction(0)) * 1000
    return Decimal(-(-exact.numerator // exact.denominator)) / 1000
