"""The animatic: what is painted of words, or done with a given picture, asserted on the drawn pixels."""

from __future__ import annotations

import functools
import hashlib
import subprocess
import sys
import tracemalloc
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image
from skimage.color import rgb2lab
from support.paintings import (
    PLACES,
    TINY,
    UPRIGHT,
    WIDE,
    cropped,
    lumas,
    scene,
    shift_and_growth,
    start_frame,
)
from support.pictures import Rgb, drawn, flow
from support.sampling import quick

from reelwright.animatic.brush import Canvas
from reelwright.animatic.motion import Motion, motion_for
from reelwright.animatic.painting import fetch, paint, save
from reelwright.animatic.render import frames, start_frame_png
from reelwright.animatic.scene import SUBJECTS, Place, Scene, scene_for
from reelwright.animatic.shapes import box
from reelwright.errors import MediaError
from reelwright.storyboard import Camera
from reelwright.values import Size

COLOURS = ("#2f8f8a", "#3fa050", "#c8413b", "#e8c547", "#7a57a8", "#3f74b5")


@functools.cache
def bare_frame(place: Place, size: Size) -> Rgb:
    """Return a place's start frame without anything in it."""
    return start_frame(scene(place), size)


# --- The same words, the same bytes


PROGRAM = """
import cv2, hashlib, sys
cv2.setNumThreads(1)
from reelwright.animatic.motion import motion_for
from reelwright.animatic.render import frames, start_frame_png
from reelwright.values import Size
size, motion = Size(width=144, height=256), motion_for(sys.argv[1], style="oil painting", seed=3)
made = hashlib.sha256(start_frame_png(motion.scene, size))
for view in frames(motion, size=size, frame_rate=30, frame_count=20):
    made.update(view)
print(made.hexdigest())
"""


@pytest.mark.parametrize("prompt", ["A castle in the snow at night, birds", "東京の夜"])
def test_same_words_are_the_same_bytes_in_any_process(prompt: str) -> None:
    """Another process with another hash seed and another number of threads draws the very same frames."""
    motion = motion_for(prompt, style="oil painting", seed=3)
    here = hashlib.sha256(start_frame_png(motion.scene, TINY))
    for frame in drawn(motion, TINY, 20):
        here.update(frame)
    ran = subprocess.run([sys.executable, "-c", PROGRAM, prompt], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == here.hexdigest()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (scene_for("A loaf of bread"), scene_for("A loaf of bread", seed=1)),
        (scene_for("qwertz"), scene_for("uiop")),
        (scene_for("A loaf of bread"), scene_for("A loaf of bread", palette=("#2040c0",))),
        (scene_for("A loaf of bread at night"), scene_for("A loaf of bread at noon")),
    ],
    ids=["seed", "words that say nothing", "palette", "hour"],
)
def test_other_words_are_another_picture(first: Scene, second: Scene) -> None:
    """Two shots of an episode do not look alike, even when their words mean nothing to the painter."""
    apart = np.abs(start_frame(first, TINY).astype(int) - start_frame(second, TINY))
    assert apart.mean() > 4


# --- What is painted


@pytest.mark.parametrize("size", quick([TINY, WIDE], [TINY]), ids=["upright", "wide"])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_is_seen_in_the_frame(subject: str, size: Size) -> None:
    """The thing is in the picture, whole enough to be known, and does not fill it."""
    place = PLACES[list(SUBJECTS).index(subject) % len(PLACES)]
    painting = paint(scene(place, subject), size)
    assert painting.subjects is not None
    assert painting.matte is not None
    changed = np.abs(cropped(painting.subjects, size).astype(int) - bare_frame(place, size)).max(-1) > 24
    assert 0.006 < changed.mean() < 0.6
    assert cropped(painting.matte, size).sum() > 0.8 * painting.matte.sum()


@pytest.mark.parametrize("size", [TINY, Size(width=256, height=144)], ids=["upright", "wide"])
def test_every_place_is_unlike_the_others(size: Size) -> None:
    """Each place paints, upright and wide, and shows something: it is no flat colour and no other place."""
    shown = {place: start_frame(scene(place), size) for place in PLACES}
    assert {picture.shape for picture in shown.values()} == {(size.height, size.width, 3)}
    assert min(picture.std() for picture in shown.values()) > 15
    apart = [np.abs(one.astype(int) - other).mean() for one, other in combinations(shown.values(), 2)]
    assert min(apart) > 10


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        " ",
        "…!?",
        "猫が窓辺で寝ている",
        "خبز طازج على الطاولة",
        "לחם",
        "रोटी",
        "ขนมปัง",
        "👩🏽‍🚀🇪🇺",
        "\x00\x07",
        "a" * 20_000,
        "İıß",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_any_text_gives_a_picture(prompt: str) -> None:
    """Words that the painter cannot read still give a place with a thing in it, and a camera."""
    motion = motion_for(prompt)
    assert motion.scene.subjects
    assert start_frame(motion.scene, TINY).std() > 15
    assert motion.camera != "auto"


@pytest.mark.parametrize(
    ("prompt", "place", "subjects"),
    [
        ("A round loaf of bread on a wooden board by a kitchen window", "table", ("loaf",)),
        ("Under the microscope: starch molecules, golden strands", "micro", ("chain",)),
        ("A rocket passes a planet", "space", ("rocket", "planet")),
        ("Crystals", "micro", ("crystal",)),
        ("A fishing boat off the coast", "sea", ("boat",)),
        ("A taxi in downtown traffic", "city", ("car",)),
    ],
)
def test_words_name_the_place_and_the_things(prompt: str, place: str, subjects: tuple[str, ...]) -> None:
    """What is named first stands in front."""
    found = scene_for(prompt)
    assert (found.place, found.subjects[: len(subjects)]) == (place, subjects)


@pytest.mark.parametrize(
    ("place", "colour"), quick(product(PLACES, COLOURS), list(zip(PLACES, COLOURS * 2, strict=False)))
)
def test_palette_of_the_recipe_leads_the_picture(place: Place, colour: str) -> None:
    """The hue of the whole picture is near the palette's, whatever colour the hour has."""
    shown = rgb2lab(start_frame(scene(place, "person", palette=(colour,)), TINY)).reshape(-1, 3)
    wanted = rgb2lab(np.array([[[int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]]]))[0, 0]
    apart = hue_degrees(shown.mean(0)) - hue_degrees(wanted)
    assert abs((apart + 180) % 360 - 180) < 40
    assert np.hypot(*shown.mean(0)[1:]) > 4, "the picture is grey"


def hue_degrees(lab: np.ndarray) -> float:
    """Return the hue angle of a CIELAB colour."""
    return float(np.degrees(np.arctan2(lab[2], lab[1])))


# --- A given picture, and a kept painting


@pytest.mark.parametrize("shape", [(640, 640), (300, 900), (900, 300), (64, 48)], ids=str)
def test_given_picture_fills_the_frame_uncovered_and_undistorted(shape: tuple[int, int], tmp_path: Path) -> None:
    """A picture of any shape is cropped to fill: its middle stays, a circle stays a circle, no bar is seen."""
    width, height = shape
    rows, columns = np.mgrid[0:height, 0:width]
    radius = min(shape) * 0.3
    disc = np.hypot(rows - (height - 1) / 2, columns - (width - 1) / 2) < radius
    Image.fromarray(np.where(disc[..., None], (230, 230, 230), (90, 60, 60)).astype(np.uint8)).save(tmp_path / "p.png")
    frame = lumas("still", 3, UPRIGHT, picture=tmp_path / "p.png")[1]
    assert frame.min() > 30, "a black bar"
    lit = frame > 150
    across, down = lit[240].sum(), lit[:, 135].sum()
    assert abs(down - across) < 0.04 * down or across == 270
    middles = np.argwhere(lit).mean(0)
    assert abs(middles - (239.5, 134.5)).max() < 2


@pytest.mark.parametrize("camera", ["push", "pan-right"])
def test_given_picture_is_moved_too(camera: Camera, tmp_path: Path) -> None:
    """A start frame that another model made is travelled over like a painting."""
    picture = tmp_path / "picture.png"
    Image.fromarray(start_frame(scene("city", "car"), Size(width=540, height=960))).save(picture)
    shown = lumas(camera, 31, picture=picture)
    across, _, growth = shift_and_growth(flow(shown[0], shown[-1]))
    assert growth > 0.02 if camera == "push" else across < -0.02


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "I;16"])
def test_given_picture_of_any_mode_is_read(mode: str, tmp_path: Path) -> None:
    """Grey, transparent, with a palette, for print or of 16 bits: the picture keeps its light."""
    path = tmp_path / ("p.jpg" if mode == "CMYK" else "p.png")
    grey = np.full((90, 60), 40_000, np.uint16)
    (Image.fromarray(grey) if mode == "I;16" else Image.new("RGB", (60, 90), (156, 156, 156)).convert(mode)).save(path)
    frame = lumas("still", 1, TINY, picture=path)[0]
    assert abs(float(np.median(frame)) - (16 + 156 / 255 * 219)) < 4


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_given_picture_is_shown_upright(orientation: int, tmp_path: Path) -> None:
    """A photograph that says how the camera was held is turned: its light top stays at the top."""
    rows = np.full((480, 270, 3), 60, np.uint8)
    rows[:160] = 220
    stored = Image.fromarray(np.rot90(rows, {3: 2, 6: 1, 8: 3}[orientation]).copy())
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    stored.save(tmp_path / "p.jpg", exif=exif, quality=95)
    frame = lumas("still", 1, TINY, picture=tmp_path / "p.jpg")[0]
    assert frame[:60].mean() > 180
    assert frame[120:].mean() < 90


@pytest.mark.parametrize("data", [b"", b"<!doctype html><title>403</title>", b"\x89PNG\r\n\x1a\n", "cut"], ids=repr)
def test_broken_picture_is_a_media_error(data: bytes | str, tmp_path: Path) -> None:
    """What is no picture, or only half of one, is refused by name, not drawn in part."""
    path = tmp_path / "p.png"
    Image.effect_noise((90, 60), 50).save(path)
    path.write_bytes(path.read_bytes()[:2000] if isinstance(data, str) else data)
    with pytest.raises(MediaError, match=r"p\.png"):
        lumas("still", 1, TINY, picture=path)


def test_kept_painting_is_drawn_of_and_forgotten(tmp_path: Path) -> None:
    """The shot takes the painting that the start frame left, once, and shows what it would have painted."""
    motion, kept = Motion(scene=scene("sea", "boat"), camera="orbit"), tmp_path / "kept" / "a.npz"
    start_frame_png(motion.scene, TINY, keep=kept)
    assert kept.is_file()
    fetched = drawn(motion, TINY, 5, kept=kept)
    assert not kept.exists()
    assert all((one == other).all() for one, other in zip(fetched, drawn(motion, TINY, 5), strict=True))


def test_damaged_painting_is_painted_anew(tmp_path: Path) -> None:
    """A kept file that was cut off is no reason to fail."""
    motion, kept = Motion(scene=scene("sea", "boat"), camera="orbit"), tmp_path / "a.npz"
    save(paint(motion.scene, TINY), kept)
    kept.write_bytes(kept.read_bytes()[:5000])
    assert fetch(kept) is None
    assert (drawn(motion, TINY, 1, kept=kept)[0] == drawn(motion, TINY, 1)[0]).all()


# --- Length


def test_memory_does_not_grow_with_the_length() -> None:
    """Three hundred frames hold no more memory than nine."""
    motion = Motion(scene=scene("micro", "cup"), camera="push")

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in frames(motion, size=TINY, frame_rate=30, frame_count=count):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(2)  # what is loaded once
    assert peak(300) < peak(9) * 1.05


@pytest.mark.parametrize("count", [1, 2, 7])
def test_any_number_of_frames_is_drawn(count: int) -> None:
    """A shot of one frame is a picture, too."""
    assert len(drawn(Motion(scene=scene(), camera="push"), TINY, count)) == count


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_every_seed_of_a_place_can_be_painted(place: Place) -> None:
    """At full size: waves far off, and everything else that is one row high, included."""
    for seed in range(4):
        made = scene(place).model_copy(update={"seed": seed * 7919})
        assert start_frame(made, Size(width=1080, height=1920)).std() > 10


@pytest.mark.parametrize("top", [1978, 1982, 1984])
def test_a_shape_that_hardly_reaches_into_the_picture_is_painted(top: int) -> None:
    """A wide wave below the edge leaves a row or two of soft light."""
    canvas = Canvas(1080, 1920)
    canvas.shape(box(100, top, 980, top + 1), (1, 1, 1), volume=0.2, rim=0.1, soft=0.0012)
    assert np.isfinite(canvas.picture).all()
