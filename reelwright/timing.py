"""How long a shot is and when its words are heard: whole frames, decided by the narration."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from reelwright.recipe import Recipe
from reelwright.storyboard import Shot
from reelwright.values import Span, Value, Word

_WORDS_A_SECOND = Fraction(26, 10)
_CHARACTERS_A_SECOND = 6
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class ShotTime(Value):
    """A shot's exact length and what is heard when."""

    frames: int
    """How many frames it lasts."""
    words: tuple[Word, ...]
    """In seconds from the shot's start."""
    spoken: tuple[Span, ...]
    """When somebody speaks, in seconds from the shot's start."""


def shot_time(shot: Shot, recipe: Recipe, *, speech_seconds: Fraction | None, words: Sequence[Word]) -> ShotTime:
    """Return the time of a shot: never shorter than its narration with the silence round it, else as asked.

    `speech_seconds` is `None` when nobody narrates; captions then follow an estimated reading speed, and people in the
    picture get the time that their line takes.
    """
    lead = recipe.voice.lead_seconds
    if speech_seconds is None:
        read = estimate_words(shot.narration, None)
        reading = lead + read[-1].end + recipe.voice.tail_seconds if read else Fraction(0)
        talking = lead + estimate_seconds(shot.dialogue) + recipe.voice.tail_seconds if shot.dialogue else Fraction(0)
        seconds = max(shot.seconds or reading or max(recipe.default_seconds, talking), reading)
        heard = tuple(_shifted(read, lead))
        spoken: tuple[Span, ...] = ()
    else:
        seconds = max(shot.seconds or Fraction(0), lead + speech_seconds + recipe.voice.tail_seconds)
        heard = tuple(_shifted(words, lead))
        spoken = (Span(start=lead, end=lead + speech_seconds),)
    return ShotTime(frames=recipe.output.frames_for(seconds), words=heard, spoken=spoken)


def estimate_words(text: str, seconds: Fraction | None) -> tuple[Word, ...]:
    """Give each word of `text` a time by its length, over `seconds` or at a calm reading speed."""
    words = text.split()
    weights = [_weight(word) for word in words]
    total = sum(weights)
    if not total:
        return ()
    scale = Fraction(1) if seconds is None else seconds / total
    made, at = [], Fraction(0)
    for word, weight in zip(words, weights, strict=True):
        made.append(Word(text=word, start=at, end=at + weight * scale))
        at += weight * scale
    return tuple(made)


def estimate_seconds(text: str) -> Fraction:
    """Return about how long `text` takes to say."""
    words = estimate_words(text, None)
    return words[-1].end if words else Fraction(0)


def _weight(word: str) -> Fraction:
    unspaced = len(_UNSPACED.findall(word))
    if unspaced:
        return Fraction(len(word), _CHARACTERS_A_SECOND)
    # A short word takes half as long as a long one.
    return Fraction(1) / _WORDS_A_SECOND * Fraction(3 + min(len(word), 12), 8)


def _shifted(words: Sequence[Word], by: Fraction) -> list[Word]:
    return [word.model_copy(update={"start": word.start + by, "end": word.end + by}) for word in words]
