"""Fitting: the right part of a clip, at the right speed, whole or cut round its subject, upright and smooth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from support.broken_pictures import overwritten
from support.clips import make_clip, numbers_in, small_output
from support.pictures import decoded, luma_of, rgb_of
from support.scenery import QUICK, SIZE, Rgb, changed, film, first_of, glide

from reelwright.checks.picture import check_picture
from reelwright.checks.picture_likeness import likeness
from reelwright.checks.picture_values import PictureWanted, Scene, Survey
from reelwright.fit import FitPlan
from reelwright.media.boxes import video_track
from reelwright.media.fitting import last_seen, plan_fit
from reelwright.media.probe import VideoFacts, probe
from reelwright.media.segment import encode_clip
from reelwright.recipe import OutputFormat
from reelwright.values import Size

OUTPUT = small_output()
DRAWN = Size.parse("180x320")
S = Fraction


def facts_of(clip: Path) -> VideoFacts:
    """What a clip's file says."""
    video = probe(clip).video
    assert video is not None
    return video


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of numbered pictures, 24 a second."""
    return make_clip(tmp_path_factory.mktemp("numbered") / "c.mp4")


# --- The part that is seen, to the frame


@pytest.mark.parametrize(
    ("start", "until", "speed"),
    [
        (S(0), None, S(1)),
        (S(13, 24), None, S(1)),
        (S(0), S(25, 24), S(1)),
        (S(5, 24), S(30, 24), S(17, 20)),
        (S(0), None, S(9, 10)),
        (S(1, 24), None, S(103, 100)),
    ],
)
@pytest.mark.parametrize("rate", [pytest.param(24, marks=pytest.mark.slow), 30])
def test_each_frame_shows_its_moment(
    start: S, until: S | None, speed: S, rate: int, clip: Path, tmp_path: Path
) -> None:
    """Frame n shows the clip's picture at start + n·speed, within half a frame; the last one before the end is held."""
    output, frames = small_output(rate), rate * 3 // 2
    plan = FitPlan(start=start, until=until, speed=speed)
    encode_clip(clip, output, frames, tmp_path / "s.mp4", plan=plan)
    shown = numbers_in(tmp_path / "s.mp4", shown=DRAWN)
    assert len(shown) == frames
    first, last = round(start * 24), 47 if until is None else round(until * 24) - 1
    assert shown[0] == first
    for index, number in enumerate(shown):
        moment, half = start + S(index, rate) * speed, S(1, 2 * rate) * max(speed, 1)
        if number < last:
            assert S(number, 24) - half <= moment <= S(number + 1, 24) + half, index
        else:
            assert (number, moment >= S(last, 24) - half) == (last, True), index


# --- The plan


def seen(seconds: float | S = 8, **more: Any) -> Survey:
    """A survey of a clip with one scene."""
    length = S(str(seconds)) if isinstance(seconds, float) else S(seconds)
    return Survey.model_validate({"seconds": length, "scenes": (Scene(first=S(0), last=length),), **more})


def cut_at(seconds: int, *cuts: S) -> Survey:
    """A survey of a clip with cuts, each between two frames of 24 a second."""
    edges = [S(0), *cuts, S(seconds)]
    scenes = [Scene(first=first, last=last) for first, last in pairwise(edges)]
    return seen(seconds, scenes=tuple(scenes))


def planned(clip: Path, survey: Survey, seconds: S | float, *, in_time: bool = False, **output: Any) -> FitPlan:
    """The plan for a shot of so many seconds."""
    format_ = OutputFormat(**output)
    return plan_fit(facts_of(clip), survey, format_, format_.frames_for(S(str(seconds))), in_time=in_time)


def test_long_clip_is_cut_at_its_end(clip: Path) -> None:
    """Nothing speaks for another place: it begins at its beginning and is played as it was made."""
    assert planned(clip, seen(), 5) == FitPlan()


def test_short_clip_is_slowed_down_within_limits_and_then_held(clip: Path) -> None:
    """A tenth is slowed; of two fifths as much as the recipe allows, and the rest is held."""
    assert planned(clip, seen(4.5), 5).speed == S(9, 10)
    assert planned(clip, seen(3), 5).speed == S(17, 20)
    assert planned(clip, seen(3), 5, slowest=S(1)).speed == 1
    assert planned(clip, seen(4.95), 5).speed == 1


def test_clip_with_sound_stays_in_time(clip: Path) -> None:
    """It is neither slowed down nor begun later."""
    dark = seen(4.5, dark_until=S(1))
    assert planned(clip, dark, 5, in_time=True) == FitPlan()
    assert planned(clip, seen(8, dark_until=S(1)), 5, in_time=True) == FitPlan()


def test_flash_of_another_scene_before_the_end_is_not_seen(clip: Path) -> None:
    """The clip is slowed down a little to fill the shot with its first scene; one with sound holds its last picture."""
    survey = cut_at(8, S(115, 24))
    plan = planned(clip, survey, 5)
    assert (plan.until, plan.speed) == (S(115, 24), S(115, 120))
    heard = planned(clip, survey, 5, in_time=True)
    assert (heard.until, heard.speed) == (S(115, 24), 1)
    assert last_seen(heard, OutputFormat(), 150) == S(115, 24)


def test_shot_ends_with_its_scene_where_that_is_near(clip: Path) -> None:
    """A cut a little after the end is reached by a speed that nobody sees; one far away is left alone."""
    assert planned(clip, cut_at(8, S(123, 24)), 5).speed == S(123, 120)
    assert planned(clip, cut_at(8, S(6)), 5) == FitPlan()


def test_shot_ends_where_nothing_moves(clip: Path) -> None:
    """A moment of rest near the end is where the cut is felt least."""
    assert planned(clip, seen(8, calm=(S(2), S(117, 24))), 5).speed == S(117, 120)


def test_rate_that_fits_is_not_bent(clip: Path) -> None:
    """At the clip's own rate each frame is one picture; another speed would double or drop some."""
    assert planned(clip, seen(8, calm=(S(117, 24),)), 5, frame_rate=24).speed == 1


def test_black_opening_and_flash_of_the_first_scene_are_left_out(clip: Path) -> None:
    """If enough is left; else they stay."""
    assert planned(clip, seen(8, dark_until=S(1)), 5).start == 1
    assert planned(clip, seen(8, dark_until=S(1)), S(15, 2)).start == 0
    assert planned(clip, cut_at(8, S(1, 4)), 5).start == S(1, 4)


# --- Shape


def dot(x: float, y: float, ground: tuple[int, int, int] = (70, 90, 80)) -> Rgb:
    """A wide picture with something to look at."""
    made = np.full((270, 480, 3), ground, np.uint8)
    cv2.circle(made, (int(480 * x), int(270 * y)), 28, (235, 80, 40), -1, cv2.LINE_AA)
    cv2.circle(made, (int(480 * x), int(270 * y)), 12, (250, 240, 230), -1, cv2.LINE_AA)
    return made


def dots() -> Iterator[Rgb]:
    """Something on the right for a second, then on the left."""
    for index in range(48):
        yield dot(0.8 - 0.001 * index, 0.5) if index < 24 else dot(0.18 + 0.001 * index, 0.45, (120, 140, 190))


def fitted(clip: Path, output: OutputFormat, frames: int, into: Path, **wanted: Any) -> FitPlan:
    """Check a clip, plan its fitting and do it."""
    asked = PictureWanted.model_validate({"seconds": 2, "size": output.pixels, "fit": output.fit, **wanted})
    report = check_picture(clip, asked)
    assert report.survey is not None
    plan = plan_fit(facts_of(clip), report.survey, output, frames)
    encode_clip(clip, output, frames, into, plan=plan)
    return plan


def reds(segment: Path, output: OutputFormat) -> list[float]:
    """Where the red dot is in each frame, as a share of the width; -1 if it is not."""
    found = []
    for frame in decoded(segment):
        rgb = rgb_of(frame, output.pixels).astype(int)
        columns = np.flatnonzero(((rgb[..., 0] > 170) & (rgb[..., 2] < 100)).any(axis=0))
        found.append(float(columns.mean() / rgb.shape[1]) if len(columns) else -1.0)
    return found


def test_subject_stays_in_the_picture_in_every_scene(tmp_path: Path) -> None:
    """A wide clip is cut to a square round what there is to see, and cut anew with the scene, on its very frame."""
    clip = film(tmp_path / "c.mp4", dots(), size=Size(width=480, height=270))
    output = small_output().model_copy(update={"size": "144x144", "frame_rate": 24})
    plan = fitted(clip, output, 48, tmp_path / "s.mp4")
    assert len(plan.windows) == 2
    places = reds(tmp_path / "s.mp4", output)
    assert all(0.3 < place < 0.7 for place in places), places


def test_picture_is_shown_whole_before_itself(tmp_path: Path) -> None:
    """`blur`: nothing of the picture is cut off, and what is round it is soft, darker, and without a border."""
    clip = film(tmp_path / "c.mp4", glide(size=Size(width=480, height=270), count=24), size=Size(width=480, height=270))
    output = small_output().model_copy(update={"fit": "blur"})
    plan = fitted(clip, output, 20, tmp_path / "s.mp4", seconds=1)
    assert plan.blurred
    shown = rgb_of(decoded(tmp_path / "s.mp4")[0], output.pixels)
    whole = cv2.resize(next(glide(size=Size(width=480, height=270))), (144, 80), interpolation=cv2.INTER_AREA)
    assert np.abs(shown[88:168].astype(int) - whole.astype(int)).mean() < 6
    ground = cv2.cvtColor(shown[:80], cv2.COLOR_RGB2GRAY)
    assert 2 < cv2.Laplacian(ground, cv2.CV_64F).std() + 2 < 5
    assert 0.5 < ground.mean() / cv2.cvtColor(whole, cv2.COLOR_RGB2GRAY).mean() < 0.95
    assert ground.min() > 5


def test_every_plan_gives_segments_that_join(tmp_path: Path) -> None:
    """Whatever is done to a picture, the encoder says the same of it."""
    clip = film(tmp_path / "c.mp4", glide(count=24))
    plans = [
        FitPlan(),
        FitPlan(blurred=True),
        FitPlan(blended=True),
        FitPlan(turned=180, mirrored=True, interlaced=True),
    ]
    made = []
    for index, plan in enumerate(plans):
        into = tmp_path / f"{index}.mp4"
        encode_clip(clip, OUTPUT, 20, into, plan=plan)
        made.append((video_track(into).description_sha256, video_track(into).samples))
    assert len(set(made)) == 1


@pytest.mark.slow
def test_bars_are_cut_off(tmp_path: Path) -> None:
    """A picture that came with black bars fills the master."""

    def bars(_: int, frame: Rgb) -> Rgb:
        made = frame.copy()
        made[:, :27] = made[:, -27:] = 0
        return made

    clip = film(tmp_path / "c.mp4", changed(glide(count=48), bars))
    plan = fitted(clip, OUTPUT, 40, tmp_path / "s.mp4")
    assert 0.09 < plan.bars.left < 0.12
    luma = luma_of(decoded(tmp_path / "s.mp4")[20], OUTPUT.pixels)
    assert min(luma[:, :4].mean(axis=0).min(), luma[:, -4:].mean(axis=0).min()) > 40


@pytest.mark.slow
@pytest.mark.parametrize("how", ["mirrored", "turned over", "on its side"])
def test_clip_is_seen_as_its_start_frame_was(how: str, tmp_path: Path) -> None:
    """A model that mirrored or turned the picture is put right."""
    turns: dict[str, Any] = {
        "mirrored": lambda _, frame: frame[:, ::-1],
        "turned over": lambda _, frame: np.rot90(frame, 2),
        "on its side": lambda _, frame: np.rot90(frame, 1),
    }
    size = Size(width=480, height=270) if how == "on its side" else SIZE
    clip = film(tmp_path / "c.mp4", changed(glide(count=48), turns[how]), size=size)
    start = first_of(glide(), tmp_path / "start.png")
    fitted(clip, OUTPUT, 20, tmp_path / "s.mp4", start_frame=start)
    shown = rgb_of(decoded(tmp_path / "s.mp4")[0], OUTPUT.pixels)
    turn = likeness(shown, next(glide()))
    assert (turn.degrees, turn.mirrored) == (0, False)
    assert turn.bits <= 8


# --- Damage


def test_damaged_picture_is_left_out(tmp_path: Path) -> None:
    """Noise in one B-frame, which the check does not decode, is not seen: the picture before is held for its time."""
    whole = film(tmp_path / "whole.mp4", glide(count=72), options=(*QUICK, "-g", "24", "-bf", "2"))
    damaged = overwritten(0.4, 4000, zeros=False, frame="B")(tmp_path)
    output = small_output(24)
    encode_clip(whole, output, 60, tmp_path / "w.mp4")
    encode_clip(damaged, output, 60, tmp_path / "d.mp4")
    pairs = zip(decoded(tmp_path / "w.mp4"), decoded(tmp_path / "d.mp4"), strict=True)
    lumas = [[luma_of(frame, output.pixels).astype(int) for frame in pair] for pair in pairs]
    off = [float((np.abs(one - other) > 70).mean()) for one, other in lumas]
    assert max(off) < 0.01, max(off)
    assert not list(tmp_path.glob("*again*"))


# --- Rate


def steps(frames: Sequence[Rgb]) -> np.ndarray[Any, Any]:
    """How far the picture goes from each frame to the next, in pixels."""
    greys = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32) for frame in frames]
    window = cv2.createHanningWindow(greys[0].shape[::-1], cv2.CV_32F)
    moved = [cv2.phaseCorrelate(one, other, window)[0] for one, other in pairwise(greys)]
    return np.array([np.hypot(*step) for step in moved])


def smoothness(clip: Path, plan: FitPlan, output: OutputFormat, into: Path) -> float:
    """The spread of the steps, as a share of the mean step: 0 is a glide, 0.5 is a limp."""
    encode_clip(clip, output, 60, into, plan=plan)
    made = steps([rgb_of(frame, output.pixels) for frame in decoded(into)])[2:-2]
    return float(made.std() / made.mean())


@pytest.mark.parametrize(
    ("rate", "output_rate"),
    [(24, 30), *(pytest.param(*rates, marks=pytest.mark.slow) for rates in ((25, 30), (30, 24), (24, 60)))],
)
def test_slow_glide_does_not_limp(rate: int, output_rate: int, tmp_path: Path) -> None:
    """Repeated pictures make every fourth step of a pan none at all; blended ones go on evenly."""
    clip = film(
        tmp_path / "c.mp4", glide(count=rate * 3, across=0.8, down=0.0), rate=rate, options=(*QUICK, "-crf", "12")
    )
    output = small_output(output_rate).model_copy(update={"size": "270x480"})
    asked = PictureWanted(seconds=S(3), size=Size.parse("1080x1920"))
    survey = check_picture(clip, asked).survey
    assert survey is not None
    plan = plan_fit(facts_of(clip), survey, OutputFormat(frame_rate=output_rate), 60)  # type: ignore[arg-type]
    assert plan.blended
    repeated = smoothness(clip, plan.model_copy(update={"blended": False}), output, tmp_path / "r.mp4")
    blended = smoothness(clip, plan, output, tmp_path / "b.mp4")
    assert blended < repeated / 2, (blended, repeated)
    assert blended < 0.25


@pytest.mark.parametrize(
    ("glides", "rate", "wanted"),
    [(0.08, 24, True), (0.08, 30, False), (0.08, 60, False), (0.4, 24, False), (0.001, 24, False), (None, 24, False)],
)
def test_only_a_slow_glide_at_another_rate_is_blended(
    glides: float | None, rate: int, wanted: bool, tmp_path: Path
) -> None:
    """Fast movement would be seen twice; at a rate that fits there is nothing to blend."""
    clip = film(tmp_path / "c.mp4", glide(count=4), rate=rate)
    assert planned(clip, seen(8, glide=glides), 5).blended is wanted


@pytest.mark.slow
def test_lines_of_two_fields_are_put_together(tmp_path: Path) -> None:
    """Edges that move are whole again, not combs."""
    options = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-flags", "+ilme+ildct")
    fields = ("-x264-params", "tff=1", "-pix_fmt", "yuv420p")
    clip = film(
        tmp_path / "c.mp4", glide(count=100, across=4.0, down=0.0), rate=50,
        filters="interlace=lowpass=0", options=(*options, *fields),
    )  # fmt: skip
    output = small_output(25).model_copy(update={"size": "270x480"})
    plan = fitted(clip, output, 30, tmp_path / "s.mp4")
    assert plan.interlaced
    encode_clip(clip, output, 30, tmp_path / "combed.mp4")
    assert combing(tmp_path / "s.mp4", output) < combing(tmp_path / "combed.mp4", output) / 3


def combing(segment: Path, output: OutputFormat) -> float:
    """Share of pixels that differ from both their neighbours above and below, which are alike."""
    luma = luma_of(decoded(segment)[12], output.pixels).astype(int)
    above, here, below = luma[:-2], luma[1:-1], luma[2:]
    return float(((np.abs(here - above) > 20) & (np.abs(here - below) > 20) & (np.abs(above - below) < 10)).mean())
