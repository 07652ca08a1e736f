"""Figures as people read them, the same in the terminal and on a run's page."""

from __future__ import annotations

from decimal import Decimal

from reelwright.errors import money


def dollars(low: Decimal, high: Decimal | None = None) -> str:
    """Return an amount of US dollars, or a range: `$0.00`, `$1.20`, `$0.0375`, `$0.40 to $1.20`."""
    if high is not None and high != low:
        return f"{dollars(low)} to {dollars(high)}"
    return money(low)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 shot`, `6 shots`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
