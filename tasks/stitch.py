"""The last stages: one master, delivered into its folder."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from reelwright.recipe import Recipe
from reelwright.stages import episode, provenance
from reelwright.stages.episode import Episode, FinishedShot, Master
from reelwright.stages.provenance import Signed
from reelwright.stages.script import Script
from reelwright.stages.sound import Sound
from reelwright.storyboard import Storyboard
from tasks.stage import stage
from tasks.studio import studio


@stage("stitch", run_name="episode · stitch", tags=("stitch",))
async def stitch_master(shots: Sequence[FinishedShot], sound: Sound, storyboard: Storyboard, recipe: Recipe) -> Master:
    """Join the segments and the sound by copying streams."""
    return await episode.stitch_master(studio(), shots, sound, storyboard, recipe)


@stage("content credentials", run_name="episode · content credentials", tags=("stitch",))
async def sign_master(
    master: Master, shots: Sequence[FinishedShot], sound: Sound, script: Script, recipe: Recipe
) -> Signed | None:
    """Sign what was made by AI into the master: the last stage that touches its bytes."""
    return await provenance.sign_master(studio(), master, shots, sound, script, recipe)


@stage("folder", run_name="episode · folder", tags=("publish",))
async def deliver(
    folder: str,
    shots: Sequence[FinishedShot],
    sound: Sound,
    master: Master,
    script: Script,
    recipe: Recipe,
    signed: Signed | None = None,
) -> Episode:
    """Put the episode into its folder, the manifest last."""
    return await asyncio.to_thread(episode.deliver, studio(), folder, shots, sound, master, script, recipe, signed)
