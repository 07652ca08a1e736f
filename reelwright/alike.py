"""Whether two titles tell the same: what a viewer would call a repetition, in any script."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Collection, Iterable, Sequence

import regex
from rapidfuzz import fuzz, process

_ALIKE = 80.0
"""Per cent of the letters that two titles share, in the order of their words or in any, to be nearly the same."""
_SAME_WORD = 80.0
"""Per cent of the letters that two writings of a word share."""
_LONGEST_ENDING = 2
"""Letters that one form of a word has more at its end: go and goes, egg and eggs."""


@functools.lru_cache(maxsize=16_384)
def plain_words(text: str) -> tuple[str, ...]:
    """Return the words of a text without capitals, accents and punctuation; a text of signs alone is one word."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    words = regex.findall(r"\w+", "".join(letter for letter in folded if not unicodedata.combining(letter)))
    return tuple(words) or tuple(text.split())


class Told:
    """Titles that were told, to be asked for the one that a new title repeats."""

    def __init__(self, titles: Iterable[str] = ()) -> None:
        self._titles: list[str] = []
        self._plain: list[str] = []
        self._sets: dict[frozenset[str], int] = {}
        for title in titles:
            self.add(title)

    def add(self, title: str) -> None:
        """Remember a title."""
        words = plain_words(title)
        self._sets.setdefault(frozenset(words), len(self._titles))
        self._titles.append(title)
        self._plain.append(" ".join(words))

    def like(self, title: str) -> str | None:
        """Return the title told before that says the same as `title`; `None` if it is new.

        The same words in any order are the same. So are nearly the same letters, unless a word of each has nothing
        like it in the other (why the sky is blue, why the sea is blue) or their numbers differ (Apollo 11, Apollo 13).
        """
        words = plain_words(title)
        if not words:
            return None
        if (same := self._sets.get(frozenset(words))) is not None:
            return self._titles[same]
        plain = " ".join(words)
        near = [
            at
            for scorer in (fuzz.ratio, fuzz.token_sort_ratio)
            for _, _, at in process.extract(plain, self._plain, scorer=scorer, score_cutoff=_ALIKE, limit=8)
        ]
        return next((self._titles[at] for at in near if _is_same(words, self._plain[at].split())), None)


def is_like(one: str, other: str) -> bool:
    """Whether two titles say the same; see `Told.like`."""
    return Told((one,)).like(other) is not None


def _is_same(words: Sequence[str], told: Sequence[str]) -> bool:
    ours, theirs = set(words) - set(told), set(told) - set(words)
    return _numbers(words) == _numbers(told) and not (_only_in(ours, theirs) and _only_in(theirs, ours))


def _only_in(words: Collection[str], others: Collection[str]) -> bool:
    """Whether a word has nothing like it among the others."""
    return any(not any(_is_same_word(word, other) for other in others) for word in words)


def _is_same_word(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    is_ending = long.startswith(short) and len(long) - len(short) <= _LONGEST_ENDING
    return is_ending or fuzz.ratio(one, other) >= _SAME_WORD


def _numbers(words: Sequence[str]) -> list[str]:
    return sorted(word for word in words if any(letter.isdecimal() for letter in word))
