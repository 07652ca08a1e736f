"""The cover: a sharp picture with a subject, never a black one, with a title that stands where platforms leave room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from support.clips import make_clip

from reelwright.animatic.render import start_frame_png
from reelwright.animatic.scene import scene_for
from reelwright.media.captions.layout import safe_area
from reelwright.media.cover import CoverClip, Title, appeal, make_cover
from reelwright.media.lettering import lines_for
from reelwright.recipe import Captions, OutputFormat
from reelwright.values import Size

Pixels = NDArray[np.uint8]
OUTPUT = OutputFormat(size="720x1280", frame_rate=30)
SIZE = OUTPUT.pixels
NOWHERE = Path("/nonexistent")


@pytest.fixture(scope="module")
def loaf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn start frame."""
    path = tmp_path_factory.mktemp("pictures") / "loaf.png"
    path.write_bytes(start_frame_png(scene_for("A loaf of bread on a kitchen table"), SIZE))
    return path


def pixels(path: Path) -> Pixels:
    """A picture file's pixels."""
    return np.asarray(Image.open(path).convert("RGB"))


def spoilt(picture: Pixels) -> dict[str, Pixels]:
    """The same picture as nobody would choose it."""
    return {
        "black": np.zeros_like(picture),
        "almost black": picture // 20,
        "white": np.full_like(picture, 250),
        "one tone": np.full_like(picture, 128),
        "out of focus": cv2.GaussianBlur(picture, (0, 0), 9),
        "pale": np.asarray(128 + (picture.astype(np.int16) - 128) // 4, np.uint8),
    }


def test_a_good_picture_is_worth_more_than_any_spoilt_one(loaf: Path) -> None:
    """Black, burned out and flat ones are worth less than nothing."""
    good, worth = appeal(pixels(loaf)), {name: appeal(one) for name, one in spoilt(pixels(loaf)).items()}
    assert all(good > one + 0.3 for one in worth.values()), worth
    assert all(worth[name] < 0 for name in ("black", "almost black", "white", "one tone"))


def test_a_subject_in_the_middle_is_worth_more() -> None:
    """The same disc at the edge is no subject."""
    fading = np.linspace(60, 180, SIZE.height)[:, None, None]
    ground = np.asarray(np.broadcast_to(fading, (SIZE.height, SIZE.width, 3)), np.uint8)
    middle, edge = ground.copy(), ground.copy()
    cv2.circle(middle, (360, 640), 120, (230, 120, 60), -1)
    cv2.circle(edge, (60, 60), 120, (230, 120, 60), -1)
    assert appeal(middle) > appeal(edge) + 0.3


def test_the_best_of_many_becomes_the_cover(loaf: Path, tmp_path: Path) -> None:
    """Whatever its place among black, blurred and flat ones."""
    paths = []
    for name, picture in spoilt(pixels(loaf)).items():
        paths.append(tmp_path / f"{name}.png")
        Image.fromarray(picture).save(paths[-1])
    paths.insert(3, loaf)
    make_cover(NOWHERE, paths, (), OUTPUT, tmp_path / "cover.jpg")
    made = pixels(tmp_path / "cover.jpg")
    assert made.shape == (1280, 720, 3)
    assert np.abs(made.astype(int) - pixels(loaf)).mean() < 3


def test_a_frame_of_a_clip_may_become_the_cover(loaf: Path, tmp_path: Path) -> None:
    """A clip that fades in from black gives a frame from later on, in the master's size."""
    clip = make_clip(tmp_path / "clip.mp4", size="360x640", filters="fade=in:0:12", pictures=48)
    dark = tmp_path / "dark.png"
    Image.fromarray(pixels(loaf) // 20).save(dark)
    make_cover(NOWHERE, [dark], [CoverClip(clip, 60)], OUTPUT, tmp_path / "cover.jpg")
    assert pixels(tmp_path / "cover.jpg").shape == (1280, 720, 3)
    assert pixels(tmp_path / "cover.jpg").mean() > 60
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.mp4", "cover.jpg", "dark.png"]


@pytest.mark.parametrize(
    ("text", "language"),
    [("Why bread goes stale", "en"), ("パンはなぜ固くなるのか？", "ja")],
    ids=["Latin", "Japanese"],
)
def test_the_title_stands_inside_the_safe_area(loaf: Path, tmp_path: Path, text: str, language: str) -> None:
    """White letters, none of them where an app has its buttons; without `title`, none at all."""
    title = Title(text, Captions(), tmp_path / "fonts", language)
    make_cover(NOWHERE, [loaf], (), OUTPUT, tmp_path / "titled.jpg", title=title)
    make_cover(NOWHERE, [loaf], (), OUTPUT, tmp_path / "plain.jpg")
    # Nothing in the picture itself is as white as the letters.
    letters = (pixels(tmp_path / "titled.jpg").min(axis=2) > 248) & (pixels(tmp_path / "plain.jpg").min(axis=2) < 240)
    rows, columns = np.flatnonzero(letters.any(axis=1)), np.flatnonzero(letters.any(axis=0))
    area = safe_area(OUTPUT)
    assert letters.sum() > 5000
    assert (area.top <= rows[0], rows[-1] < area.bottom) == (True, True)
    assert (area.left <= columns[0], columns[-1] < area.right) == (True, True)


def test_the_title_leaves_the_subject_alone(tmp_path: Path) -> None:
    """A disc above sends it down, a disc below sends it up."""
    places: dict[str, Any] = {}
    for name, centre in {"above": 400, "below": 780}.items():
        picture = np.random.default_rng(3).integers(90, 110, (SIZE.height, SIZE.width, 3), np.uint8)
        cv2.circle(picture, (330, centre), 90, (230, 60, 60), -1)
        Image.fromarray(picture).save(tmp_path / f"{name}.png")
        title = Title("Why bread goes stale", Captions(), tmp_path / "fonts")
        make_cover(NOWHERE, [tmp_path / f"{name}.png"], (), OUTPUT, tmp_path / "cover.jpg", title=title)
        places[name] = np.flatnonzero((pixels(tmp_path / "cover.jpg").min(axis=2) > 240).any(axis=1)).mean()
    assert places["above"] > SIZE.height * 0.5 > places["below"]


@pytest.mark.parametrize(
    ("text", "lines"), [("Stale!", 1), ("Why bread goes stale", 2), ("パンはなぜ固くなるのか", 2), ("word " * 40, 4)]
)
def test_a_title_has_about_two_words_a_line(text: str, lines: int) -> None:
    """Letters of China and Japan are twice as wide."""
    assert lines_for(text) == lines


def test_the_size_of_a_cover_is_the_masters(loaf: Path, tmp_path: Path) -> None:
    """A square master has a square cover of the same picture."""
    square = OutputFormat(size="1080x1080", frame_rate=30)
    title = Title("Stale", Captions(), tmp_path / "fonts")
    make_cover(NOWHERE, [loaf], (), square, tmp_path / "cover.jpg", title=title)
    with Image.open(tmp_path / "cover.jpg") as made:
        assert (made.size, made.format) == ((1080, 1080), "JPEG")
    assert Size(width=1080, height=1080) == square.pixels
