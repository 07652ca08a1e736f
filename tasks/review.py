"""What a review needs: sketches of the shots before anything is paid, and the script as the reviewer wants it."""

from __future__ import annotations

from collections.abc import Sequence

from reelwright.editing import ShotEdit, edited
from reelwright.recipe import Recipe
from reelwright.stages import sketching
from reelwright.stages.script import Script
from reelwright.stages.sketching import Sketches
from reelwright.storyboard import Storyboard
from tasks.stage import stage
from tasks.studio import studio


@stage("sketches", run_name="storyboard · sketches", tags=("image",))
async def sketch(storyboard: Storyboard, recipe: Recipe) -> Sketches:
    """Sketch every shot for nothing, so that a person sees what the words may become."""
    return await sketching.sketch(studio(), storyboard, recipe)


@stage("edits", run_name="storyboard · edits", tags=("script",))
async def apply_edits(script: Script, edits: Sequence[ShotEdit]) -> Script:
    """Return the script as the reviewer wants it."""
    return script.model_copy(update={"storyboard": edited(script.storyboard, edits)})
