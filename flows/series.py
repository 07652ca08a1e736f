"""Produce a series: each slot that is due → its topic → an episode; a failed one stops no other."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime

import httpx
from prefect.artifacts import acreate_table_artifact
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectException
from prefect.logging import get_run_logger

from flows.episode import produce_episode
from flows.figures import dollars
from flows.form import form
from reelwright.errors import ReelwrightError
from reelwright.series.agenda import Item
from reelwright.series.episodes import brief_for, folder_for, is_whole, recipe_for
from reelwright.series.files import SeriesFile, read_series
from reelwright.series.memory import Booking
from reelwright.series.production import Outcome, SeriesReport
from reelwright.stages.episode import Episode
from tasks.series import book_slots, budget_problem, memory_of

_ATTEMPTS = 3
"""How often an episode is tried in one run when it was the machine that failed, not the episode."""
_PATIENCE_SECONDS = 600
_LOOK_SECONDS = 2


@form("produce-series", flow_run_name="{file}")
async def produce_series(
    file: str, slots: tuple[str, ...] = (), now: datetime | None = None, out: str = "out"
) -> SeriesReport:
    """Make the episodes of a series that are due. Running it again makes only what is missing.

    Args:
        file: The series file, e.g. deployments/series/kitchen-science.yaml.
        slots: Names of the rules whose slots are made; empty means all.
        now: The moment to look from, for trying things out; empty means the present.
        out: Folder for the results; each series gets a folder of its own in it.
    """
    read = await asyncio.to_thread(read_series, file)
    moment = _in_utc(now)
    due = await book_slots(read, moment, tuple(slots))
    places = asyncio.Semaphore(read.series.at_once)
    outcomes = await asyncio.gather(*(_in_turn(places, read, item, moment, out) for item in due.items))
    report = SeriesReport.of(read.name, tuple(outcomes))
    await _show(report)
    report.require()
    return report


async def _in_turn(places: asyncio.Semaphore, file: SeriesFile, item: Item, now: datetime, out: str) -> Outcome:
    async with places:
        return await fill_slot(file, item, now, out)


async def fill_slot(file: SeriesFile, item: Item, now: datetime, out: str) -> Outcome:
    """Return what became of a slot: found as it is, or made; why not, if it could not be."""
    booking = item.booking
    if item.verdict in {"skip", "left_out"}:
        return Outcome(slot=item.name, state="skipped", reason=item.why)
    if booking is None or booking.brief is None:
        return Outcome(slot=item.name, state="no topic", reason="the topics have run out: add some to the series")
    if item.verdict == "found" and await asyncio.to_thread(is_whole, booking.folder):
        return Outcome(slot=item.name, state="found", title=booking.title, folder=booking.folder)
    memory = memory_of(file.name)
    try:
        episode = await _episode(file, item, booking, now, out)
    except ReelwrightError as error:
        await asyncio.to_thread(memory.failed, item.name, str(error))
        return Outcome(slot=item.name, state="failed", title=booking.title, reason=str(error))
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


async def _episode(file: SeriesFile, item: Item, booking: Booking, now: datetime, out: str) -> Episode:
    """Make a slot's episode. What was made of it before is found again, whenever that was.

    Raises:
        ReelwrightError: why it could not be made.
    """
    day = item.slot.day if item.slot else now.date().isoformat()
    if booking.brief is None:
        raise LookupError("a booking without a topic")
    brief, recipe = brief_for(file, booking.brief), recipe_for(file, day)
    if not booking.attempts and (problem := await budget_problem(brief, recipe)):
        raise ReelwrightError(f"It was not begun: {problem}.", hint="Raise the series' budget and run it again.")
    memory = memory_of(file.name)
    await asyncio.to_thread(memory.trying, item.name, "")
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return await produce_episode(brief, recipe, out=folder_for(file, item.name, out))
        except ReelwrightError:
            raise
        except Exception as error:
            # The Prefect server was away: not the episode's fault. Whatever else it is stops this episode alone.
            if attempt == _ATTEMPTS or not isinstance(error, (httpx.HTTPError, PrefectException, ConnectionError)):
                get_run_logger().exception("%s", item.name)
                raise ReelwrightError(f"{type(error).__name__}: {error}", hint="The run's log has more.") from error
            get_run_logger().warning("%s: %s: %s; trying again", item.name, type(error).__name__, error)
            await _server_is_back()
    raise AssertionError


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


async def _show(report: SeriesReport) -> None:
    rows = [
        {
            "slot": one.slot,
            "state": one.state,
            "episode": one.title,
            "cost": dollars(one.usd),
            "where": one.folder,
            "why": one.reason,
        }
        for one in report.slots
    ]
    told = (
        f"# {report.series}\n\nThis run paid {dollars(report.usd)}."
        if rows
        else f"# {report.series}\n\nNothing is due."
    )
    await acreate_table_artifact(key="series", table=rows, description=told)


def _in_utc(now: datetime | None) -> datetime:
    if now is None:
        return datetime.now(UTC)
    return now.astimezone(UTC) if now.tzinfo else now.replace(tzinfo=UTC)
