"""One slot of a series: its episode is found or made here, or, where a person decides, in a run of its own."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectNotFound, PrefectException
from prefect.logging import get_run_logger

from flows.episode import produce_episode
from flows.publication import publish_everywhere
from reelwright.errors import PlanRefused, ReelwrightError
from reelwright.publishing.release import read_release_texts
from reelwright.recipe import Recipe
from reelwright.series.agenda import Item
from reelwright.series.episodes import brief_for, folder_for, is_whole, recipe_for, whole_in
from reelwright.series.files import SeriesFile
from reelwright.series.memory import Booking
from reelwright.series.production import Outcome
from reelwright.stages.episode import Episode
from reelwright.storyboard import Brief
from tasks.series import memory_of, problems_before

DEPLOYMENT = "produce-episode/episode"
"""Its runs wait for a person: a run inside another one cannot."""

_ATTEMPTS = 3
"""How often an episode is tried in one run when it was the server that was away."""
_PATIENCE_SECONDS = 600
_LOOK_SECONDS = 2


async def fill_slot(file: SeriesFile, item: Item, now: datetime, out: str) -> Outcome:
    """Return what became of a slot: found, made, sent to a reviewer; why not, if it could not be."""
    booking = item.booking
    if item.verdict in {"skip", "left_out"}:
        return Outcome(slot=item.name, state="skipped", reason=item.why)
    if booking is None or booking.brief is None:
        return Outcome(slot=item.name, state="no topic", reason="the topics have run out: add some to the series")
    day = item.slot.day if item.slot else now.date().isoformat()
    brief = brief_for(file, booking.brief)
    try:
        recipe = recipe_for(file, day, item.slot.at if item.slot else None)
        if item.verdict == "found" and await asyncio.to_thread(is_whole, booking.folder):
            found = Outcome(slot=item.name, state="found", title=booking.title, folder=booking.folder, reason=item.why)
            return found if file.series.review != "none" else await _go_out(file, found, recipe)
        if not booking.attempts and (problems := await problems_before(brief, recipe)):
            raise PlanRefused(problems, hint="Nothing was started for it.")
        if file.series.review != "none":
            return await _reviewed(file, item, booking, brief, recipe, out)
        return await _go_out(file, await _made(file, item, brief, recipe, out), recipe)
    except ReelwrightError as error:
        await asyncio.to_thread(memory_of(file.name).failed, item.name, str(error))
        return Outcome(slot=item.name, state="failed", title=booking.title, reason=str(error))


async def _made(file: SeriesFile, item: Item, brief: Brief, recipe: Recipe, out: str) -> Outcome:
    """Make a slot's episode. What was made of it before is found again, whenever that was."""
    memory = memory_of(file.name)
    await asyncio.to_thread(memory.trying, item.name, "")
    episode = await _episode(item.name, brief, recipe, folder_for(file, item.name, out))
    await asyncio.to_thread(memory.made, item.name, episode.folder)
    return Outcome(
        slot=item.name,
        state="made",
        title=episode.title,
        folder=episode.folder,
        usd=episode.usd,
        saved_usd=episode.saved_usd,
        reason=item.why,
    )


async def _episode(slot: str, brief: Brief, recipe: Recipe, folder: str) -> Episode:
    # It goes out below, when it is noted that it is there: then no failure of a channel makes another one.
    recipe = recipe.model_copy(update={"channels": ()})
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return await produce_episode(brief, recipe, out=folder)
        except ReelwrightError:
            raise
        except Exception as error:
            # The Prefect server was away: not the episode's fault. Whatever else it is stops this episode alone.
            if attempt == _ATTEMPTS or not isinstance(error, (httpx.HTTPError, PrefectException, ConnectionError)):
                get_run_logger().exception("%s", slot)
                raise ReelwrightError(f"{type(error).__name__}: {error}", hint="The run's log has more.") from error
            get_run_logger().warning("%s: %s: %s; trying again", slot, type(error).__name__, error)
            await _server_is_back()
    raise AssertionError


async def _go_out(file: SeriesFile, made: Outcome, recipe: Recipe) -> Outcome:
    """Publish an episode at its slot; where it is published already, nothing happens."""
    entries = [entry for entry in recipe.channels if not isinstance(entry, str)]
    if not entries:
        return made
    try:
        told, _ = await asyncio.to_thread(read_release_texts, made.folder)
        postings = await publish_everywhere(made.folder, entries, told, series=file.name)
    except ReelwrightError as error:
        return made.model_copy(update={"state": "not published", "reason": str(error)})
    return made.model_copy(update={"channels": {one.channel: one.state for one in postings}})


async def _reviewed(file: SeriesFile, item: Item, booking: Booking, brief: Brief, recipe: Recipe, out: str) -> Outcome:
    """Start a run that waits for a person, or say how far the one is that was started before."""
    memory, folder = memory_of(file.name), folder_for(file, item.name, out)
    run = await _run_of(booking)
    state = run.state if run else None
    if run and state and state.type not in {StateType.FAILED, StateType.CRASHED, StateType.CANCELLED}:
        there = await asyncio.to_thread(whole_in, folder) if state.type == StateType.COMPLETED else ""
        if there:
            await asyncio.to_thread(memory.made, item.name, there)
            return Outcome(slot=item.name, state="made", title=booking.title, folder=there, reason=item.why)
        if state.type != StateType.COMPLETED:
            return Outcome(slot=item.name, state="in review", title=booking.title, reason=_waits(run))
    if state and state.name == "Rejected":
        await asyncio.to_thread(memory.reject, item.name, state.message or "rejected")
        return Outcome(slot=item.name, state="skipped", title=booking.title, reason=state.message or "rejected")
    started = await _started(file, item, booking, brief, recipe, folder)
    await asyncio.to_thread(memory.trying, item.name, str(started.id))
    return Outcome(slot=item.name, state="in review", title=booking.title, reason=_waits(started))


async def _started(
    file: SeriesFile, item: Item, booking: Booking, brief: Brief, recipe: Recipe, folder: str
) -> FlowRun:
    parameters = {
        "brief": brief.model_dump(mode="json"),
        "recipe": recipe.model_dump(mode="json"),
        "review": file.series.review,
        "review_hours": file.series.review_hours,
        "out": folder,
    }
    async with get_client() as client:
        try:
            deployment = await client.read_deployment_by_name(DEPLOYMENT)
        except ObjectNotFound:
            raise ReelwrightError(
                f"This series waits for a person, and there is no deployment {DEPLOYMENT!r} whose runs can.",
                hint="Set it up: reelwright up, or prefect deploy --all with a worker.",
            ) from None
        return await client.create_flow_run_from_deployment(
            deployment.id,
            parameters=parameters,
            # Killed before it was noted, a second run of the series gets this very run again.
            idempotency_key=f"series-{file.name}-{item.name}-{booking.attempts}",
        )


async def _run_of(booking: Booking) -> FlowRun | None:
    if not booking.attempts or not booking.run:
        return None
    async with get_client() as client:
        try:
            return await client.read_flow_run(booking.run)  # type: ignore[arg-type]
        except ObjectNotFound:
            return None


def _waits(run: FlowRun) -> str:
    return f"run {run.name} is {run.state_name or 'scheduled'}: answer it in the UI, or with reelwright review"


async def _server_is_back() -> None:
    """Wait until the Prefect server answers, for ten minutes at most."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                await asyncio.sleep(_LOOK_SECONDS)
                with contextlib.suppress(Exception):
                    async with get_client() as client:
                        if await client.api_healthcheck() is None:
                            return
