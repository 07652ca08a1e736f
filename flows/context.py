"""What every shot of one run shares."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from flows.story import Story
from reelwright.checks.picture_twins import Twins
from reelwright.further import Room
from reelwright.recipe import Recipe
from reelwright.stages.script import Script
from reelwright.takes.values import Clip, TakeFailed

ALL = 0
"""Among the numbers of shots that are made anew: every shot."""


@dataclass(frozen=True)
class End:
    """A clip, and how long it is shown."""

    clip: Clip
    frames: int


@dataclass(frozen=True)
class EpisodeRun:
    """One run of `produce_episode`."""

    script: Script
    recipe: Recipe
    story: Story
    fresh: frozenset[int]
    """Numbers of shots whose clips are bought anew even if there are some."""
    limits: Mapping[str, int]
    """How many jobs each model works on at once; others are not limited."""
    ends: Mapping[int, asyncio.Future[End | None]] = field(default_factory=dict)
    """What shots came to that another one continues, by number; `None`: they failed."""
    twins: Twins = field(default_factory=Twins)
    """What its shots show, so that no two show the same by mistake."""
    room: Room = field(default_factory=lambda: Room(Decimal(0)))
    """What may be spent on further takes of dialogue."""
    voiceless: dict[int, list[tuple[Clip, TakeFailed]]] = field(default_factory=dict)
    """Clips that were rejected for their sound alone, by the number of their shot: the last resort."""

    @property
    def episode(self) -> str:
        """The episode's own name: what its budget is counted under."""
        return self.script.storyboard.slug

    @property
    def shots(self) -> int:
        """How many shots there are."""
        return len(self.script.storyboard.shots)

    def is_fresh(self, number: int) -> bool:
        """Whether a shot's clip is bought anew."""
        return bool(self.fresh & {number, ALL})

    async def span(self, number: int) -> tuple[int, int] | None:
        """Return how many frames come before a shot and how many there are in all, as soon as all clips are there.

        `None`: a shot failed, so the episode will not be finished this time.
        """
        ends = [await asyncio.shield(self.ends[other]) for other in range(1, self.shots + 1)]
        frames = [end.frames for end in ends if end is not None]
        return (sum(frames[: number - 1]), sum(frames)) if len(frames) == len(ends) else None

    @contextmanager
    def ending(self, number: int) -> Iterator[asyncio.Future[End | None]]:
        """Hand out what a shot's end is told to; a shot that fails tells the one that waits for it."""
        told = self.ends.get(number) or asyncio.get_running_loop().create_future()
        try:
            yield told
        finally:
            if not told.done():
                told.set_result(None)
