"""A caption preset: one word at a time, in magenta."""

from __future__ import annotations

from reelwright import Grouping, SpokenWord, WordStyle, ass_colour

MAGENTA = "#ff00ff"
GROUPING = Grouping(lines=1, words=1)


def style(word: SpokenWord) -> WordStyle:
    """Colour a word."""
    del word
    return WordStyle(letters=rf"\1c{ass_colour(MAGENTA)}", outline=rf"\3c{ass_colour(MAGENTA)}")
