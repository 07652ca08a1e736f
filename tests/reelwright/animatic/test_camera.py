"""How the camera moves over a painting, measured on the drawn frames."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio
from support.paintings import (
    CAMERAS,
    PICTURE,
    PLACES,
    TINY,
    UPRIGHT,
    WEATHERS,
    WIDE,
    cropped,
    lumas,
    scene,
    shift_and_growth,
    start_frame,
)
from support.pictures import dotted, drawn, flow, followed, rgb_of
from support.sampling import quick

from reelwright.animatic.motion import Motion, choose_camera, motion_for
from reelwright.animatic.painting import paint
from reelwright.animatic.render import frames
from reelwright.animatic.scene import Place, scene_for
from reelwright.animatic.travel import MOVES, fields
from reelwright.media import ffmpeg
from reelwright.storyboard import Camera
from reelwright.values import Size

Way = Literal["left", "right", "up", "down", "larger", "smaller"]


@pytest.mark.parametrize("place", quick(["hills", "table", "city"], ["hills"]))
@pytest.mark.parametrize(
    ("camera", "way"),
    [
        ("push", "larger"),
        ("pull", "smaller"),
        ("pan-left", "right"),
        ("pan-right", "left"),
        ("tilt-up", "down"),
        ("tilt-down", "up"),
    ],
)
def test_camera_goes_the_way_its_name_says(place: Place, camera: Camera, way: Way) -> None:
    """A camera that pans to the left makes the picture move to the right, and so on; nothing else dominates."""
    shown = lumas(camera, 31, over=scene(place, "house"))
    moved = flow(shown[0], shown[-1])
    across, down, growth = shift_and_growth(moved)
    share = {"left": -across, "right": across, "up": -down, "down": down, "larger": growth, "smaller": -growth}
    # In shares of the frame: a pan of 3 % or a zoom of 3 % is seen; the rest must stay behind it.
    assert share[way] > 0.03
    if way not in {"larger", "smaller"}:
        opposite = max(
            abs(value)
            for name, value in share.items()
            if name not in {way, "larger", "smaller"} and value != -share[way]
        )
        assert opposite < share[way] / 3


@pytest.mark.parametrize("place", quick(["hills", "table", "city"], ["city"]))
@pytest.mark.parametrize("camera", ["pan-left", "tilt-up", "orbit"])
def test_near_things_move_more_than_far_ones(place: Place, camera: Camera) -> None:
    """Parallax: the foreground travels at least half as far again as the sky; an orbit turns one against the other."""
    shown = lumas(camera, 31, over=scene(place))
    moved = flow(shown[0], shown[-1])[..., 1 if camera == "tilt-up" else 0]
    far, near = float(np.median(moved[20:140])), float(np.median(moved[-110:-20]))
    if camera == "orbit":
        assert far * near < 0
    assert abs(near) > 1.5 * abs(far) if camera != "orbit" else abs(near - far) > 15


@pytest.mark.parametrize("camera", quick(CAMERAS, ["push", "pan-left", "orbit"]))
def test_motion_is_smooth_and_eased(camera: Camera, tmp_path: Path) -> None:
    """Every point goes forward by a fraction of a pixel a frame that changes slowly: no jump, no stop, no return."""
    dots = dotted(tmp_path / "dots.png", Size(width=294, height=522))
    paths = followed(lumas(camera, 61, picture=dots))
    assert len(paths) >= 6
    for path in paths:
        whole = path[-1] - path[0]
        if np.hypot(*whole) < 1.5:
            continue  # the point that the camera goes towards
        steps = np.diff(path, axis=0) @ whole / np.hypot(*whole)
        aside = np.diff(path, axis=0) @ np.array([-whole[1], whole[0]]) / np.hypot(*whole)
        assert steps.max() < 1.5
        # OpenCV samples at 32 places in a pixel: what is left is that rounding.
        assert np.abs(np.diff(steps)).max() < 0.05
        assert np.abs(aside).max() < 0.03
        paced = np.convolve(steps, np.ones(6) / 6, "valid")
        assert paced.min() > 0.35 * steps.mean()
        assert steps.min() > -0.01
        assert paced[len(paced) // 2] > 1.2 * max(paced[0], paced[-1])


@pytest.mark.parametrize("camera", quick(CAMERAS, ["still", "drift"]))
def test_no_frame_stands_still(camera: Camera, tmp_path: Path) -> None:
    """A freeze detector finds nothing in six seconds of any camera, over a painting or over a given picture."""
    picture = tmp_path / "picture.png"
    Image.fromarray(start_frame(scene("city", "car"), UPRIGHT)).save(picture)
    for given in (None, picture):
        motion = Motion(scene=scene("hills"), camera=camera, picture=given and PICTURE)
        made = frames(motion, size=TINY, frame_rate=30, frame_count=180, picture=given)
        source = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", str(TINY), "-framerate", "30", "-i", "pipe:0"]
        said = ffmpeg.run([*source, "-vf", "freezedetect=duration=1", "-f", "null", "-"], frames=made, loglevel="info")
        assert "freeze_start" not in said


@functools.cache
def painted_shape(size: Size) -> tuple[int, int]:
    """Return how large (rows, columns) a painting for a frame of `size` is."""
    rows, columns, _ = paint(scene("micro"), size).place.shape
    return rows, columns


@pytest.mark.parametrize("size", [TINY, Size(width=256, height=144), Size(width=144, height=144)], ids=str)
@pytest.mark.parametrize("camera", MOVES)
def test_camera_never_leaves_the_painting(camera: Camera, size: Size) -> None:
    """At both ends of its way, at the nearest and the farthest depth, every pixel seen lies on the painting."""
    height, width = painted_shape(size)
    for depth in (0.0, 1.0):
        start, travel = fields(
            MOVES[camera], np.full((4, 4), depth, np.float32), Size(width=width, height=height), size
        )
        for position in (-1, 1):
            seen = start + position * travel
            assert seen.min() >= 0
            assert seen[..., 0].max() <= width - 1
            assert seen[..., 1].max() <= height - 1


@pytest.mark.parametrize("size", quick([UPRIGHT, WIDE], [UPRIGHT]), ids=["upright", "wide"])
@pytest.mark.parametrize("place", quick(PLACES, ["hills", "city", "micro"]))
def test_start_frame_is_what_the_camera_sees_half_way(place: Place, size: Size) -> None:
    """The start frame that is shown, kept and used as a cover is a frame of the film, but for its dust and snow."""
    painted = scene(place, "house", "cat", weather=WEATHERS[PLACES.index(place) % len(WEATHERS)])
    middle = drawn(Motion(scene=painted, camera="pan-left"), size, 3)[1]
    assert peak_signal_noise_ratio(start_frame(painted, size), rgb_of(middle, size)) > 34


def test_subjects_stay_rigid_in_front_of_a_moving_place() -> None:
    """A thing is moved as a whole: what is in its middle at the end is what was there at the start."""
    shown = lumas("pan-left", 31, over=scene("table", "clock"))
    moved = flow(shown[0], shown[-1])
    matte = paint(scene("table", "clock"), UPRIGHT).matte
    assert matte is not None
    # Half a way before the middle, the camera saw the thing as far to the left as it went since.
    inside = np.roll(cropped(matte, UPRIGHT) > 250, -8, axis=1)
    across = moved[..., 0][inside]
    assert 10 < np.median(across) < 25
    assert np.percentile(np.abs(across - np.median(across)), 80) < 2.5


def test_camera_is_chosen_by_what_is_shot() -> None:
    """`auto` becomes the same camera wherever the shot stands, and cameras vary from shot to shot."""
    prompts = [f"A castle on hill number {number}" for number in range(20)]
    chosen = [motion_for(prompt).camera for prompt in prompts]
    assert chosen == [choose_camera(scene_for(prompt)) for prompt in prompts]
    assert len(set(chosen)) >= 4
    assert "auto" not in chosen
