"""What a review needs: sketches of the shots before anything is paid, and the script as the reviewer wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from reelwright.editing import ShotEdit, edited
from reelwright.finished import Finished
from reelwright.recipe import Recipe
from reelwright.stages import frames
from reelwright.stages.script import Script
from reelwright.stages.shots import StartFrame
from reelwright.storyboard import Shot, Storyboard
from reelwright.values import Asset
from tasks.stage import stage
from tasks.studio import studio


class Sketches(Finished):
    """A picture for each shot, in order: drawn on this machine for nothing, or the person's own."""

    pictures: tuple[Asset, ...]


@stage("sketches", run_name="storyboard · sketches", tags=("image",))
async def sketch(storyboard: Storyboard, recipe: Recipe) -> Sketches:
    """Sketch every shot for nothing, so that a person sees what the words may become."""
    drawn = await asyncio.gather(*(_sketched(shot, storyboard, recipe) for shot in storyboard.shots))
    return Sketches(pictures=tuple(frame.picture for frame in drawn), hit=all(frame.hit for frame in drawn))


async def _sketched(shot: Shot, storyboard: Storyboard, recipe: Recipe) -> StartFrame:
    here = studio()
    if shot.start_frame:
        return await frames.given_frame(here, shot, recipe)
    return await frames.start_frame(here, shot, storyboard, recipe, here.catalogue.resolve("animatic", "image"))


@stage("edits", run_name="storyboard · edits", tags=("script",))
async def apply_edits(script: Script, edits: Sequence[ShotEdit]) -> Script:
    """Return the script as the reviewer wants it."""
    return script.model_copy(update={"storyboard": edited(script.storyboard, edits)})
