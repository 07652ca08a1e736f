"""Briefs and recipes in Python instead of YAML."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import assert_type

from reelwright import (
    Brief,
    Budget,
    Captions,
    Character,
    Checks,
    Look,
    Music,
    OutputFormat,
    OwnCheck,
    Recipe,
    Shot,
    Size,
    Storyboard,
    Voice,
)

HOUSE = Recipe(
    name="house",
    output=OutputFormat(size="720x1280", frame_rate=25),
    voice=Voice(narrator="eleven-v3", speed=Fraction(11, 10)),
    music=Music(source="music", mood="warm", level_db=-18),
    captions=Captions(preset="pop", highlight="#ffd23f", platform="youtube"),
    look=Look(style="paper cut-outs", palette=("#224466", "#ddaa33")),
    video_models=("sora-2", "animatic"),
    checks=Checks(own=(OwnCheck(name="checks/brand.py", settings={"most_green": 0.3}),)),
    budget=Budget(per_episode_usd=Decimal("2.50"), per_day_usd=Decimal(20)),
)


def tea() -> Brief:
    """Write a brief: who appears, what is said, what is seen."""
    ada = Character(name="Ada", description="a small teal robot with one round eye", references=("ada.png",))
    return Brief(
        title="Why tea is brown",
        hashtags=("tea", "science"),
        characters=(ada,),
        shots=(
            Shot(narration="Leaves hold tannin.", camera="push"),
            Shot(prompt="Ada pours hot water", characters=("Ada",), seconds=Fraction(5, 2)),
        ),
    )


def without_captions(recipe: Recipe) -> Recipe:
    """Change a frozen value: by a copy."""
    return recipe.model_copy(update={"captions": recipe.captions.model_copy(update={"preset": "none"})})


def for_people(recipe: Recipe, storyboard: Storyboard) -> list[str]:
    """Say what will be made."""
    pixels = assert_type(recipe.output.pixels, Size)
    silent = [number for number, shot in enumerate(storyboard.shots, 1) if not shot.narration]
    return [f"{storyboard.slug}: {pixels.width} x {pixels.height}", *(f"shot {number} is silent" for number in silent)]


def seconds_asked_for(shots: Iterable[Shot]) -> Fraction:
    """Add up the lengths that were given; others follow from what is said."""
    return sum((shot.seconds for shot in shots if shot.seconds is not None), Fraction(0))


def wrong(brief: Brief, recipe: Recipe) -> None:
    """What an editor underlines."""
    from blocks import Klink  # type: ignore[attr-defined]  # noqa: F401, PLC0415
    from reelwright import Breif  # type: ignore[attr-defined]  # noqa: F401, PLC0415
    from reelwright.testing import Harnes  # type: ignore[attr-defined]  # noqa: F401, PLC0415
    from tasks import narate  # type: ignore[attr-defined]  # noqa: F401, PLC0415

    Brief()  # type: ignore[call-arg]  # a title is needed
    Shot(narrations="Leaves hold tannin.")  # type: ignore[call-arg]  # no such field
    recipe.takes = 3  # type: ignore[misc]  # frozen
    brief.shots[0].lines  # type: ignore[attr-defined]  # noqa: B018 - wrong on purpose
    recipe.output.frames_for(2.5)  # type: ignore[arg-type]  # exact seconds only
