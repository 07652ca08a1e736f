"""One file of parts of one's own: a check, a caption preset and a transition, as a recipe names them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import assert_type

import numpy as np
from numpy.typing import NDArray

from reelwright import (
    ClipSeen,
    Finding,
    Grouping,
    Moment,
    Picture,
    SpokenWord,
    Value,
    Verdict,
    WordStyle,
    ass_colour,
)

GROUPING = Grouping(lines=1, words=3)


class Settings(Value):
    """What the check can be told."""

    darkest: float = 0.1


def check(clip: ClipSeen, settings: Settings) -> Iterator[Finding]:
    """Reject what is too dark, or hardly heard."""
    for seconds, picture in clip.pictures(per_second=1):
        assert_type(picture, NDArray[np.uint8])
        if picture.mean() < settings.darkest * 255:
            yield Finding(kind="dark", severity="reject", message="it is dark", at_seconds=seconds)
    if assert_type(clip.sound(), NDArray[np.float32]).size == 0:
        yield Finding(kind="silent", severity="note", message=f"shot {clip.shot} is silent")


def judged(clip: ClipSeen) -> Verdict:
    """Try the check on a clip, as a notebook does."""
    verdict = Verdict.of("dark", check(clip, Settings()), {"mean": 0.4})
    assert_type(verdict.faults, tuple[str, ...])
    return verdict


def style(word: SpokenWord) -> WordStyle:
    """Let words fade in."""
    return WordStyle(letters=rf"\fad(80,0)\1c{ass_colour(word.captions.highlight)}", outline=r"\fad(80,0)")


def blend(before: Picture, after: Picture, moment: Moment) -> Picture:
    """Cut in the middle."""
    return after if assert_type(moment.at, float) > 1 / 2 else before


def wrong(clip: ClipSeen, word: SpokenWord, picture: Picture) -> None:
    """What an editor underlines."""
    Finding(severity="note", message="it is dark")  # type: ignore[call-arg]  # of which kind?
    Verdict.of("dark", Finding(kind="dark", severity="note", message="it is dark"))  # type: ignore[arg-type]
    WordStyle(letters=80)  # type: ignore[arg-type]
    Grouping(line=1)  # type: ignore[call-arg]
    ass_colour(word.captions)  # type: ignore[arg-type]
    Moment(0, 3)  # type: ignore[call-arg]  # at which frame rate?
    clip.path = Path("other.mp4")  # type: ignore[misc]  # frozen
    blend(picture, clip, Moment(0, 3, 24))  # type: ignore[arg-type]
