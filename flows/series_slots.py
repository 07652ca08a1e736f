"""One slot of a series: its episode is found or made here, or, where a person decides, in a run of its own."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime
from typing import Any

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectNotFound, PrefectException
from prefect.logging import get_run_logger
from prefect.states import AwaitingRetry

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
from tasks.stored import stored_keys

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
        recipe = recipe_for(file, day, item.slot.at if item.slot else None, stored=stored_keys)
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
    """Start a run that waits for a person, or say how far the one is that was started before.

    One that failed goes on where it stood: what was decided in it counts. One that nobody has answered, or whose series
    was changed since, makes room for another, which asks anew.
    """
    memory, folder = memory_of(file.name), folder_for(file, item.name, out)
    told = Outcome(slot=item.name, state="in review", title=booking.title)
    wanted = _parameters(file, brief, recipe, folder)
    run = await _run_of(booking)
    if run is None or run.state is None:
        return await _asked(file, item, booking, wanted)
    if not run.state.is_final():
        return told.model_copy(update={"reason": _waits(run)})
    if run.state.type == StateType.COMPLETED and (there := await asyncio.to_thread(whole_in, folder)):
        await asyncio.to_thread(memory.made, item.name, there)
        return told.model_copy(update={"state": "made", "folder": there, "reason": item.why})
    if run.state.name == "Rejected":
        reason = run.state.message or "rejected"
        await asyncio.to_thread(memory.reject, item.name, reason)
        return told.model_copy(update={"state": "skipped", "reason": reason})
    if run.state.type in {StateType.FAILED, StateType.CRASHED}:
        unanswered = await _is_unanswered(run)
        if unanswered and file.series.unanswered == "leave_out" and item.slot:
            reason = "nobody answered its review in time"
            await asyncio.to_thread(memory.skip, item.slot, reason)
            return told.model_copy(update={"state": "skipped", "reason": reason})
        if not unanswered and run.parameters == wanted:
            return told.model_copy(update={"reason": _waits(await _going_on(run))})
    return await _asked(file, item, booking, wanted)


async def _asked(file: SeriesFile, item: Item, booking: Booking, parameters: dict[str, Any]) -> Outcome:
    async with get_client() as client:
        try:
            deployment = await client.read_deployment_by_name(DEPLOYMENT)
        except ObjectNotFound:
            raise ReelwrightError(
                f"This series waits for a person, and there is no deployment {DEPLOYMENT!r} whose runs can.",
                hint="Set it up: reelwright up, or prefect deploy --all with a worker.",
            ) from None
        run = await client.create_flow_run_from_deployment(
            deployment.id,
            parameters=parameters,
            # Killed before it was noted, a second run of the series gets this very run again.
            idempotency_key=f"series-{file.name}-{item.name}-{booking.attempts}",
        )
    await asyncio.to_thread(memory_of(file.name).trying, item.name, str(run.id))
    return Outcome(slot=item.name, state="in review", title=booking.title, reason=_waits(run))


async def _going_on(run: FlowRun) -> FlowRun:
    """Let a run that failed go on: Prefect runs it again, and what was decided in it is found."""
    async with get_client() as client:
        # A run that has ended lets nobody but the server's own policies change its state.
        await client.set_flow_run_state(run.id, AwaitingRetry(), force=True)
        return await client.read_flow_run(run.id)


async def _is_unanswered(run: FlowRun) -> bool:
    """Whether a run ended while it waited: nothing came between its pause and its end."""
    async with get_client() as client:
        states = sorted(await client.read_flow_run_states(run.id), key=lambda state: state.timestamp)
    return len(states) > 1 and states[-2].type == StateType.PAUSED


def _parameters(file: SeriesFile, brief: Brief, recipe: Recipe, folder: str) -> dict[str, Any]:
    return {
        "brief": brief.model_dump(mode="json"),
        "recipe": recipe.model_dump(mode="json"),
        "review": file.series.review,
        "review_hours": file.series.review_hours,
        "out": folder,
    }


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
