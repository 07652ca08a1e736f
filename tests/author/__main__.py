"""`python -m author SOURCE FOLDER`: make an episode with the flows beside this file, and publish it in an archive."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from author.films import film, storyboard_wall
from author.posts import post
from author.stages import moods
from reelwright import OutputFormat, Recipe, read_source
from reelwright.publishing.contract import ChannelEntry
from reelwright.transition import Transition

RECIPE = Recipe(output=OutputFormat(size="720x1280", frame_rate=24), transition=Transition(kind="dissolve"))


async def main(source: str, folder: str) -> None:
    """Say of each flow what came of it."""
    archive = ChannelEntry(kind="folder", name="archive", settings={"path": str(Path(folder, "archive"))})
    wall = await storyboard_wall(source, RECIPE)
    episode = await film(read_source(source).brief, RECIPE, str(Path(folder, "film")))
    again = await film(read_source(source).brief, RECIPE, str(Path(folder, "film")))
    posting = await post(episode.folder, archive)
    felt = await moods(["tea", "milk"])
    told = (
        f"{len(wall)} pictures",
        f"{episode.made} and {again.made} of {episode.shots} shots made",
        f"{posting.channel}: {posting.state}",
        " ".join(sorted(felt)),
    )
    sys.stdout.write("".join(f"{line}\n" for line in told))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
