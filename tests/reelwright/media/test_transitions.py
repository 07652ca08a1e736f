"""Transitions: no shot begins earlier or later for one, every frame outside it is what it was, the sound goes along."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clips import make_clip, numbers_in, planes, small_output, write_wav
from support.mixing import NO_MUSIC, mix

from reelwright.media import shot_jobs
from reelwright.media.jobs import SegmentJob, TransitionJob
from reelwright.media.mix import ShotSound
from reelwright.media.probe import probe
from reelwright.media.segment import encode_clip
from reelwright.media.sound import read
from reelwright.media.stitch import stitch
from reelwright.recipe import Captions
from reelwright.storyboard import Shot
from reelwright.transition import Transition, edges_of, overlaps_of, window

OUTPUT = small_output()
LENGTHS = (24, 30, 18)
KINDS: tuple[Literal["dissolve", "dip", "whip"], ...] = ("dissolve", "dip", "whip")
NONE = Captions(preset="none")

transitions = st.builds(
    Transition,
    kind=st.sampled_from(("cut", *KINDS)),
    seconds=st.fractions(min_value=Fraction(1, 10), max_value=Fraction(3, 2), max_denominator=30),
)


def edges(lengths: tuple[int, ...], told: tuple[Transition, ...], rate: int = 30) -> list[Any]:
    """What transitions take of each shot."""
    shots = [Shot(prompt="x", transition=one) for one in told]
    return [edges_of(number, frames, shots, Transition(), rate) for number, frames in enumerate(lengths, 1)]


@dataclass(frozen=True)
class Made:
    """Three shots joined by a transition of 8 frames each."""

    segments: list[Path]
    shared: list[Path]
    master: Path


def made(folder: Path, kind: Literal["cut", "dissolve", "dip", "whip"]) -> Made:
    """Fit three clips whose pictures are numbered; join what is their own and what they share."""
    taken = edges(LENGTHS, (Transition(kind=kind, seconds=Fraction(8, 30)),) * 3)
    jobs = []
    for shot, (frames, own) in enumerate(zip(LENGTHS, taken, strict=True)):
        clip = make_clip(folder / f"clip{shot}.mp4", size="144x256", rate=30, pictures=44)
        into = folder / f"segment{shot}.mp4"
        fonts = folder / "fonts"
        jobs.append(
            SegmentJob(
                clip=clip, is_motion=False, output=OUTPUT, frames=frames, edges=own, captions=NONE, font_folder=fonts,
                into=into,
            )
        )  # fmt: skip
        shot_jobs.segment(jobs[-1])
    shared = []
    for number in range(1, 3) if kind != "cut" else ():
        shared.append(folder / f"shared{number}.mp4")
        job = TransitionJob(kind=kind, before=jobs[number - 1], after=jobs[number], into=shared[-1])
        shot_jobs.transition(job)
    parts = [jobs[0].into]
    for number in (1, 2):
        parts += [*shared[number - 1 : number], jobs[number].into]
    sound = write_wav(folder / "sound.wav", np.zeros((sum(LENGTHS) * 1600, 2), np.float32))
    stitch(parts, sound, folder / "master.mp4", frame_rate=30)
    return Made([job.into for job in jobs], shared, folder / "master.mp4")


@pytest.mark.parametrize("kind", KINDS)
def test_each_frame_outside_a_transition_is_that_of_its_shot(tmp_path: Path, kind: Any) -> None:
    """Each clip runs on under the transition: it begins 4 frames before its cut, and no frame is lost or doubled."""
    numbers = numbers_in(made(tmp_path, kind).master)
    assert len(numbers) == sum(LENGTHS)
    starts = [0, *accumulate(LENGTHS)]
    for shot, frames in enumerate(LENGTHS):
        first, last = (4 if shot else 0), frames - (4 if shot < 2 else 0)
        seen = numbers[starts[shot] + first : starts[shot] + last]
        early = 4 if shot else 0
        assert seen == list(range(first + early, last + early))


def test_cuts_alone_give_the_segments_of_before(tmp_path: Path) -> None:
    """Byte for byte, without one more file to join."""
    cut = made(tmp_path, "cut")
    assert cut.shared == []
    for shot, frames in enumerate(LENGTHS):
        encode_clip(tmp_path / f"clip{shot}.mp4", OUTPUT, frames, tmp_path / "plain.mp4")
        assert (tmp_path / "plain.mp4").read_bytes() == cut.segments[shot].read_bytes()


def test_a_dissolve_is_in_the_middle_of_both_pictures_and_a_dip_is_black(tmp_path: Path) -> None:
    """A grey that is neither picture's; in the middle of a dip, hardly any light."""
    for name, tone in (("dark", 60), ("light", 200)):
        filters = f"geq=lum={tone}:cb=128:cr=128"
        make_clip(tmp_path / f"{name}.mp4", size="144x256", rate=30, pictures=40, filters=filters)
    told = edges((20, 20), (Transition(), Transition(kind="dissolve", seconds=Fraction(9, 30))))
    jobs = [
        SegmentJob(
            clip=tmp_path / f"{name}.mp4", is_motion=False, output=OUTPUT, frames=20, edges=own, captions=NONE,
            font_folder=tmp_path / "fonts", into=tmp_path / f"{name}-own.mp4",
        )
        for name, own in zip(("dark", "light"), told, strict=True)
    ]  # fmt: skip
    tones: dict[str, list[float]] = {}
    for kind in KINDS:
        into = tmp_path / f"{kind}.mp4"
        shot_jobs.transition(TransitionJob(kind=kind, before=jobs[0], after=jobs[1], into=into))
        tones[kind] = [float(planes(into, index)[0].mean()) for index in range(9)]
    assert tones["dissolve"] == sorted(tones["dissolve"])
    assert abs(tones["dissolve"][4] - 130) < 3
    assert tones["dip"][4] < 20
    assert (tones["dip"][0] > 45, tones["dip"][-1] > 140) == (True, True)
    # Half way through a whip, each picture fills half of the frame.
    middle = planes(tmp_path / "whip.mp4", 4)[0]
    assert abs(float(middle.mean()) - 130) < 6
    assert float(middle[:, -10:].mean()) - float(middle[:, :10].mean()) > 90


@given(st.lists(st.tuples(st.integers(1, 400), transitions), min_size=1, max_size=8), st.sampled_from([24, 25, 30, 60]))
def test_the_episode_keeps_its_length_whatever_the_transitions(shots: list[tuple[int, Transition]], rate: int) -> None:
    """Own frames and shared ones add up; no picture is asked for before its clip begins or behind its end."""
    lengths, told = tuple(frames for frames, _ in shots), tuple(one for _, one in shots)
    taken = edges(lengths, told, rate)
    own = sum(one.own(frames)[1] for one, frames in zip(taken, lengths, strict=True))
    shared = 0
    for before, frames, after, following in zip(taken, lengths, taken[1:], lengths[1:], strict=False):
        leaving, coming, count = window(before, frames, after)
        shared += count
        assert (coming >= 0, leaving + count <= before.rendered(frames)) == (True, True)
        assert coming + count <= after.rendered(following)
    assert own + shared == sum(lengths)
    assert all(one.own(frames)[1] > 0 for one, frames in zip(taken, lengths, strict=True))


def test_native_sound_crosses_over_while_the_picture_does(tmp_path: Path) -> None:
    """Each tone begins and ends on the sample with its window; together they are as loud as either alone."""
    time = np.arange(4 * 48_000) / 48_000
    paths = []
    for name, pitch in (("low", 700), ("high", 2900)):
        tone = np.asarray(0.2 * np.sin(2 * np.pi * pitch * time), np.float32)
        paths.append(write_wav(tmp_path / f"{name}.wav", np.stack([tone, tone], axis=1)))
    taken = edges((60, 60), (Transition(), Transition(kind="dissolve", seconds=Fraction(12, 30))))
    overlaps = overlaps_of(taken)
    shots = [ShotSound(60, native=path, overlap=overlap) for path, overlap in zip(paths, overlaps, strict=True)]
    file, _ = mix(tmp_path, shots, NO_MUSIC)
    heard = read(file)[:, 0]
    low, high = (np.abs(_bands(heard, pitch)) for pitch in (700, 2900))
    block, cut = 480, 60 * 1600
    before, after = (cut - 6 * 1600) // block, (cut + 6 * 1600) // block
    # One meter makes both as loud; a pitch that ears hear better is lower for it.
    low, high = low / low[10], high / high[-20]
    assert (high[: before - 2].max() < 0.01, low[after + 2 : -10].max() < 0.01) == (True, True)
    assert np.abs(low[before + 10] - high[after - 10]) < 0.1
    power = np.sqrt(low**2 + high**2)[5:-5]
    assert (power.min() > 0.9, power.max() < 1.1) == (True, True)


def _bands(samples: Any, pitch: int) -> Any:
    """Return how strong a pitch is in each 10 ms."""
    whole = samples[: len(samples) // 480 * 480].reshape(-1, 480)
    wave = np.exp(-2j * np.pi * pitch * np.arange(480) / 48_000)
    return whole @ wave * np.hanning(480).sum() / 480


def test_a_shared_part_is_a_segment_like_any_other(tmp_path: Path) -> None:
    """As many frames as the transition has, each once."""
    found = probe(made(tmp_path, "whip").shared[0]).video
    assert found
    assert (found.frames, found.start_seconds, found.is_constant_rate) == (8, 0, True)
