# ruff: noqa: INP001 - a script, not a package
"""A person's approval in the middle of a flow of your own: the start frames are shown before the clips are made.

Start it with `python examples/approval.py`, open the run in the Prefect UI, look at the pictures, press Resume.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from prefect import flow, pause_flow_run
from prefect.artifacts import acreate_markdown_artifact
from prefect.input import RunInput
from pydantic import Field

from flows.episode import produce_episode
from reelwright import Brief, Episode, OutputFormat, Recipe, Shot
from tasks import expand_script, start_frame
from tasks.studio import studio

RECIPE = Recipe(output=OutputFormat(size="720x1280", frame_rate=24))
BRIEF = Brief(
    title="Two boats", shots=(Shot(prompt="A boat on a lake", seconds=2), Shot(prompt="A harbour", seconds=2))
)


class Verdict(RunInput):
    """What the person is asked."""

    keep: list[int] = Field(default=[1, 2])
    """Numbers of the shots to make."""


@flow
async def with_approval(wait_seconds: int = 3600) -> Episode | None:
    """Draw, ask, make what was kept."""
    script = await expand_script(BRIEF, RECIPE)
    model = studio().catalogue.resolve("animatic", "image")
    shots = script.storyboard.shots
    frames = [await start_frame(number, shot, script.storyboard, RECIPE, model) for number, shot in enumerate(shots, 1)]
    places = [Path(studio().vault.path(frame.picture)).as_uri() for frame in frames]
    shown = "\n".join(f"![shot {number}]({place})" for number, place in enumerate(places, 1))
    await acreate_markdown_artifact(shown, key="start-frames")
    # Everything above is found again at no cost, so a suspended run of a deployment may as well begin anew.
    verdict = await pause_flow_run(wait_for_input=Verdict, timeout=wait_seconds)  # type: ignore[misc]
    kept = tuple(shot for number, shot in enumerate(shots, 1) if number in verdict.keep)
    return await produce_episode(BRIEF.model_copy(update={"shots": kept}), RECIPE) if kept else None


if __name__ == "__main__":
    episode = asyncio.run(with_approval())
    sys.stdout.write(f"{episode.video if episode else 'nothing was kept'}\n")
