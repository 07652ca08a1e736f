"""The stage of start frames."""

from __future__ import annotations

from reelwright.asking import image_request
from reelwright.catalogue import Entry
from reelwright.recipe import Recipe
from reelwright.references import references_for
from reelwright.stages import shots
from reelwright.stages.shots import StartFrame
from reelwright.storyboard import Shot, Storyboard
from tasks.stage import stage
from tasks.studio import studio
from tasks.terms import buyer_for


@stage("start frame", run_name="shot {number} · start frame", tags=("image",))
async def start_frame(
    number: int, shot: Shot, storyboard: Storyboard, recipe: Recipe, entry: Entry, episode: str = ""
) -> StartFrame:
    """Make the picture that a shot starts from, with one image model."""
    shown = references_for(shot, storyboard.characters, studio().vault)
    request = image_request(shot, storyboard, recipe, shown)
    return await shots.draw_start_frame(studio(), entry, request, buyer_for(number, entry, episode, recipe))
