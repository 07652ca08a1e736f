"""What tokens cost: the vendor counts, the catalogue knows the price of a million."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal
from typing import Any

from reelwright.catalogue import Entry
from reelwright.models.video.contract import Charge

_MILLIONTH = Decimal("0.000001")


def token_charge(
    entry: Entry, *, input_tokens: int, output_tokens: int, image_input_tokens: int = 0
) -> tuple[Charge, tuple[str, ...]]:
    """Return what the tokens cost in USD, rounded up to a millionth, and a warning where the price is not known.

    `input_tokens` counts the tokens of text only where `image_input_tokens` are told apart.
    """
    per_input, per_output = entry.usd_per_million_input, entry.usd_per_million_output
    if per_input is None or per_output is None or not (input_tokens or output_tokens):
        told = f"it took {input_tokens} tokens and gave {output_tokens}" if output_tokens else "it told no tokens"
        warning = f"the price of {entry.name} is not known: {told}"
        return Charge(usd=Decimal(0), source="catalogue", estimated=True), (warning,)
    per_image = entry.usd_per_million_image_input if entry.usd_per_million_image_input is not None else per_input
    parts = ((input_tokens, per_input), (image_input_tokens, per_image), (output_tokens, per_output))
    usd = sum((count * price for count, price in parts), Decimal(0)) / 1_000_000
    return Charge(usd=usd.quantize(_MILLIONTH, ROUND_UP), source="catalogue"), ()


def count(usage: Any, *path: str) -> int:
    """Return a number of tokens from a vendor's usage, by the names on the way; 0 where it does not tell."""
    for name in path:
        usage = usage.get(name) if isinstance(usage, dict) else None
    return usage if isinstance(usage, int) and not isinstance(usage, bool) and usage > 0 else 0
