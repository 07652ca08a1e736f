"""A second language: translated lines over the time in which each line is heard, as subtitles beside the video."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from reelwright.media.captions.parts import is_unspaced
from reelwright.media.captions.sidecar import Subtitle, subtitles
from reelwright.timing import ShotTime, estimate_words
from reelwright.values import Word

if TYPE_CHECKING:
    from reelwright.storyboard import Storyboard

_MARKS = "、，。！？；："
_PHRASE_END = re.compile(f"(?<=[{_MARKS}])")
_LONGEST_PHRASE = 12
"""Characters of a script without spaces that are timed together."""


def languages(storyboard: Storyboard) -> tuple[str, ...]:
    """Return the languages that any shot is translated into, in alphabetical order."""
    return tuple(sorted({language for shot in storyboard.shots for language in shot.translations}))


def translated(
    language: str, storyboard: Storyboard, shots: Sequence[tuple[Fraction, Fraction, ShotTime]]
) -> tuple[Subtitle, ...]:
    """Return the subtitles of one language; `shots` are (start, length in seconds, time) of each.

    A shot without a translation has none, rather than words of another language.
    """
    return subtitles(
        (start, seconds, _words(told.translations.get(language, ""), time, seconds))
        for told, (start, seconds, time) in zip(storyboard.shots, shots, strict=True)
    )


def gaps(storyboard: Storyboard) -> tuple[str, ...]:
    """Return a warning for each shot that says something and lacks a language that others have."""
    return tuple(
        f"shot {number} has no {language!r} translation: its subtitles leave it out"
        for number, shot in enumerate(storyboard.shots, 1)
        for language in languages(storyboard)
        if (shot.narration or shot.dialogue) and language not in shot.translations
    )


def _words(text: str, time: ShotTime, seconds: Fraction) -> tuple[Word, ...]:
    """Time a translation over what is heard of its line; another language has no words at the same places."""
    heard = time.words
    begin = heard[0].start if heard else time.spoken[0].start if time.spoken else Fraction(0)
    end = heard[-1].end if heard else time.spoken[-1].end if time.spoken else seconds
    words = estimate_words(" ".join(_pieces(text)), end - begin)
    return tuple(word.model_copy(update={"start": word.start + begin, "end": word.end + begin}) for word in words)


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for word in text.split():
        if not is_unspaced(word.rstrip(_MARKS) or word):
            pieces.append(word)
            continue
        for phrase in filter(None, _PHRASE_END.split(word)):
            pieces += [phrase[at : at + _LONGEST_PHRASE] for at in range(0, len(phrase), _LONGEST_PHRASE)]
    return pieces
