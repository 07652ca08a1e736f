"""Where the parts of a text stand."""

from __future__ import annotations

from collections.abc import Callable

from reelwright.validation import Place

LineOf = Callable[[Place], int | None]
"""Finds the line (from 1) of the value at a place, or of the nearest part around it that is there."""

DEEPEST = 50
"""Levels of nesting: many more than a brief or recipe has, few enough for every recursive reader."""


def line_at(text: str, position: int) -> int:
    """Return the line (from 1) of a position in `text`."""
    return text.count("\n", 0, max(position, 0)) + 1
