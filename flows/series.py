"""Produce a series: each slot that is due → its topic → an episode; a failed one stops no other."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from prefect.artifacts import acreate_table_artifact

from flows.figures import dollars
from flows.form import form
from flows.series_slots import fill_slot
from reelwright.series.agenda import Item
from reelwright.series.files import SeriesFile, read_series
from reelwright.series.production import Outcome, SeriesReport
from tasks.series import book_slots


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


async def _show(report: SeriesReport) -> None:
    rows = [
        {
            "slot": one.slot,
            "state": one.state,
            "episode": one.title,
            "cost": dollars(one.usd),
            "channels": ", ".join(f"{name}: {state}" for name, state in one.channels.items()),
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
