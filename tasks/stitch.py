"""The last stages: one master, delivered into its folder."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from reelwright.recipe import Recipe
from reelwright.stages import episode
from reelwright.stages.episode import Episode, FinishedShot, Master, Sound
from reelwright.stages.script import Script
from reelwright.storyboard import Storyboard
from tasks.stage import stage
from tasks.studio import studio


@stage("stitch", run_name="episode · stitch", tags=("stitch",))
async def stitch_master(
    finished: Sequence[FinishedShot], sound: Sound, storyboard: Storyboard, recipe: Recipe
) -> Master:
    """Join the segments and the sound by copying streams."""
    return await episode.stitch_master(studio(), finished, sound, storyboard, recipe)


@stage("folder", run_name="episode · folder", tags=("publish",))
async def deliver(
    folder: str, finished: Sequence[FinishedShot], sound: Sound, master: Master, script: Script, recipe: Recipe
) -> Episode:
    """Put the episode into its folder, the manifest last."""
    return await asyncio.to_thread(episode.deliver, studio(), Path(folder), finished, sound, master, script, recipe)
