"""The stage of checks of one's own."""

from __future__ import annotations

from reelwright.recipe import Recipe
from reelwright.stages import own_checks
from reelwright.stages.shots import StartFrame
from reelwright.storyboard import Shot
from reelwright.takes.values import Clip
from tasks.stage import stage
from tasks.studio import studio


@stage("own checks", run_name="shot {number} · {clip.model} · own checks", tags=("check",))
async def check_clip(number: int, clip: Clip, shot: Shot, frame: StartFrame, recipe: Recipe) -> Clip:
    """Let the recipe's own checks look at a clip: each adds its verdict, and can reject it."""
    return await own_checks.check_clip(studio(), number, clip, shot, frame, recipe)
