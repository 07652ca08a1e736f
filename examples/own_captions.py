# ruff: noqa: INP001 - a file that a recipe names, not a package
"""A caption preset of one's own: words appear when they are spoken, large at first, and stay.

`captions: {preset: examples/own_captions.py}` in a recipe uses it, as `examples/own-look.yaml` does.
"""

from __future__ import annotations

from reelwright import Grouping, SpokenWord, WordStyle, ass_colour

GROUPING = Grouping(lines=2, words=6)
_POP_MILLISECONDS = 120


def style(word: SpokenWord) -> WordStyle:
    """Hide a word until it is spoken; every other word has the highlight's colour."""
    begin, there = word.begin, word.begin + _POP_MILLISECONDS
    hidden = r"\alpha&HFF&" + rf"\t({max(begin - 1, 0)},{max(begin, 1)},\alpha&H00&)" if begin else ""
    large = 100 + min(4, 20 / len(word.text))  # a long word less: it fills its line already
    pop = rf"\fscx{large:.1f}\fscy{large:.1f}\t({begin},{there},\fscx100\fscy100)"
    colour = word.captions.highlight if word.index % 2 else word.captions.colour
    return WordStyle(letters=rf"\1c{ass_colour(colour)}{hidden}{pop}", outline=hidden + pop)
