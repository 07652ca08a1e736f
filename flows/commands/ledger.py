"""`reelwright ledger jobs | charges | budget`: what was started, what it cost, what is left under each cap."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rich.markup import escape
from rich.table import Table

from flows.commands.ledger_options import View
from flows.commands.terminal import console
from reelwright.errors import InvalidInput
from reelwright.ledger.ledger import Ledger
from reelwright.ledger.statement import list_budgets, list_charges, list_jobs, totals
from reelwright.settings import Settings
from reelwright.values import Value

_AGO = re.compile(r"(\d+)([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}


def show(view: View, since: str, *, as_json: bool, as_csv: bool) -> None:
    """Print a view of the ledger.

    Raises:
        InvalidInput: `since` is no moment.
        StorageError: the ledger cannot be used.
    """
    ledger = Ledger(Settings().ledger_url)
    try:
        lines, footer = _lines(ledger, view, moment(since))
    finally:
        ledger.database.close()
    rows = [line.model_dump(mode="json") for line in lines]
    if as_json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    elif as_csv:
        _write_csv(rows)
    else:
        _write_table(view, rows, footer)


def _lines(ledger: Ledger, view: View, since: datetime | None) -> tuple[Sequence[Value], str]:
    if view is View.JOBS:
        return list_jobs(ledger, since=since), "A suspect job may run and may be billed: look at the vendor's list."
    if view is View.BUDGET:
        return list_budgets(ledger), "Committed: charged, set aside for jobs on their way, or suspected."
    charges = list_charges(ledger, since=since)
    return charges, ", ".join(f"{what} ${usd:.2f}" for what, usd in totals(charges).items())


def moment(since: str) -> datetime | None:
    """Read what `--since` says.

    Raises:
        InvalidInput: it is no moment.
    """
    if not since:
        return None
    ago = _AGO.fullmatch(since)
    if ago:
        return datetime.now(UTC) - timedelta(hours=int(ago[1]) * _HOURS[ago[2]])
    try:
        return datetime.combine(date.fromisoformat(since), datetime.min.time(), UTC)
    except ValueError:
        raise InvalidInput(f"--since {since!r} is no moment.", hint="Expected 2026-11-01, 12h, 7d or 4w.") from None


def _write_csv(rows: Sequence[dict[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]) if rows else [])
    writer.writeheader()
    writer.writerows(rows)


def _write_table(view: View, rows: Sequence[dict[str, Any]], footer: str) -> None:
    if not rows:
        console.print("The ledger is empty: nothing has been bought yet.")
        return
    table = Table(title=view.value, title_justify="left", caption=escape(footer), caption_justify="left")
    for name in rows[0]:
        table.add_column(name.replace("_", " "), overflow="fold", justify="right" if name.endswith("usd") else "left")
    for row in rows:
        table.add_row(*(escape(_shown(value)) for value in row.values()))
    console.print(table)


def _shown(value: Any) -> str:
    text = "" if value is None else str(value)
    return text[:19].replace("T", " ") if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z?", text) else text
