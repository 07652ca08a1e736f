"""Figures as vendors tell them: shares done and amounts of money, or nothing where they make no sense."""

from __future__ import annotations

import math
from decimal import Decimal

_MILLIONTH = Decimal("0.000001")
_MOST_USD = 100_000
"""What no clip costs: a figure beyond is no amount."""


def share(told: object, whole: float = 1) -> float | None:
    """Return the share done, 0 to 1, of `whole`; `None` if `told` is no number."""
    number = _number(told)
    return None if number is None else min(max(number / whole, 0.0), 1.0)


def money(told: object, usd_each: Decimal) -> Decimal | None:
    """Return `told` units in USD, exact to a millionth; `None` if it is no number, negative or absurd."""
    number = _number(told)
    if number is None or not 0 <= number * float(usd_each) <= _MOST_USD:
        return None
    return (Decimal(str(told)) * usd_each).quantize(_MILLIONTH)


def _number(told: object) -> float | None:
    if isinstance(told, bool) or not isinstance(told, (int, float)):
        return None
    try:
        number = float(told)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
