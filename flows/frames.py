"""One shot's start frame: the image models in their order, each a branch of the run graph."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from flows.context import EpisodeRun
from reelwright.errors import AllModelsFailed, MediaError
from reelwright.stages.shots import StartFrame
from reelwright.storyboard import Shot
from reelwright.takes.values import TakeFailed
from tasks.frames import continued_frame, given_frame, start_frame
from tasks.studio import studio


async def produce_frame(number: int, shot: Shot, run: EpisodeRun, *, after: list[Any]) -> StartFrame:
    """Return a shot's start frame: its own picture, the end of the shot before, or one that a model draws.

    Args:
        number: Of the shot, from 1.
        shot: The shot.
        run: Whose shot it is.
        after: The results that lead to the frame.

    Raises:
        AllModelsFailed: no model gave one; every cause is in it.
        BudgetExceeded: a cap would be passed; nothing was started for it.
        MediaError: its own picture is none, or the shot before it was not made.
    """
    if shot.start_frame:
        return await _told(run, number, given_frame(number, shot, run.recipe, wait_for=after))
    if shot.continues:
        end = await run.ends[number - 1]
        if end is None:
            raise MediaError(f"Shot {number - 1} was not made, and shot {number} goes on where it ends.")
        fill = run.script.storyboard.shots[number - 2].fit
        continuing = continued_frame(number, end.clip, end.frames, run.recipe, fill, wait_for=after)
        return await _told(run, number, continuing)
    return await _drawn(number, shot, run, after)


async def _told(run: EpisodeRun, number: int, making: Awaitable[StartFrame]) -> StartFrame:
    frame: StartFrame = await run.story.tell(number, "start frame", making)
    return frame


async def _drawn(number: int, shot: Shot, run: EpisodeRun, after: list[Any]) -> StartFrame:
    """Return a start frame from the first image model that gives one."""
    causes: list[TakeFailed] = []
    for wanted in run.recipe.image_models:
        entry = studio().catalogue.resolve(wanted, "image")
        try:
            drawing = start_frame(
                number, shot, run.script.storyboard, run.recipe, entry, run.episode, wait_for=[*after, *causes]
            )
            frame = await _told(run, number, drawing)
        except TakeFailed as error:
            causes.append(error)
        else:
            left = tuple(f"{cause.model} was left: {cause.cause.message}" for cause in causes)
            return frame.model_copy(update={"warnings": (*left, *frame.warnings)}) if left else frame
    raise AllModelsFailed(f"the start frame of shot {number}", tuple(causes))
