"""Figures as vendors tell them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reelwright.models.video.figures import money, share


@pytest.mark.parametrize(
    ("told", "whole", "expected"),
    [(0.25, 1, 0.25), (50, 100, 0.5), (120, 100, 1.0), (-3, 100, 0.0), (float("nan"), 1, None), ("7", 1, None),
     (None, 1, None), (True, 1, None), (10**400, 1, None)],
)  # fmt: skip
def test_a_share_is_between_nothing_and_all(told: object, whole: float, expected: float | None) -> None:
    """What is no number is no share."""
    assert share(told, whole) == expected


@pytest.mark.parametrize(
    ("told", "usd_each", "expected"),
    [(48, "0.01", "0.480000"), (0, "0.01", "0.000000"), (36.5, "0.01", "0.365000"),
     (5600001234, "1e-10", "0.560000"), (-1, "0.01", None), (1e300, "0.01", None), (10**400, "0.01", None),
     (float("inf"), "1", None), ("12", "1", None), (True, "1", None), (None, "1", None)],
)  # fmt: skip
def test_an_amount_is_exact_or_none(told: object, usd_each: str, expected: str | None) -> None:
    """Units times their price, to a millionth of a dollar; absurd figures are not believed."""
    assert money(told, Decimal(usd_each)) == (None if expected is None else Decimal(expected))
