"""The stage of start frames."""

from __future__ import annotations

from reelwright.models.images.contract import ImageRequest
from reelwright.recipe import Recipe
from reelwright.stages import shots
from reelwright.stages.shots import StartFrame
from reelwright.storyboard import Shot
from tasks.stage import stage
from tasks.studio import studio


@stage("start frame", run_name="shot {number} · start frame", tags=("image",))
async def start_frame(number: int, shot: Shot, recipe: Recipe) -> StartFrame:
    """Make the picture that a shot starts from."""
    here = studio()
    entry = here.catalogue.resolve(recipe.image_models[0], "image")
    request = ImageRequest(
        prompt=shot.picture,
        size=recipe.output.pixels,
        style=shot.style or recipe.look.style,
        palette=recipe.look.palette,
        negative_prompt=shot.negative_prompt or recipe.look.negative_prompt,
        seed=shot.seed,
    )
    return await shots.draw_start_frame(here, entry, request)
