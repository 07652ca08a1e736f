"""One shot's start frame: the image models in their order, each a branch of the run graph."""

from __future__ import annotations

from typing import Any

from flows.context import EpisodeRun
from reelwright.errors import AllModelsFailed
from reelwright.stages.shots import StartFrame
from reelwright.storyboard import Shot
from reelwright.takes.values import TakeFailed
from tasks.frames import start_frame
from tasks.studio import studio


async def produce_frame(number: int, shot: Shot, run: EpisodeRun, *, after: list[Any]) -> StartFrame:
    """Return a start frame from the first image model that gives one; `after` are the results that lead to it.

    Raises:
        AllModelsFailed: none did; every cause is in it.
        BudgetExceeded: a cap would be passed; nothing was started for it.
    """
    causes: list[TakeFailed] = []
    for wanted in run.recipe.image_models:
        entry = studio().catalogue.resolve(wanted, "image")
        try:
            drawing = start_frame(
                number, shot, run.script.storyboard, run.recipe, entry, run.episode, wait_for=[*after, *causes]
            )
            frame: StartFrame = await run.story.tell(number, "start frame", drawing)
        except TakeFailed as error:
            causes.append(error)
        else:
            left = tuple(f"{cause.model} was left: {cause.cause.message}" for cause in causes)
            return frame.model_copy(update={"warnings": (*left, *frame.warnings)}) if left else frame
    raise AllModelsFailed(f"the start frame of shot {number}", tuple(causes))
