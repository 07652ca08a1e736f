"""What a shot asks of models: the same for the plan that prices it and the run that buys it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from reelwright.models.images.contract import ImageRequest
from reelwright.models.video.contract import Reference, VideoRequest
from reelwright.recipe import Recipe
from reelwright.references import seen_in
from reelwright.storyboard import Shot, Storyboard
from reelwright.values import Asset


def video_models(shot: Shot, recipe: Recipe) -> tuple[str | Mapping[str, Any], ...]:
    """Return the models to try for a shot, in order: its own, else the recipe's, the best first for a key shot."""
    if shot.models:
        return shot.models
    return (*recipe.key_video_models, *recipe.video_models) if shot.key else recipe.video_models


def wants_own_sound(shot: Shot) -> bool:
    """Whether a shot's clip shall be heard: where that is asked for, or nobody else speaks."""
    return shot.audio == "keep" or (shot.audio == "auto" and (bool(shot.dialogue) or not shot.narration))


def speaks_itself(shot: Shot) -> bool:
    """Whether people in the picture shall say the shot's dialogue: a narrator over it says something else."""
    return bool(shot.dialogue) and not shot.narration and shot.audio != "mute"


def may_narrate(shot: Shot, recipe: Recipe) -> bool:
    """Whether the narrator may say a line of dialogue that no clip says."""
    return speaks_itself(shot) and recipe.checks.sound.narrate_over and recipe.voice.narrator != "none"


def video_request(
    shot: Shot,
    storyboard: Storyboard,
    recipe: Recipe,
    *,
    seconds: Fraction,
    first_frame: Asset,
    last_frame: Asset | None = None,
    references: Sequence[Reference] = (),
) -> VideoRequest:
    """Return what a video model is told of a shot; who appears is described, and shown, wherever they appear."""
    return VideoRequest(
        prompt=prompt_of(shot, storyboard),
        seconds=seconds,
        size=recipe.output.pixels,
        audio=wants_own_sound(shot),
        dialogue=shot.dialogue,
        camera=shot.camera,
        style=shot.style or recipe.look.style,
        negative_prompt=shot.negative_prompt or recipe.look.negative_prompt,
        seed=shot.seed,
        first_frame=first_frame,
        last_frame=last_frame,
        references=tuple(references),
        take=shot.take or 0,
    )


def image_request(
    shot: Shot, storyboard: Storyboard, recipe: Recipe, references: Sequence[Reference] = ()
) -> ImageRequest:
    """Return what an image model is told of a shot's start frame: the same people as in every other one."""
    return ImageRequest(
        prompt=prompt_of(shot, storyboard),
        size=recipe.output.pixels,
        style=shot.style or recipe.look.style,
        palette=recipe.look.palette,
        negative_prompt=shot.negative_prompt or recipe.look.negative_prompt,
        seed=shot.seed,
        references=tuple(one.asset for one in references if one.role == "image"),
    )


def prompt_of(shot: Shot, storyboard: Storyboard) -> str:
    """Return what is seen, then who: a model knows nothing of the shots before."""
    lines = [shot.picture]
    for person in seen_in(shot, storyboard.characters):
        if person.description:
            lines.append(f"{person.name}: {person.description}")
        elif person.references and person.name not in shot.picture:
            lines.append(person.name)  # a reference is bound to its name, and the name must stand in the prompt
    return "\n".join(lines)
