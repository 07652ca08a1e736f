"""From what was heard to what was written: numbers, signs and accents find their place."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from reelwright.models.transcribers.alignment import Heard, placed


def spoken(*texts: str) -> list[Heard]:
    """Words of half a second each."""
    half = Fraction(1, 2)
    return [Heard(text=text, start=number * half, end=(number + 1) * half) for number, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("written", "heard", "starts"),
    [
        ("In 1969 they flew", ["in", "nineteen", "sixty", "nine", "they", "flew"], [0.0, 0.5, 2.0, 2.5]),
        ("Bread — and salt", ["Bread", "and", "salt"], [0.0, None, 0.5, 1.0]),
        ("It's $5 a loaf", ["its", "five", "dollars", "a", "loaf"], [0.0, 0.5, 1.5, 2.0]),
        ("Über CAFÉ hinaus", ["uber", "cafe", "hinaus"], [0.0, 0.5, 1.0]),
        ("one two three four", ["one", "two", "four"], [0.0, 0.5, None, 1.0]),
    ],
)
def test_numbers_signs_and_accents_find_their_place(written: str, heard: list[str], starts: list[float | None]) -> None:
    """Words that are alike anchor the rest; all times are in order."""
    words = placed(written.split(), spoken(*heard), Fraction(4))
    assert words is not None
    assert [word.text for word in words] == written.split()
    for word, start in zip(words, starts, strict=True):
        if start is not None:
            assert float(word.start) == pytest.approx(start, abs=0.001)
    assert all(one.start < one.end <= other.start for one, other in itertools.pairwise(words))


def test_half_of_the_words_must_be_alike() -> None:
    """Else it is another text."""
    assert placed(["one", "two", "three"], spoken("four", "five", "three"), Fraction(2)) is None
    assert placed(["one"], [], Fraction(2)) is None
