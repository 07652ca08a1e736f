# ruff: noqa: INP001 - a script, not a package
"""A flow of one's own with a model of one's own: each title becomes an episode, all of them at the same time.

`PYTHONPATH=examples python examples/house_flow.py` films at the strict server that stands in for a GPU; with an address
behind it, at your vLLM-Omni.
"""

from __future__ import annotations

import asyncio
import sys

from prefect import flow
from test_house_style import HOUSE

from flows.episode import produce_episode
from reelwright import Brief, Episode, OutputFormat, Recipe, Shot

TITLES = ("A boat in the rain", "A paper hat on a wall")


@flow
async def house_films(titles: tuple[str, ...], address: str) -> list[Episode]:
    """Film every title in the house's style; the animatic stands in where the server fails."""
    ours = {**HOUSE.definition(address), "api_key": None}  # a server in the house asks for none
    recipe = Recipe(output=OutputFormat(size="720x1280", frame_rate=24), video_models=(ours, "animatic"))
    briefs = [Brief(title=title, shots=(Shot(prompt=f"{title}.", seconds=2),)) for title in titles]
    return await asyncio.gather(*(produce_episode(brief, recipe, out="house") for brief in briefs))


def main() -> None:
    """Run the flow, and say where the episodes are."""
    if sys.argv[1:]:
        episodes = asyncio.run(house_films(TITLES, sys.argv[1]))
    else:
        with HOUSE.make_server() as server:
            episodes = asyncio.run(house_films(TITLES, server.url))
    for episode in episodes:
        warnings = "".join(f"\n  {warning}" for warning in episode.warnings)
        sys.stdout.write(f"{episode.video}: {episode.seconds} s{warnings}\n")


if __name__ == "__main__":
    main()
