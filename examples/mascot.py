# ruff: noqa: INP001 - a script, not a package
"""One mascot across many episodes: its description and portrait go to every model, in every shot it is in.

`python examples/mascot.py ada.png 10` makes ten short episodes, two at a time, as animatics, which know words alone.
With a recipe behind it, `python examples/mascot.py ada.png 10 recipe.yaml`, its image and video models make them: every
one that takes reference pictures is shown the portrait.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from prefect import flow
from ruamel.yaml import YAML

from flows.episode import produce_episode
from reelwright import Brief, Character, Episode, OutputFormat, Recipe, Shot

PLACES = (
    "beach",
    "market",
    "forest",
    "desert",
    "city street",
    "kitchen",
    "lake",
    "mountain hut",
    "farm",
    "snowy village",
)
RECIPE = Recipe(output=OutputFormat(size="720x1280", frame_rate=24))
AT_ONCE = 2


def brief(place: str, portrait: str) -> Brief:
    """Return the episode of one place: who is in it stays the same, word for word."""
    ada = Character(
        name="Ada", description="a small ginger cat with a round bell on her collar", references=(portrait,)
    )
    return Brief(
        title=f"Ada at the {place}",
        characters=(ada,),
        shots=(Shot(prompt=f"Ada the cat arrives at a {place}", characters=("Ada",), seconds=2, camera="push"),),
    )


@flow
async def mascot(portrait: str, count: int, recipe: Recipe = RECIPE) -> list[Episode]:
    """Make the first `count` episodes."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(place: str) -> Episode:
        async with places:
            return await produce_episode(brief(place, portrait), recipe, out="ada")

    return await asyncio.gather(*(one(place) for place in PLACES[:count]))


def main(portrait: str, count: str, recipe: str = "") -> None:
    """Make them, and say where they are."""
    told = Recipe.model_validate(YAML(typ="safe").load(Path(recipe))) if recipe else RECIPE
    for episode in asyncio.run(mascot(str(Path(portrait).resolve()), int(count), told)):
        sys.stdout.write(f"{episode.video}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
