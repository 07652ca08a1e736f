"""The contract of transitions of one's own as a suite for pytest: whole pictures, always the same ones.

```python
class TestOurs(TransitionContract):
    transition = "effects/iris.py"
```
"""

from __future__ import annotations

import asyncio
import filecmp
import wave
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import numpy as np

from reelwright import plugins
from reelwright.media import shot_jobs
from reelwright.media.jobs import TransitionJob
from reelwright.media.own_transitions import Blend, Moment, Picture
from reelwright.media.stitch import stitch
from reelwright.models.video.contract import Charge
from reelwright.recipe import Captions, OutputFormat
from reelwright.stages.segments import Look, finish_segment, finish_transition
from reelwright.stages.segments import Picture as ShotPicture
from reelwright.storyboard import Shot
from reelwright.studio import Studio
from reelwright.takes.values import Clip
from reelwright.testing.extra import pytest
from reelwright.testing.numbered import numbered_clip, numbers_in
from reelwright.testing.parts import PartContract, problems_with, require_named
from reelwright.timing import ShotTime
from reelwright.transition import BUILT_IN, Transition, edges_of
from reelwright.values import Size

_RATE, _FRAMES = 24, 12
_OUTPUT = OutputFormat(size="720x1280", frame_rate=_RATE)
_NUMBERED = "180x320"
_COUNT = 6
"""Frames of the transition in the stitched episode: three on each side of its cut."""
_LOOK = Look(_OUTPUT, Captions(preset="none"), "en")


class TransitionContract(PartContract):
    """Every behaviour that a stitch relies on."""

    transition: ClassVar[str] = ""
    """The transition under test, as a recipe names it; a subclass says so."""
    sizes: ClassVar[Sequence[str]] = ("720x1280", "1280x720", "1080x1080", "18x32", "32x18")
    """Pictures of these sizes are blended: those of a recipe, and small ones as the plan tries."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a test over the sizes."""
        require_named(metafunc.cls, transition=self.transition, sizes=self.sizes)
        if "size" in metafunc.fixturenames:
            metafunc.parametrize("size", self.sizes)

    def test_the_plan_accepts_it(self) -> None:
        """It is found, and it gives pictures."""
        assert problems_with(transition=self.transition) == ()

    @pytest.mark.parametrize("count", [1, 2, 5])
    def test_each_frame_is_a_whole_picture(self, size: str, count: int) -> None:
        """As large as the two it is made of, in whole numbers, however short the transition is."""
        before, after = _pictures(size)
        for frame in self._frames(before, after, count):
            assert frame.shape == before.shape
            assert frame.dtype == np.uint8

    def test_neither_picture_is_drawn_over(self, size: str) -> None:
        """Both are shown again in the next frame."""
        before, after = _pictures(size)
        for index in range(3):
            self._blend()(before, after, Moment(index, 3, _RATE))
        for seen, given in zip((before, after), _pictures(size), strict=True):
            assert np.array_equal(seen, given)

    def test_the_same_moment_is_the_same_picture(self, size: str) -> None:
        """In any order: frames are kept and found again, and another machine makes the same ones."""
        forwards = self._frames(*_pictures(size), 4)
        backwards = self._frames(*_pictures(size), 4, order=reversed)
        for first, again in zip(forwards, backwards, strict=True):
            assert np.array_equal(first, again)

    def test_it_leads_from_the_picture_before_to_the_picture_after(self, size: str) -> None:
        """Its last frame is nearer to what follows than its first, which is nearer to what was there."""
        before, after = _pictures(size)
        first, *_, last = self._frames(before, after, 9)
        assert _apart(first, before) < _apart(last, before)
        assert _apart(last, after) < _apart(first, after)

    def test_an_episode_keeps_its_length_and_every_other_frame(self, room: Studio, tmp_path: Path) -> None:
        """Two numbered shots, finished by a worker and stitched: outside the transition no picture is lost or moved."""
        transition, pictures = self._shots(room, tmp_path)
        asyncio.run(_stitched(room, transition, pictures, tmp_path / "master.mp4"))
        numbers = numbers_in(tmp_path / "master.mp4", shown=Size.parse(_NUMBERED))
        assert len(numbers) == 2 * _FRAMES
        own = _FRAMES - _COUNT // 2
        assert numbers[:own] == list(range(own))
        assert numbers[-own:] == list(range(_COUNT, _COUNT + own))

    def test_a_worker_makes_the_same_frames(self, room: Studio, tmp_path: Path) -> None:
        """Byte for byte what this process makes: nothing of the machine or of chance is in them."""
        transition, (before, after) = self._shots(room, tmp_path)
        made = asyncio.run(finish_transition(room, transition, before, after, _LOOK))
        jobs = [shot.job(room, _LOOK, tmp_path / f"{number}.mp4") for number, shot in enumerate((before, after))]
        here = tmp_path / "here.mp4"
        told = {"kind": transition.kind, "source": transition.source}
        shot_jobs.transition(TransitionJob(**told, before=jobs[0], after=jobs[1], into=here))
        there = room.vault.path(made.video)
        assert filecmp.cmp(here, there, shallow=False), "a worker makes something else"

    def _shots(self, room: Studio, folder: Path) -> tuple[Transition, list[ShotPicture]]:
        told = Transition(kind=self.transition, seconds=Fraction(_COUNT, _RATE))
        shots = [Shot(prompt="x"), Shot(prompt="y", transition=told)]
        numbered = numbered_clip(folder / "clip.mp4", size=_NUMBERED, rate=_RATE, pictures=2 * _FRAMES)
        clip = Clip(
            clip=room.vault.put_file(numbered, "video/mp4"),
            model="trial",
            seconds=Fraction(2),
            charge=Charge(usd=Decimal(0), source="catalogue"),
        )
        time = ShotTime(frames=_FRAMES, words=(), spoken=())
        edges = (edges_of(number, _FRAMES, shots, Transition(), _RATE) for number in (1, 2))
        return told, [ShotPicture(clip, time, one) for one in edges]

    def _blend(self) -> Blend:
        return plugins.function_of("transition", self.transition, BUILT_IN, "blend(before, after, moment)")

    def _frames(
        self,
        before: Picture,
        after: Picture,
        count: int,
        order: Callable[[Sequence[int]], Iterable[int]] = iter,
    ) -> list[Picture]:
        """Blend so many frames in an order; return them as they are shown."""
        blend, made = self._blend(), dict[int, Picture]()
        for given in (before, after):
            given.flags.writeable = False  # as a worker lends them
        for index in order(range(count)):
            made[index] = np.array(blend(before, after, Moment(index, count, _RATE)))
        return [made[index] for index in range(count)]


def _pictures(size: str) -> tuple[Picture, Picture]:
    """A dark, cold picture and a bright, warm one; no two rows or columns of either are the same."""
    pixels, dice = Size.parse(size), np.random.default_rng(7)
    grain = dice.integers(0, 40, (2, pixels.height, pixels.width, 3))
    across = np.linspace(0, 60, pixels.width)[None, :, None] + np.linspace(0, 40, pixels.height)[:, None, None]
    tones = np.array([[10, 20, 60], [115, 80, 40]])
    before, after = (np.asarray(tone + across + one, np.uint8) for tone, one in zip(tones, grain, strict=True))
    return before, after


def _apart(one: Picture, other: Picture) -> float:
    """How far two pictures are apart, from 0 to 255."""
    return float(np.abs(one.astype(int) - other).mean())


async def _stitched(room: Studio, transition: Transition, shots: Sequence[ShotPicture], into: Path) -> None:
    """Join two shots and what they share to an episode, as a run does."""
    before, after = shots
    first = await finish_segment(room, before, _LOOK)
    shared = await finish_transition(room, transition, before, after, _LOOK)
    last = await finish_segment(room, after, _LOOK)
    sound = into.with_suffix(".wav")
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(bytes(4 * sum(shot.time.frames for shot in shots) * _OUTPUT.samples_per_frame))
    parts = [room.vault.path(part.video) for part in (first, shared, last)]
    stitch(parts, sound, into, frame_rate=_RATE)
