"""What captions are set of: spoken words, cut where they are too long for a line or written without spaces. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from reelwright.media.captions import fonts
from reelwright.values import Word

SENTENCE_END = re.compile(r"[.!?…。！？؟।]['\"”’»)\]]*$")
CLAUSE_END = re.compile(r"[,;:–—·\u0387،؛、，；：]['\"”’»)\]]*$")

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
"""Scripts that are written without spaces between words: Thai, Lao, Burmese, Khmer, Chinese, Japanese."""
_NEVER_SPACED = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
"""Chinese and Japanese; in the others a space ends a phrase."""
_BINDS_ON = frozenset("เแโใไເແໂໃໄ")
"""Vowels that are written before the letter they belong to."""
_BINDS_BACK = frozenset("ะาำๅๆฯະາຳຽໆຯぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮー々ゝゞ")
"""Characters that never begin a line."""
_ADDRESS = re.compile(r"://|[/@_\\]|\w[.=&]\w")
_ADDRESS_BREAK = frozenset("/\\.-_?&=#@:+%~,;")
_VOWELS = frozenset("aeiouyæøœıаеёиоуыэюяіїєαεηιουω")
_SMALLEST = 0.72
"""How much smaller a word may be set before it is cut."""


@dataclass(frozen=True, slots=True)
class Part:
    """A word, or a piece of one, and when it is heard, in seconds from the shot's start."""

    text: str
    start: Fraction
    end: Fraction
    glued: bool = False
    """Whether it goes on where the part before it ends: no space between them, no space when read."""


def parts_of(words: Iterable[Word], *, uppercase: bool, language: str, room: float, face: fonts.Face) -> list[Part]:
    """Return what is set for `words`: each a part, or several where it is wider than `room` or has no spaces inside.

    Words of which no font has a single character are left out.
    """
    made: list[Part] = []
    for word in words:
        text = " ".join(unicodedata.normalize("NFC", word.text).split())
        text = _upper(text, language) if uppercase else text
        if fonts.runs(text, face.brand):
            whole = Part(text, word.start, word.end, glued=bool(made) and _without_space(made[-1].text, text))
            made += [piece for short in _syllables(whole) for piece in _cut(short, room, face)]
    return made


def joined(texts: Iterable[str]) -> str:
    """Join words as they are written: with spaces, but none between Chinese or Japanese characters."""
    text = ""
    for word in texts:
        text += (" " if text and not _without_space(text, word) else "") + word
    return text


def is_unspaced(text: str) -> bool:
    """Whether `text` ends in a script without spaces, whose parts are shorter than words."""
    return bool(_UNSPACED.match(text[-1]))


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction reads from the right (Arabic, Hebrew, …)."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((name in {"R", "AL"} for name in directions if name in {"L", "R", "AL"}), False)


def _upper(text: str, language: str) -> str:
    if language.split("-", maxsplit=1)[0] in {"tr", "az"}:
        text = text.replace("i", "İ")
    return text.upper()


def _without_space(before: str, after: str) -> bool:
    return bool(_NEVER_SPACED.match(before[-1]) and _NEVER_SPACED.match(after[0]))


def _syllables(part: Part) -> list[Part]:
    """Split a run of a script without spaces into pairs of characters; marks stay with what they belong to."""
    if len(_UNSPACED.findall(part.text)) < 3:  # noqa: PLR2004 - short enough as it is
        return [part]
    pieces: list[str] = []
    for character in fonts.graphemes(part.text):
        if pieces and (_is_bound(pieces[-1], character) or _is_short(pieces[-1])):
            pieces[-1] += character
        else:
            pieces.append(character)
    return _shared(part, pieces)


def _is_bound(piece: str, character: str) -> bool:
    opens = unicodedata.category(piece[-1]) in {"Ps", "Pi"} or piece[-1] in _BINDS_ON
    return opens or character[0] in _BINDS_BACK or unicodedata.category(character[0])[0] in "MPS"


def _is_short(piece: str) -> bool:
    return len(fonts.graphemes(piece)) < 2 and not CLAUSE_END.search(piece)  # noqa: PLR2004 - pairs


def _cut(part: Part, room: float, face: fonts.Face) -> list[Part]:
    """Cut a word that would have to be set tiny (a compound, an address) into pieces that fill a line at most."""
    if face.width(part.text) * _SMALLEST <= room:
        return [part]
    units = fonts.graphemes(part.text)
    cut = _address_pieces if _ADDRESS.search(part.text) else _word_pieces
    return _shared(part, cut(units, lambda piece: face.width(piece) <= room))


def _word_pieces(units: Sequence[str], fits: Callable[[str], bool]) -> list[str]:
    """Cut into as few pieces as fit, about equally long, at syllables if possible, with hyphens between letters."""
    count = 2
    while True:
        cuts = [0, *(_syllable_start(units, len(units) * at // count) for at in range(1, count)), len(units)]
        pieces = ["".join(units[first:last]) for first, last in pairwise(cuts)]
        hyphened = [piece + _hyphen(units, cut) for piece, cut in zip(pieces, cuts[1:], strict=True)]
        if all(map(fits, hyphened)) or count >= len(units):
            return [piece for piece in hyphened if piece]
        count += 1


def _syllable_start(units: Sequence[str], wanted: int) -> int:
    """Return the nearest place between a vowel and a consonant that a vowel follows; `wanted` if there is none."""
    sounds = [unicodedata.normalize("NFD", unit.casefold())[0] in _VOWELS for unit in units]
    near = (wanted, wanted - 1, wanted + 1, wanted - 2)
    inside = (at for at in near if 1 < at < len(units) - 2)
    return next((at for at in inside if sounds[at - 1] and not sounds[at] and sounds[at + 1]), wanted)


def _hyphen(units: Sequence[str], cut: int) -> str:
    """Return the hyphen that stands at a cut: between two letters of a script that has one."""
    beside = units[max(cut - 1, 0) : cut + 1]
    return "-" if len(beside) > 1 and all(unicodedata.bidirectional(unit[0]) == "L" for unit in beside) else ""


def _address_pieces(units: Sequence[str], fits: Callable[[str], bool]) -> list[str]:
    """Cut an address behind its marks, or anywhere where it has none for too long; nothing is added to it."""
    pieces, last = [], ""
    for unit in units:
        if last and not fits(last + unit):
            mark = max((at for at, letter in enumerate(last) if letter in _ADDRESS_BREAK), default=-1) + 1
            mark = mark if mark * 2 > len(last) else len(last)
            pieces.append(last[:mark])
            last = last[mark:]
        last += unit
    return [*pieces, last]


def _shared(part: Part, pieces: Sequence[str]) -> list[Part]:
    """Share a part's time between its pieces by their length."""
    total = sum(map(len, pieces))
    made, done = [], 0
    for piece in pieces:
        begin, end = (part.start + (part.end - part.start) * Fraction(at, total) for at in (done, done + len(piece)))
        made.append(Part(piece, begin, end, glued=part.glued if not done else True))
        done += len(piece)
    return made
