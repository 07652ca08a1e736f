"""The stage of start frames."""

from __future__ import annotations

from reelwright.catalogue import Entry
from reelwright.fit import Fit
from reelwright.recipe import Recipe
from reelwright.stages import frames
from reelwright.stages.shots import StartFrame
from reelwright.storyboard import Shot, Storyboard
from reelwright.takes.values import Clip
from tasks.stage import stage
from tasks.studio import studio
from tasks.terms import buyers


@stage("start frame", run_name="shot {number} · start frame", tags=("image",))
async def start_frame(
    number: int, shot: Shot, storyboard: Storyboard, recipe: Recipe, entry: Entry, episode: str = ""
) -> StartFrame:
    """Make the picture that a shot starts from, with one image model."""
    paying = buyers(number, episode, recipe)
    return await frames.start_frame(studio(), shot, storyboard, recipe, entry, buyer_of=paying)


@stage("start frame", run_name="shot {number} · own start frame", tags=("image",))
async def given_frame(number: int, shot: Shot, recipe: Recipe) -> StartFrame:
    """Cut a shot's own picture to the output's size, round its subject."""
    return await frames.given_frame(studio(), shot, recipe)


@stage("start frame", run_name="shot {number} · continued", tags=("image",))
async def continued_frame(number: int, clip: Clip, shown: int, recipe: Recipe, fill: Fit | None = None) -> StartFrame:
    """Take the last picture of the clip before: its frame `shown`, at the output's rate, fitted as that shot is."""
    return await frames.continued_frame(studio(), clip, shown, recipe, fill)
