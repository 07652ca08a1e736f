"""What a reviewer is shown before anything is paid: a sketch of each shot."""

from __future__ import annotations

import asyncio

from reelwright.finished import Finished
from reelwright.recipe import Recipe
from reelwright.stages.frames import given_frame, start_frame
from reelwright.stages.shots import StartFrame
from reelwright.storyboard import Shot, Storyboard
from reelwright.studio import Studio
from reelwright.values import Asset


class Sketches(Finished):
    """A picture for each shot, in order: drawn on this machine for nothing, or the person's own."""

    pictures: tuple[Asset, ...]


async def sketch(studio: Studio, storyboard: Storyboard, recipe: Recipe) -> Sketches:
    """Sketch every shot for nothing, so that a person sees what the words may become.

    Raises:
        AssetMissing: the vault has lost a picture of the person's own.
        MediaError: such a picture is none.
    """
    drawn = await asyncio.gather(*(_sketched(studio, shot, storyboard, recipe) for shot in storyboard.shots))
    return Sketches(pictures=tuple(frame.picture for frame in drawn), hit=all(frame.hit for frame in drawn))


async def _sketched(studio: Studio, shot: Shot, storyboard: Storyboard, recipe: Recipe) -> StartFrame:
    if shot.start_frame:
        return await given_frame(studio, shot, recipe)
    return await start_frame(studio, shot, storyboard, recipe, studio.catalogue.resolve("animatic", "image"))
