"""The options of `reelwright ledger`, apart from its work: the command line loads no database to explain itself."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class View(StrEnum):
    """What of the ledger is shown."""

    JOBS = "jobs"
    CHARGES = "charges"
    BUDGET = "budget"


Since = Annotated[str, typer.Option("--since", help="From when on: 2026-11-01, or 12h, 7d, 4w ago. Default: all.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV on standard output.")]
