"""Overlays and cards: where they stand, when they are seen, in which colours, and what an author's own may be."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydantic import ValidationError
from support.clips import make_clip, planes, small_output
from support.plans import plan

from reelwright.errors import MediaError
from reelwright.media import shot_jobs
from reelwright.media.captions.layout import safe_area
from reelwright.media.compositions import Stage, card, own
from reelwright.media.jobs import CardJob, SegmentJob
from reelwright.media.overlay import with_alpha
from reelwright.media.probe import probe
from reelwright.overlays import Card, Layer, Overlay, layers_of
from reelwright.recipe import Captions, OutputFormat
from reelwright.storyboard import Shot, Storyboard
from reelwright.transition import Edges

OUTPUT = small_output()
BOARD = Storyboard(title="Why kettles sing", shots=(Shot(narration="A."), Shot(narration="B."), Shot(narration="C.")))
NONE = Captions(preset="none")
OWN = """
from moviepy import ColorClip

def red(size, fps, seconds, texts):
    assert (fps, sorted(texts)) == (30, ["detail", "narration", "number", "shots", "text", "title"])
    return ColorClip((20, 10), (255, 0, 0)).with_duration(seconds).with_position(("right", "top"))

def broken(size, fps, seconds, texts):
    raise ValueError("no such colour")

def nothing(size, fps, seconds, texts):
    return 7
"""


@pytest.fixture(scope="module")
def grey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain clip of 40 pictures."""
    path = tmp_path_factory.mktemp("clip") / "grey.mp4"
    return make_clip(path, size="144x256", rate=30, pictures=40, filters="geq=lum=110:cb=128:cr=128")


@pytest.fixture
def brand(tmp_path: Path) -> Path:
    """An author's file."""
    path = tmp_path / "brand.py"
    path.write_text(OWN)
    return path


def segment(grey: Path, folder: Path, *layers: Layer, edges: Edges = Edges()) -> Path:  # noqa: B008 - frozen
    """Encode a segment of 30 frames with overlays; return its file."""
    job = SegmentJob(
        clip=grey,
        is_motion=False,
        output=OUTPUT,
        frames=30,
        edges=edges,
        layers=layers,
        captions=NONE,
        font_folder=folder / "fonts",
        into=folder / "segment.mp4",
    )
    shot_jobs.segment(job)
    return job.into


def layer(overlay: Overlay, number: int = 1, frames: int = 30, span: tuple[int, int] | None = None) -> Layer:
    """An overlay as a shot of 30 frames sees it."""
    (made,) = layers_of(number, frames, [overlay], BOARD, OUTPUT, span=span)
    return made


def differs(segment: Path, index: int, tone: int = 110) -> NDArray[np.bool_]:
    """Where a picture's luma is not the plain clip's."""
    return np.asarray(np.abs(planes(segment, index)[0].astype(int) - tone) > 12)


def test_ones_own_composition_is_laid_over_in_its_colours(grey: Path, brand: Path, tmp_path: Path) -> None:
    """Where it says, when it is told to, in BT.709: pure red is (63, 102, 240)."""
    told = Overlay(python=f"{brand}:red", start=Fraction(10, 30), seconds=Fraction(8, 30), shots=(1,))
    made = segment(grey, tmp_path, layer(told))
    assert [bool(differs(made, index).any()) for index in (0, 9, 10, 17, 18, 29)] == [False, False, True, True] + [
        False
    ] * 2
    rows, columns = np.nonzero(differs(made, 12))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (0, 9, 124, 143)
    luma, blue, red = planes(made, 12)
    found = [int(part) for part in (luma[4, 134], blue[2, 67], red[2, 67])]
    assert all(abs(one - wanted) <= 3 for one, wanted in zip(found, (63, 102, 240), strict=True)), found
    video = probe(made).video
    assert video
    assert video.frames == 30


def test_an_overlay_keeps_its_time_when_transitions_take_frames(grey: Path, brand: Path, tmp_path: Path) -> None:
    """Counted from the shot's start, also where its picture begins earlier."""
    told = Overlay(python=f"{brand}:red", start=Fraction(10, 30), seconds=Fraction(8, 30), shots=(1,))
    made = segment(grey, tmp_path, layer(told), edges=Edges(early=4, head=4, tail=4, late=4))
    assert [bool(differs(made, index).any()) for index in (0, 5, 6, 13, 14, 21)] == [False, False, True, True] + [
        False
    ] * 2


@pytest.mark.parametrize(
    ("name", "says"), [("broken", "failed: ValueError: no such colour"), ("nothing", "gave a int instead")]
)
def test_a_composition_that_fails_says_which_and_why(brand: Path, tmp_path: Path, name: str, says: str) -> None:
    """The author's own words are in the error."""
    stage = Stage(OUTPUT, NONE, "en", tmp_path)
    with pytest.raises(MediaError, match=says):
        own(f"{brand}:{name}", stage, 1.0, {})


def test_the_progress_bar_grows_over_the_whole_episode(grey: Path, tmp_path: Path) -> None:
    """In the second of three shots of 30 frames it begins at a third and ends at two thirds."""
    made = segment(grey, tmp_path, layer(Overlay(name="progress"), number=2, span=(30, 90)))
    widths = [int(differs(made, index)[-2].sum()) for index in (0, 14, 29)]
    assert all(abs(wide - 144 * share / 90) <= 3 for wide, share in zip(widths, (31, 45, 60), strict=True)), widths
    assert not differs(made, 29)[:-8].any()


def test_what_comes_along_stays_in_the_safe_area(grey: Path, tmp_path: Path) -> None:
    """Title, lower third and logo: none under an app's buttons, all gone when their time is over."""
    Image.new("RGBA", (40, 40), (255, 255, 255, 255)).save(tmp_path / "logo.png")
    area = safe_area(OUTPUT)
    for told in (
        Overlay(name="title", seconds=Fraction(2, 3)),
        Overlay(name="lower_third", text="Anna Weber", detail="Physicist", seconds=Fraction(2, 3)),
        Overlay(name="logo", image=str(tmp_path / "logo.png"), seconds=Fraction(2, 3)),
    ):
        made = segment(grey, tmp_path, layer(told))
        rows, columns = np.nonzero(differs(made, 12))
        assert len(rows) > 100, told.name
        assert area.top - 2 <= rows.min() <= rows.max() < area.bottom, told.name
        assert area.left - 2 <= columns.min() <= columns.max() < area.right + 2, told.name
        assert not differs(made, 22).any(), told.name


def test_each_overlay_is_in_its_shots() -> None:
    """A title hooks once, a logo stays, a shot's own is there alone; a bar without a known length is left out."""
    board = BOARD.model_copy(
        update={"shots": (*BOARD.shots[:2], Shot(narration="C.", overlays=(Overlay(name="lower_third", text="x"),)))}
    )
    told = [Overlay(name="title"), Overlay(name="logo", image="l.png", shots=(1, 2)), Overlay(name="progress")]
    seen = [
        [one.overlay.name for one in layers_of(number, 90, told, board, OUTPUT, span=span)]
        for number, span in ((1, (0, 9)), (2, (3, 9)), (3, (6, 9)), (3, None))
    ]
    assert seen == [["title", "logo", "progress"], ["logo", "progress"], ["progress", "lower_third"], ["lower_third"]]


@pytest.mark.parametrize(
    "told", [{}, {"name": "title", "python": "a:b"}, {"name": "logo"}, {"name": "lower_third"}, {"name": "balloon"}]
)
def test_an_overlay_that_is_none_is_refused(told: dict[str, Any]) -> None:
    """Both or neither, or without what it shows."""
    with pytest.raises(ValidationError):
        Overlay.model_validate(told)


def test_files_that_are_not_there_are_problems_of_the_plan(brand: Path) -> None:
    """Nothing of an author's code is run for it."""
    told = (
        Overlay(python=f"{brand}:absent"),
        Overlay(python="no_such_module:f"),
        Overlay(name="logo", image="no.png"),
        Overlay(python=f"{brand}:red"),
    )
    problems = plan(overlays=told, end_card=Card(image="none.png")).problems
    assert len(problems) == 4
    assert all(any(part in problem for problem in problems) for part in ("'absent'", "no_such", "'no.png'", "none.png"))


def test_another_version_of_the_code_is_another_overlay(brand: Path) -> None:
    """Its bytes are in the key; so are a logo's."""
    told = layer(Overlay(python=f"{brand}:red", shots=(1,)))
    before = told.asked()
    brand.write_text(OWN.replace("255, 0, 0", "0, 255, 0"))
    assert told.asked() != before


def test_a_card_is_a_segment_of_its_own(tmp_path: Path) -> None:
    """In the master's format, as long as it says, its words in the middle over a dark ground."""
    job = CardJob(
        card=Card(text="Follow", detail="New every day"),
        title="x",
        output=OUTPUT,
        frames=20,
        captions=NONE,
        font_folder=tmp_path / "fonts",
        into=tmp_path / "card.mp4",
    )
    shot_jobs.card(job)
    video = probe(job.into).video
    assert video
    assert (video.frames, str(video.size), video.colour_space, video.pixel_format) == (20, "144x256", 1, "yuv420p")
    rows, columns = np.nonzero(planes(job.into, 18)[0] > 180)
    area = safe_area(OUTPUT)
    assert (area.top < rows.min(), rows.max() < area.bottom) == (True, True)
    assert (area.left <= columns.min(), columns.max() <= area.right) == (True, True)
    assert float(np.median(planes(job.into, 18)[0])) < 60


def test_a_card_is_composed_frame_by_frame(tmp_path: Path) -> None:
    """A logo over the words, a picture out of focus behind them, the author's own instead."""
    output = OutputFormat(size="720x1280", frame_rate=25)
    Image.new("RGB", (72, 128), (200, 60, 40)).save(tmp_path / "start.png")
    Image.new("RGBA", (50, 50), (0, 255, 0, 255)).save(tmp_path / "logo.png")
    stage = Stage(output, Captions(), "en", tmp_path / "fonts")
    clip = card(Card(text="Follow", image=str(tmp_path / "logo.png")), "x", tmp_path / "start.png", stage)
    frame = with_alpha(clip, 1.5)
    assert (frame.shape, int(frame[..., 3].min())) == ((1280, 720, 4), 255)
    green = np.flatnonzero((frame[..., 1] > 200) & (frame[..., 0] < 60))
    white = np.flatnonzero(frame[..., :3].min(axis=2) > 240)
    assert 0 < green.max() // 720 < white.min() // 720
    assert frame[1200, 360, 0] > 2 * frame[1200, 360, 2] > 0
