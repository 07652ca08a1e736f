"""What a review needs: sketches of the shots before anything is paid, and the script as the reviewer wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from reelwright.asking import image_request
from reelwright.editing import ShotEdit, edited
from reelwright.finished import Finished
from reelwright.recipe import Recipe
from reelwright.references import asset_of, references_for
from reelwright.stages import frames, shots
from reelwright.stages.script import Script
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


async def _sketched(shot: Shot, storyboard: Storyboard, recipe: Recipe) -> shots.StartFrame:
    here = studio()
    if shot.start_frame:
        return await frames.given_frame(here, asset_of(shot.start_frame, here.vault), recipe.output.pixels)
    shown = references_for(shot, storyboard.characters, here.vault)
    request = image_request(shot, storyboard, recipe, shown)
    return await shots.draw_start_frame(here, here.catalogue.resolve("animatic", "image"), request, None)


@stage("edits", run_name="storyboard · edits", tags=("script",))
async def apply_edits(script: Script, edits: Sequence[ShotEdit]) -> Script:
    """Return the script as the reviewer wants it."""
    return script.model_copy(update={"storyboard": edited(script.storyboard, edits)})
