"""Before anything is paid: the texts of an episode before a moderation service, where the recipe names one."""

from __future__ import annotations

from reelwright.recipe import Recipe
from reelwright.stages import moderation
from reelwright.storyboard import Storyboard
from tasks.stage import stage
from tasks.studio import studio


@stage("moderate", run_name="moderation", tags=("script",))
async def moderate(storyboard: Storyboard, recipe: Recipe) -> tuple[str, ...]:
    """Return a problem for each text that the recipe's moderation service flags."""
    return await moderation.moderate(studio(), storyboard, recipe)
