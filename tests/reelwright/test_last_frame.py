"""What a shot ends with is what the next one starts from: of clips and of drawings, to the frame."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.clips import WHITE, make_clip, numbers_in
from support.pictures import drawn, read_rgb, rgb_of

from reelwright.animatic.motion import Motion
from reelwright.models.video.contract import FREE, VideoRequest
from reelwright.recipe import OutputFormat
from reelwright.stages import frames, shots
from reelwright.studio import Studio
from reelwright.takes.values import Clip
from reelwright.values import Size

OUTPUT = OutputFormat(size="720x1280", frame_rate=24)


@pytest.mark.parametrize(("shown", "last"), [(48, 47), (30, 29), (60, 47)], ids=["whole", "cut", "held"])
def test_a_clip_ends_with_the_picture_that_is_shown_last(studio: Studio, tmp_path: Path, shown: int, last: int) -> None:
    """Not with the one that the vendor made last, where the shot is shorter than the clip."""
    path = make_clip(tmp_path / "clip.mp4", size="180x320", rate=24, pictures=48)
    clip = Clip(clip=studio.vault.put_file(path, "video/mp4"), model="x", seconds=Fraction(2), charge=FREE)
    frame = asyncio.run(frames.last_frame(studio, clip, shown, OUTPUT))
    assert frame.model == frames.CONTINUED
    with Image.open(studio.vault.path(frame.picture)) as image:
        assert (image.size, image.format) == ((720, 1280), "PNG")
        still = tmp_path / "still.png"
        image.save(still)
    assert numbers_in(still, shown=Size(width=180, height=320)) == [last]


def test_a_drawing_ends_where_its_camera_stands(studio: Studio) -> None:
    """With the very colours that the encoder is given."""
    request = VideoRequest(prompt="a boat on a lake", seconds=Fraction(1), size=OUTPUT.pixels, camera="push")
    clip = asyncio.run(shots.animate(studio, studio.catalogue.resolve("animatic", "video"), request))
    frame = asyncio.run(frames.last_frame(studio, clip, 40, OUTPUT))
    motion = Motion.model_validate_json(studio.vault.path(clip.clip).read_bytes())
    wanted = rgb_of(drawn(motion, OUTPUT.pixels, 40, frame_rate=24)[-1], OUTPUT.pixels)
    made = read_rgb(studio.vault.path(frame.picture))
    assert np.abs(made.astype(int) - wanted).mean() < 0.6


def test_the_same_end_is_found_again(studio: Studio, tmp_path: Path) -> None:
    """Free, but not made twice."""
    path = make_clip(tmp_path / "clip.mp4", size="180x320", rate=24, pictures=24)
    clip = Clip(clip=studio.vault.put_file(path, "video/mp4"), model="x", seconds=Fraction(1), charge=FREE)
    first, second = (asyncio.run(frames.last_frame(studio, clip, 24, OUTPUT)) for _ in range(2))
    assert (first.hit, second.hit, second.picture) == (False, True, first.picture)


def test_a_picture_of_one_s_own_is_cut_round_its_subject(studio: Studio) -> None:
    """To exactly the output's size."""
    wide = np.full((400, 1600, 3), 40, np.uint8)
    wide[120:280, 1300:1460] = (WHITE, 60, 60)
    picture = studio.vault.put_bytes(_png(wide), "image/png")
    frame = asyncio.run(frames.cut_frame(studio, picture, OUTPUT.pixels))
    made = read_rgb(studio.vault.path(frame.picture))
    assert made.shape == (1280, 720, 3)
    assert (made[..., 0] > 150).any(), "the red square was cut off"


def _png(pixels: np.ndarray) -> bytes:  # type: ignore[type-arg]
    import io  # noqa: PLC0415

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()
