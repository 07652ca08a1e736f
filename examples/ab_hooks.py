# ruff: noqa: INP001 - a script, not a package
"""A product ad with A/B variants of its hook: each variant is one new shot, all the others are found again.

`python examples/ab_hooks.py` makes `ab/hook-a/…/episode.mp4` and `ab/hook-b/…/episode.mp4`.
"""

from __future__ import annotations

import asyncio
import sys

from prefect import flow

from flows.episode import produce_episode
from reelwright import Brief, Episode, Music, OutputFormat, Recipe, Shot

RECIPE = Recipe(output=OutputFormat(size="720x1280", frame_rate=25), music=Music(mood="bright"))
HOOKS = {
    "a": Shot(
        narration="Your coffee is cold. Again.", prompt="A forgotten cup on a grey desk, one lamp.", camera="push"
    ),
    "b": Shot(narration="Hot for six hours.", prompt="Steam over a steel cup at sunrise, mountains.", camera="pull"),
}
REST = (
    Shot(narration="Two walls of steel, and nothing between them.", prompt="A cup cut in half on a workbench."),
    Shot(prompt="A steel cup on a wooden table, morning light.", seconds=2, camera="still", key=True),
)


@flow
async def ab_hooks() -> dict[str, Episode]:
    """Make one episode for each hook, one after the other, so that the second finds what the first has made."""
    made = {}
    for name, hook in HOOKS.items():
        brief = Brief(title="The six-hour cup", shots=(hook, *REST))
        made[name] = await produce_episode(brief, RECIPE, out=f"ab/hook-{name}")
    return made


if __name__ == "__main__":
    for variant, episode in asyncio.run(ab_hooks()).items():
        sys.stdout.write(f"{variant}: {episode.video}, {episode.made} of {episode.shots} shots made\n")
