# ruff: noqa: INP001 - a script, not a package
"""A person's approval in the middle of a flow of your own: the start frames are shown before the clips are made.

Beside `./run up`, start it with `PREFECT_API_URL=http://127.0.0.1:4200/api python examples/approval.py`, open the run
in the Prefect UI, look at the pictures, press Resume, and leave out the shots that are not to be made.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

from prefect import flow
from prefect.artifacts import acreate_markdown_artifact
from prefect.flow_runs import apause_flow_run
from prefect.input import RunInput
from pydantic import ConfigDict, Field

from flows.episode import produce_episode
from reelwright import Brief, Episode, OutputFormat, Recipe, Shot
from reelwright.report.pictures import inline, thumbnail_of
from tasks import expand_script, start_frame
from tasks.studio import studio

RECIPE = Recipe(output=OutputFormat(size="720x1280", frame_rate=24))
BRIEF = Brief(
    title="Two boats",
    shots=(Shot(prompt="A boat on a lake at sunrise", seconds=2), Shot(prompt="A boat at sea by night", seconds=2)),
)


class Verdict(RunInput):
    """What the person is asked; another number than these is refused by the form."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    keep: list[Annotated[int, Field(ge=1, le=len(BRIEF.shots))]] = Field(default=[1, 2])
    """Numbers of the shots to make; none ends the run, with nothing made and nothing spent."""


@flow
async def with_approval(wait_seconds: int = 3600) -> Episode | None:
    """Draw, ask, make what was kept; nobody's answer in time is a failed run that has spent nothing on clips."""
    script = await expand_script(BRIEF, RECIPE)
    model = studio().catalogue.resolve("animatic", "image")
    shots = script.storyboard.shots
    frames = [await start_frame(number, shot, script.storyboard, RECIPE, model) for number, shot in enumerate(shots, 1)]
    # The pictures stand in the text itself: a page of the UI shows no files of this machine.
    pictures = [inline(thumbnail_of(studio().vault, frame.picture, 120_000)) for frame in frames]
    seen = enumerate(zip(shots, pictures, strict=True), 1)
    shown = "\n\n".join(f"**{number}.** {shot.prompt}\n\n![{number}]({picture})" for number, (shot, picture) in seen)
    await acreate_markdown_artifact(shown, key="start-frames", description="What the clips will start from")
    # In a run of a deployment, `asuspend_flow_run` asks the same and frees the worker: the run then begins anew, and
    # finds everything above again at no cost.
    form = Verdict.with_initial_data(description=shown)
    verdict = await apause_flow_run(wait_for_input=form, timeout=wait_seconds, poll_interval=2)
    kept = tuple(shot for number, shot in enumerate(shots, 1) if number in verdict.keep)
    return await produce_episode(BRIEF.model_copy(update={"shots": kept}), RECIPE) if kept else None


if __name__ == "__main__":
    episode = asyncio.run(with_approval())
    sys.stdout.write(f"{episode.video if episode else 'nothing was kept'}\n")
