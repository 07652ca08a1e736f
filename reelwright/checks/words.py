"""What was said against the script: a word error rate that a person would agree with.

Numbers, currencies, punctuation, case and accents are made alike first (`words_form`). Then a word that sounds like the
written one counts half, a name that is heard nearly right not at all, and one word for two (`bread crumbs`) neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from reelwright.checks.words_form import BY_CHARACTER, spoken_units
from reelwright.models.transcribers.languages import iso_language
from reelwright.values import Value

_ALIKE, _NAME_ALIKE = 0.75, 0.55
_HALF = Fraction(1, 2)
_SHOWN = 3
_UNSOUNDED = str.maketrans({"c": "k", "q": "k", "z": "s", "x": "ks", "v": "f", "w": "", "h": "", "y": ""})
_CAPITAL = re.compile(r"(?<![.!?…]\s)(?<=\s)[^\W\d_a-z]\w+")


class Difference(Value):
    """A place where something else was said."""

    written: str
    """Empty: it was added."""
    heard: str
    """Empty: it was left out."""
    errors: float
    """How many words it counts for."""

    @property
    def is_number(self) -> bool:
        """Whether a number was written and another one is heard."""
        return bool(re.search(r"\d", self.written)) and bool(re.search(r"\d", self.heard))

    def told(self) -> str:
        """Return it for a person."""
        if not self.heard:
            return f"{self.written!r} is left out"
        return f"{self.heard!r} is added" if not self.written else f"{self.heard!r} for {self.written!r}"


class Said(Value):
    """A comparison."""

    errors: float
    units: int
    """Words of the script; characters in a language that is compared so."""
    by_character: bool
    differences: tuple[Difference, ...] = ()
    """In order; without those that count for nothing."""
    cut_off: int = 0
    """How many units at the end of the script were not said, with all before them said."""

    @property
    def rate(self) -> float:
        """Errors a written unit."""
        return self.errors / max(self.units, 1)

    def is_wrong(self, limit: float) -> bool:
        """Whether more was said wrongly than `limit` allows; one misheard word of several is always allowed."""
        least = 1.0 if self.units > 2 else 0.5  # noqa: PLR2004 - of two words none may be another
        return self.errors > max(limit * self.units, least)

    @property
    def wrong_numbers(self) -> tuple[Difference, ...]:
        """Numbers that were said otherwise than they are written."""
        return tuple(difference for difference in self.differences if difference.is_number)

    def told(self) -> str:
        """Return the most telling differences for a person."""
        worst = sorted(self.differences, key=lambda difference: -difference.errors)[:_SHOWN]
        more = len(self.differences) - len(worst)
        return ", ".join(difference.told() for difference in worst) + (f", and {more} more" if more > 0 else "")


def compare(written: str, heard: str, language: str, *, names: Iterable[str] = ()) -> Said:
    """Return how far what was heard is from the script.

    `names` are heard with more patience; words that the script writes with a capital inside a sentence count as names.
    """
    import jiwer  # noqa: PLC0415 - only a comparison loads it

    spoken = iso_language(language)
    ours, theirs = spoken_units(written, spoken), spoken_units(heard, spoken)
    by_character = spoken in BY_CHARACTER
    if not ours:
        return Said(errors=float(len(theirs)), units=0, by_character=by_character)
    patient = _names(written, names, spoken)
    differences = []
    if theirs:
        (chunks,) = jiwer.process_words(" ".join(ours), " ".join(theirs)).alignments
        for first, last, low, high in _different(chunks):
            differences.append(_difference(ours[first:last], theirs[low:high], patient, by_character=by_character))
        tail = chunks[-1]
        cut_off = tail.ref_end_idx - tail.ref_start_idx if tail.type == "delete" else 0
    else:
        differences = [Difference(written=_shown(ours, by_character=by_character), heard="", errors=float(len(ours)))]
        cut_off = 0
    counted = tuple(difference for difference in differences if difference.errors)
    alone = len(counted) == 1
    return Said(
        errors=sum(difference.errors for difference in counted),
        units=len(ours),
        by_character=by_character,
        differences=counted,
        cut_off=cut_off if alone else 0,
    )


def _different(chunks: Sequence[object]) -> list[tuple[int, int, int, int]]:
    """Return where the texts differ; neighbouring substitutions, insertions and deletions are one place."""
    places: list[tuple[int, int, int, int]] = []
    for chunk in chunks:
        kind, span = getattr(chunk, "type", ""), (
            getattr(chunk, "ref_start_idx", 0), getattr(chunk, "ref_end_idx", 0),
            getattr(chunk, "hyp_start_idx", 0), getattr(chunk, "hyp_end_idx", 0),
        )  # fmt: skip
        if kind == "equal":
            continue
        if places and places[-1][1] == span[0] and places[-1][3] == span[2]:
            places[-1] = (places[-1][0], span[1], places[-1][2], span[3])
        else:
            places.append(span)
    return places


def _difference(ours: list[str], theirs: list[str], patient: frozenset[str], *, by_character: bool) -> Difference:
    errors = _errors(ours, theirs, patient, by_character=by_character)
    return Difference(
        written=_shown(ours, by_character=by_character),
        heard=_shown(theirs, by_character=by_character),
        errors=float(errors),
    )


def _errors(ours: list[str], theirs: list[str], patient: frozenset[str], *, by_character: bool) -> Fraction:
    from rapidfuzz import fuzz  # noqa: PLC0415

    most = Fraction(max(len(ours), len(theirs)))
    if by_character or not ours or not theirs:
        return most
    left, right = "".join(ours), "".join(theirs)
    if left == right:
        return Fraction(0)
    digits = [re.sub(r"\D", "", side) for side in (left, right)]
    if any(digits) and digits[0] != digits[1]:
        return most
    likeness = fuzz.ratio(left, right) / 100
    if likeness >= _NAME_ALIKE and all(word in patient for word in ours):
        return Fraction(0)
    sounds_alike = _sound(left) == _sound(right) or likeness >= _ALIKE
    return most * _HALF if sounds_alike else most


def _sound(word: str) -> str:
    """Return roughly how a word sounds: its consonants, those that sound alike as one, doubled ones once."""
    told = word.replace("ph", "f").replace("gh", "").replace("ck", "k").translate(_UNSOUNDED)
    return re.sub(r"(.)\1+", r"\1", told[:1] + re.sub("[aeiou]", "", told[1:]))


def _names(written: str, names: Iterable[str], language: str) -> frozenset[str]:
    # German writes every noun with a capital: there only the names that are told count.
    marked = [] if language == "de" else _CAPITAL.findall(written)
    return frozenset(unit for name in (*marked, *names) for unit in spoken_units(name, language))


def _shown(units: list[str], *, by_character: bool) -> str:
    return ("" if by_character else " ").join(units)
