"""Flows of one's own: a wall of start frames, an episode from its tasks, and one that is made only if it is cheap."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import assert_type

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture

from author.shots import finished
from flows.episode import produce_episode
from reelwright import Brief, Episode, PlanRefused, Recipe, Storyboard, make_plan, read_source
from reelwright.overlays import Card
from reelwright.stages.episode import FinishedShot, Master
from reelwright.stages.provenance import Signed
from reelwright.stages.script import Script
from reelwright.stages.segments import look_of
from reelwright.stages.shots import Segment, StartFrame
from reelwright.stages.sound import Sound
from tasks import (
    deliver,
    expand_script,
    make_card,
    mix_sound,
    moderate,
    sign_master,
    start_frame,
    stitch_master,
)
from tasks.studio import studio


@flow
async def storyboard_wall(source: str, recipe: Recipe) -> list[str]:
    """Draw what a script would look like, side by side."""
    script = assert_type(await expand_script(read_source(source).brief, recipe), Script)
    model = studio().catalogue.resolve("animatic", "image")
    drawing = start_frame.with_options(tags=["wall"])
    frames = await asyncio.gather(
        *(
            drawing(number, shot, script.storyboard, recipe, model)
            for number, shot in enumerate(script.storyboard.shots, 1)
        )
    )
    assert_type(frames, list[StartFrame])
    return [frame.picture.sha256 for frame in frames]


@flow
async def only_if_cheap(brief: Brief, recipe: Recipe, most: Decimal) -> Episode | None:
    """Make an episode, unless it could cost more."""
    script = await expand_script(brief, recipe)
    plan = make_plan(script.storyboard, recipe, studio().catalogue, today=datetime.now(UTC).date())
    try:
        plan.require()
    except PlanRefused:
        return None
    return assert_type(await produce_episode(brief, recipe), Episode) if plan.usd_high <= most else None


@flow
async def film(brief: Brief, recipe: Recipe, folder: str) -> Episode:
    """Make an episode of its tasks, shot after shot, with a card before the first.

    Raises:
        PlanRefused: a moderation service flags one of its texts.
    """
    script = await expand_script(brief, recipe)
    board = script.storyboard
    if flagged := assert_type(await moderate(board, recipe), tuple[str, ...]):
        raise PlanRefused(flagged)
    shots: list[FinishedShot] = []
    for number in range(1, len(board.shots) + 1):
        shots.append(await finished(number, shots[-1] if shots else None, board, recipe))
    look = look_of(recipe, board.language)
    card = assert_type(await make_card("title", Card(), board.title, shots[0].start_frame, look), Segment)
    shots[0] = shots[0].model_copy(update={"lead_in": card})
    return await put_together(shots, script, recipe, folder)


async def put_together(shots: list[FinishedShot], script: Script, recipe: Recipe, folder: str) -> Episode:
    """Mix, stitch, sign, deliver."""
    sound = assert_type(await mix_sound(shots, script.storyboard, recipe), Sound)
    master = assert_type(await stitch_master(shots, sound, script.storyboard, recipe), Master)
    signed = assert_type(await sign_master(master, shots, sound, script, recipe), Signed | None)
    return assert_type(await deliver(folder, shots, sound, master, script, recipe, signed), Episode)


async def beside_the_flow(brief: Brief, recipe: Recipe) -> Storyboard:
    """Submit a task, and ask for the state of another."""
    future = assert_type(expand_script.submit(brief, recipe), PrefectFuture[Script])
    state = assert_type(await expand_script(brief, recipe, return_state=True), State[Script])
    return future.result().storyboard if state.is_completed() else Storyboard(title=brief.title, shots=brief.shots)


async def wrong(script: Script, shots: list[FinishedShot], sound: Sound, master: Master, recipe: Recipe) -> None:
    """What an editor underlines: one slip for each task."""
    await expand_script(script.storyboard, recipe)  # type: ignore[call-overload]
    (await expand_script(Brief(title="Tea", topic="tea"), recipe)).shots  # type: ignore[attr-defined]  # noqa: B018
    await moderate(script, recipe)  # type: ignore[call-overload]
    await make_card("title", "Tea", shots[0].start_frame, recipe)  # type: ignore[call-overload]
    await mix_sound(shots, script, recipe)  # type: ignore[call-overload]
    await stitch_master(shots, script.storyboard, recipe)  # type: ignore[call-overload]
    await sign_master(master.video, shots, sound, script, recipe)  # type: ignore[call-overload]
    await deliver(shots, sound, master, script, recipe)  # type: ignore[call-overload]
    expand_script.submit(script, recipe)  # type: ignore[call-overload]
    await produce_episode("tea.md", recipe)  # type: ignore[call-overload]
