"""The deployments of series: what prefect.yaml says of each, as its file has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any

from reelwright.series.files import SeriesFile
from reelwright.series.values import DAYS, SlotRule

PREFIX = "series-"
"""Of the names of deployments that are written from series files."""
TAG = "reelwright-series"
ENTRYPOINT = "flows.series.produce_series"
_DAY_MINUTES = 24 * 60


def deployment_of(file: SeriesFile) -> dict[str, Any]:
    """Return what prefect.yaml says of a series, all but where it runs."""
    series = file.series
    about = f"{series.title}: {series.description}" if series.description else series.title
    return {
        "name": PREFIX + file.name,
        "entrypoint": ENTRYPOINT,
        "description": f"{about} Makes the episodes whose slots are due; what is there is found.",
        "tags": ["reelwright", TAG],
        "parameters": {"file": _shown(file.path)},
        "concurrency_limit": {"limit": 1, "collision_strategy": "ENQUEUE"},
        "schedules": list(_schedules(file)),
    }


def _schedules(file: SeriesFile) -> Iterator[dict[str, Any]]:
    """Yield a schedule for each time of each rule, and where there is a lead a second one at the slot itself.

    The second one does what the series says of slots that were missed.
    """
    series = file.series
    for rule in series.slots:
        for at in rule.times:
            name = f"{rule.name}-{at.replace(':', '')}"
            yield _schedule(file, rule, name, at, series.lead_hours)
            if series.lead_hours:
                yield _schedule(file, rule, f"{name}-slot", at, 0)


def _schedule(file: SeriesFile, rule: SlotRule, slug: str, at: str, lead_hours: int) -> dict[str, Any]:
    moment = time.fromisoformat(at)
    minutes = moment.hour * 60 + moment.minute - lead_hours * 60
    shift, left = divmod(minutes, _DAY_MINUTES)
    days = sorted((DAYS.index(day) + shift) % 7 for day in rule.days)
    told = "*" if len(set(days)) == len(DAYS) else ",".join(DAYS[day].upper() for day in days)
    return {
        "slug": slug,
        "cron": f"{left % 60} {left // 60} * * {told}",
        "timezone": file.series.time_zone,
        "active": file.series.active,
        "parameters": {"slots": [rule.name]},
    }


def _shown(path: Path) -> str:
    """Return a path as it is found from the clone's root, on any machine."""
    here = Path.cwd()
    return path.resolve().relative_to(here).as_posix() if path.resolve().is_relative_to(here) else str(path)
