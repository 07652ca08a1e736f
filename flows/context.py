"""What every shot of one run shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.story import Story
from reelwright.recipe import Recipe
from reelwright.stages.script import Script

ALL = 0
"""Among the numbers of shots that are made anew: every shot."""


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
