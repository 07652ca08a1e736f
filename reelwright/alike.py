"""Whether two titles tell the same: what a viewer would call a repetition, in any script."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterable, Sequence

import regex
from rapidfuzz import fuzz, process

_ALIKE = 80.0
"""Per cent of the letters that two titles share, in the order of their words or in any, to be nearly the same."""
_SAME_WORD = 66.0
"""Per cent of the letters that two forms of a word share: go and goes, egg and eggs; not sky and sea."""


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
        near = process.extract(" ".join(words), self._plain, scorer=_closeness, score_cutoff=_ALIKE, limit=8)
        return next((self._titles[at] for told, _, at in near if _is_same(words, told.split())), None)


def is_like(one: str, other: str) -> bool:
    """Whether two titles say the same; see `Told.like`."""
    return Told((one,)).like(other) is not None


def _closeness(one: Sequence[Hashable], other: Sequence[Hashable], /, *, score_cutoff: float | None = None) -> float:
    straight = fuzz.ratio(one, other, score_cutoff=score_cutoff)
    return max(straight, fuzz.token_sort_ratio(str(one), str(other), score_cutoff=score_cutoff))


def _is_same(words: Sequence[str], told: Sequence[str]) -> bool:
    return _numbers(words) == _numbers(told) and not (_only_in(words, told) and _only_in(told, words))


def _only_in(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a word has nothing like it among the others."""
    return any(all(fuzz.ratio(word, other) < _SAME_WORD for other in others) for word in words)


def _numbers(words: Sequence[str]) -> list[str]:
    return sorted(word for word in words if any(letter.isdecimal() for letter in word))
