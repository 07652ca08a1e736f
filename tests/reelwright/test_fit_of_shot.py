"""A shot may say itself how its clip fills the picture: for its check, its segment and its last picture."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.pictures import decoded, read_rgb, rgb_of
from support.scenery import film, glide

from reelwright.checks.picture import check_picture
from reelwright.checks.picture_values import SURVEY, PictureWanted
from reelwright.fit import Fit
from reelwright.models.video.contract import FREE
from reelwright.recipe import OutputFormat, Recipe
from reelwright.stages import frames
from reelwright.stages.segments import Picture, finish_segment, look_of
from reelwright.studio import Studio
from reelwright.takes.values import Clip
from reelwright.timing import ShotTime
from reelwright.values import Size

WIDE = Size(width=480, height=270)
RECIPE = Recipe(output=OutputFormat(size="720x1280", frame_rate=24, fit="crop"))
FRAMES = 12


@pytest.fixture
def wide(studio: Studio, tmp_path: Path) -> Clip:
    """A clip of 16:9 that the picture check has seen, for a master of 9:16 whose recipe crops."""
    path = film(tmp_path / "wide.mp4", glide(size=WIDE, count=24), size=WIDE)
    report = check_picture(path, PictureWanted(seconds=Fraction(1), size=RECIPE.output.pixels, fit="blur"))
    facts = report.model_dump(mode="json")
    kept = studio.vault.put_file(path, "video/mp4", facts["facts"] | {SURVEY: facts["survey"]})
    return Clip(clip=kept, model="x", seconds=Fraction(1), charge=FREE)


@pytest.mark.parametrize(("fill", "is_whole"), [(None, False), ("blur", True)])
def test_a_shot_s_own_fit_goes_before_the_recipe_s(
    studio: Studio, wide: Clip, fill: Fit | None, is_whole: bool
) -> None:
    """`blur` shows the whole picture in the middle, `crop` only a part of it; the last picture is fitted alike."""
    picture = Picture(wide, ShotTime(frames=FRAMES, words=(), spoken=()), fill=fill)
    segment = asyncio.run(finish_segment(studio, picture, look_of(RECIPE, "en")))
    shown = rgb_of(decoded(studio.vault.path(segment.video))[-1], RECIPE.output.pixels)
    end = asyncio.run(frames.last_frame(studio, wide, FRAMES, RECIPE.output.filled(fill)))
    for found in (shown, read_rgb(studio.vault.path(end.picture))):
        assert (apart(found) < 8) == is_whole


def apart(found: np.ndarray) -> float:  # type: ignore[type-arg]
    """How far the middle of a picture is from the whole last picture of the clip, in grey levels."""
    last = list(glide(size=WIDE, count=24))[FRAMES - 1]
    whole = cv2.resize(last, (720, 405), interpolation=cv2.INTER_CUBIC)
    return float(np.abs(found[437:842].astype(int) - whole.astype(int)).mean())
