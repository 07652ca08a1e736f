"""Two shots that show the same by mistake: what was asked otherwise must look otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from support.scenery import Rgb, changed, film, glide

from reelwright.checks.picture import check_picture
from reelwright.checks.picture_twins import Twins
from reelwright.checks.picture_values import SURVEY, PictureWanted
from reelwright.errors import FailureKind
from reelwright.models.video.contract import Charge, VideoRequest
from reelwright.takes.values import Clip, TakeFailed
from reelwright.values import Asset, Size

SIZE = Size.parse("540x960")


def bought(frames: Iterator[Rgb], folder: Path, filters: str = "null") -> Clip:
    """A clip as it comes out of its check."""
    path = film(folder / "clip.mp4", frames, filters=filters)
    report = check_picture(path, PictureWanted(seconds=Fraction(3), size=SIZE))
    facts = {SURVEY: report.model_dump(mode="json")["survey"]}
    asset = Asset(sha256="a" * 64, media_type="video/mp4", size_bytes=1, facts=facts)
    charge = Charge(usd=Decimal("0.80"), source="vendor")
    return Clip(clip=asset, model="m", seconds=Fraction(3), charge=charge, verdicts=(report.verdict,))


def asked(prompt: str) -> VideoRequest:
    """What a model was told."""
    return VideoRequest(prompt=prompt, seconds=Fraction(3), size=SIZE)


def test_the_same_clip_for_another_shot_is_rejected_and_counted(tmp_path: Path) -> None:
    """Even encoded anew and graded; what it cost and what the check said go with the failure."""
    twins = Twins()
    twins.require_own(1, asked("a loaf"), bought(glide(), tmp_path), bits=5)
    again = bought(glide(), tmp_path, "eq=saturation=1.1:contrast=1.02")
    with pytest.raises(TakeFailed, match="the same as shot 1") as raised:
        twins.require_own(2, asked("a knife"), again, bits=5)
    told = raised.value.told()
    assert (told.kind, told.usd) == (FailureKind.MEDIA_REJECTED, Decimal("0.80"))
    assert told.verdicts[0].has("duplicate")


@pytest.mark.slow
def test_shots_that_ask_for_the_same_may_look_the_same(tmp_path: Path) -> None:
    """Two lines over one picture are a person's wish; and a shot is no twin of itself."""
    twins, clip = Twins(), bought(glide(), tmp_path)
    for number, prompt in ((1, "a loaf"), (1, "a fresh loaf"), (2, "a fresh loaf")):
        twins.require_own(number, asked(prompt), clip, bits=5)


@pytest.mark.slow
def test_another_clip_is_no_twin(tmp_path: Path) -> None:
    """Another scene, the same place later, the same clip mirrored; and nothing is where the limit is -1."""
    twins = Twins()
    twins.require_own(1, asked("a loaf"), bought(glide(), tmp_path), bits=5)
    others = [glide(4), glide(first=60), changed(glide(), lambda _, frame: frame[:, ::-1])]
    for number, frames in enumerate(others, 2):
        twins.require_own(number, asked(f"shot {number}"), bought(frames, tmp_path), bits=5)
    twins.require_own(9, asked("shot 9"), bought(glide(), tmp_path), bits=-1)
