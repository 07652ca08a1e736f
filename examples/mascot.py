# ruff: noqa: INP001 - a script, not a package
"""One mascot across many episodes: its description and portrait go to every model, in every shot it is in.

`python examples/mascot.py ada.png 10` makes ten short episodes side by side, two at a time.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from prefect import flow

from flows.episode import produce_episode
from reelwright import Brief, Character, Episode, OutputFormat, Recipe, Shot

PLACES = (
    "bakery",
    "harbour",
    "library",
    "forest",
    "market",
    "desert",
    "city street",
    "kitchen",
    "lake",
    "snowy village",
)
RECIPE = Recipe(output=OutputFormat(size="720x1280", frame_rate=24))
AT_ONCE = 2


def brief(place: str, portrait: str) -> Brief:
    """Return the episode of one place: who is in it stays the same, word for word."""
    ada = Character(name="Ada", description="a small teal robot with one round eye", references=(portrait,))
    return Brief(
        title=f"Ada in the {place}",
        characters=(ada,),
        shots=(
            Shot(prompt=f"Ada arrives at a {place}", characters=("Ada",), seconds=2, camera="push"),
            Shot(prompt="Ada looks closely", characters=("Ada",), seconds=2, continues=True),
        ),
    )


@flow
async def mascot(portrait: str, count: int) -> list[Episode]:
    """Make the first `count` episodes."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(place: str) -> Episode:
        async with places:
            return await produce_episode(brief(place, portrait), RECIPE, out="ada")

    return await asyncio.gather(*(one(place) for place in PLACES[:count]))


if __name__ == "__main__":
    for episode in asyncio.run(mascot(str(Path(sys.argv[1]).resolve()), int(sys.argv[2]))):
        sys.stdout.write(f"{episode.video}\n")
