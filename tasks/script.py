"""Stage one: from a brief to a storyboard."""

from __future__ import annotations

from reelwright.recipe import Recipe
from reelwright.stages.script import expand_script as expand
from reelwright.storyboard import Brief, Storyboard
from tasks.stage import stage


@stage("expand script", run_name="script")
async def expand_script(brief: Brief, recipe: Recipe) -> Storyboard:
    """Return the storyboard of a brief; a bare topic needs a writer."""
    return expand(brief, recipe)
