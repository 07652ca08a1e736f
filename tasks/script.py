"""Stage one: from a brief to a storyboard."""

from __future__ import annotations

from reelwright.recipe import Recipe
from reelwright.stages import rewriting, script
from reelwright.stages.rewriting import Rewriting
from reelwright.stages.script import Script
from reelwright.storyboard import Brief
from tasks.stage import stage
from tasks.studio import studio
from tasks.terms import buyers


@stage("rewrite prompt", run_name="shot {number} · rewrite prompt", tags=("script",))
async def rewrite_prompt(number: int, prompt: str, reason: str, recipe: Recipe, episode: str = "") -> Rewriting:
    """Let the recipe's writer say a blocked prompt again."""
    return await rewriting.rewrite_prompt(studio(), prompt, reason, recipe, buyer_of=buyers(number, episode, recipe))


@stage("expand script", run_name="script")
async def expand_script(brief: Brief, recipe: Recipe) -> Script:
    """Return the storyboard of a brief; a bare topic goes to the recipe's writer."""
    return await script.expand_script(studio(), brief, recipe, buyer_of=buyers(0, brief.slug, recipe))
