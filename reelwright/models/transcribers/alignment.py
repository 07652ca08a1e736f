"""From the words that were heard to the words that were written: "1969" is heard as four, "—" as none."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction

from reelwright.models.narrators.word_times import settle
from reelwright.timing import estimate_words
from reelwright.values import Span, Word

_LEAST_ALIKE = 0.5
_RATE = 24_000


@dataclass(frozen=True, slots=True)
class Heard:
    """One word as a service heard it, in seconds."""

    text: str
    start: Fraction
    end: Fraction


def placed(written: Sequence[str], heard: Sequence[Heard], seconds: Fraction) -> tuple[Word, ...] | None:
    """Return the written words with the times they are heard at; `None` if less than half of the words are alike.

    The times are in order and inside the sound. Words that are alike anchor the line; between two anchors the written
    words share the time of what was heard there, by their lengths.
    """
    ours, theirs = [_plain(text) for text in written], [_plain(word.text) for word in heard]
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    alike = sum(block.size for block in matcher.get_matching_blocks())
    if not heard or alike < _LEAST_ALIKE * sum(bool(text) for text in ours):
        return None
    spans: list[Span | None] = [None] * len(written)
    for how, first, last, low, high in matcher.get_opcodes():
        if how == "equal":
            spans[first:last] = [Span(start=word.start, end=word.end) for word in heard[low:high]]
        elif how == "replace":
            spans[first:last] = _shared(written[first:last], ours[first:last], heard[low].start, heard[high - 1].end)
    if not any(spans):
        return None
    given = [None if span is None else (int(span.start * _RATE), int(span.end * _RATE)) for span in spans]
    return tuple(
        Word(text=text, start=start / _RATE, end=end / _RATE)
        for text, (start, end) in zip(written, settle(given, int(seconds * _RATE), _RATE), strict=True)
    )


def _shared(texts: Sequence[str], plain: Sequence[str], start: Fraction, end: Fraction) -> list[Span | None]:
    """Divide a time among words by their lengths; what has no sound gets none."""
    sounding = [text for text, letters in zip(texts, plain, strict=True) if letters]
    timed = iter(estimate_words(" ".join(sounding), max(end - start, Fraction(0))))
    spans: list[Span | None] = []
    for letters in plain:
        word = next(timed, None) if letters else None
        spans.append(None if word is None else Span(start=start + word.start, end=start + word.end))
    return spans


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())
