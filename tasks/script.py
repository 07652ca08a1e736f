"""Stage one: from a brief to a storyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.catalogue import Entry
from reelwright.recipe import Recipe
from reelwright.stages import rewriting, script
from reelwright.stages.rewriting import Rewriting
from reelwright.stages.script import Script
from reelwright.storyboard import Brief
from tasks.stage import stage
from tasks.studio import studio
from tasks.terms import buyer_for

if TYPE_CHECKING:
    from reelwright.takes.call import Buyer


@stage("rewrite prompt", run_name="shot {number} · rewrite prompt", tags=("script",))
async def rewrite_prompt(number: int, prompt: str, reason: str, recipe: Recipe, episode: str = "") -> Rewriting:
    """Let the recipe's writer say a blocked prompt again."""

    def buyer_of(entry: Entry) -> Buyer | None:
        return buyer_for(number, entry, episode, recipe)

    return await rewriting.rewrite_prompt(studio(), recipe, prompt, reason, buyer_of)


@stage("expand script", run_name="script")
async def expand_script(brief: Brief, recipe: Recipe) -> Script:
    """Return the storyboard of a brief; a bare topic goes to the recipe's writer."""

    def buyer_of(entry: Entry) -> Buyer | None:
        return buyer_for(0, entry, brief.slug, recipe)

    return await script.expand_script(studio(), brief, recipe, buyer_of=buyer_of)
