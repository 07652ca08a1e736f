"""What a shot asks of models: the same for the plan that prices it and the run that buys it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from reelwright.models.images.contract import ImageRequest
from reelwright.models.video.contract import VideoRequest
from reelwright.recipe import Recipe
from reelwright.storyboard import Shot, Storyboard
from reelwright.values import Asset


def video_models(shot: Shot, recipe: Recipe) -> tuple[str | Mapping[str, Any], ...]:
    """Return the models to try for a shot, in order: its own, else the recipe's, the best first for a key shot."""
    if shot.models:
        return shot.models
    return (*recipe.key_video_models, *recipe.video_models) if shot.key else recipe.video_models


def video_request(
    shot: Shot, storyboard: Storyboard, recipe: Recipe, *, seconds: Fraction, first_frame: Asset
) -> VideoRequest:
    """Return what a video model is told of a shot; who appears is described wherever they appear."""
    seen = [person for person in storyboard.characters if person.name in shot.characters and person.description]
    return VideoRequest(
        prompt="\n".join([shot.picture, *(f"{person.name}: {person.description}" for person in seen)]),
        seconds=seconds,
        size=recipe.output.pixels,
        audio=shot.audio == "keep" or (shot.audio == "auto" and (bool(shot.dialogue) or not shot.narration)),
        dialogue=shot.dialogue,
        camera=shot.camera,
        style=shot.style or recipe.look.style,
        negative_prompt=shot.negative_prompt or recipe.look.negative_prompt,
        seed=shot.seed,
        first_frame=first_frame,
        take=shot.take or 0,
    )


def image_request(shot: Shot, recipe: Recipe) -> ImageRequest:
    """Return what an image model is told of a shot's start frame."""
    return ImageRequest(
        prompt=shot.picture,
        size=recipe.output.pixels,
        style=shot.style or recipe.look.style,
        palette=recipe.look.palette,
        negative_prompt=shot.negative_prompt or recipe.look.negative_prompt,
        seed=shot.seed,
    )
