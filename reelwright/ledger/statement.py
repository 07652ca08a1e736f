"""The ledger for people: jobs, the account's lines like a bank statement, and what is left under each cap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select

from reelwright.ledger import accounts
from reelwright.ledger.ledger import Ledger
from reelwright.ledger.tables import budgets, charges, jobs
from reelwright.ledger.values import dollars
from reelwright.values import Usd, Value


class JobLine(Value):
    """A job in a list."""

    job: int
    at: datetime
    state: str
    model: str
    """The catalogue's or recipe's name of it."""
    episode: str
    series: str
    shot: int
    attempt: int
    reserved_usd: Usd
    charged_usd: Usd | None
    remote_id: str
    reason: str


class ChargeLine(Value):
    """A line of the account."""

    at: datetime
    what: str
    """`reserved`, `charged`, `released` or `suspected`."""
    usd: Usd
    job: int
    model: str
    episode: str
    series: str
    run: str
    shot: int


class BudgetLine(Value):
    """What is spent or set aside under one scope."""

    scope: str
    committed_usd: Usd


def list_jobs(ledger: Ledger, *, since: datetime | None = None, limit: int = 500) -> tuple[JobLine, ...]:
    """Return the jobs since a moment, newest first."""
    query = select(jobs).order_by(jobs.c.id.desc()).limit(limit)
    if since is not None:
        query = query.where(jobs.c.claimed_at >= since.timestamp())
    return tuple(
        JobLine(
            job=row["id"],
            at=_moment(row["claimed_at"]),
            state=row["state"],
            model=row["entry"],
            episode=row["episode"],
            series=row["series"],
            shot=row["shot"],
            attempt=row["attempt"],
            reserved_usd=dollars(row["reserved_micro"]),
            charged_usd=None if row["charged_micro"] is None else dollars(row["charged_micro"]),
            remote_id=(row["ticket"] or {}).get("remote_id", ""),
            reason=": ".join(part for part in (row["kind"], row["reason"]) if part),
        )
        for row in _rows(ledger, query)
    )


def list_charges(ledger: Ledger, *, since: datetime | None = None) -> tuple[ChargeLine, ...]:
    """Return the lines of the account since a moment, oldest first."""
    query = select(charges, jobs.c.entry, jobs.c.episode, jobs.c.series, jobs.c.run, jobs.c.shot)
    query = query.join(jobs, jobs.c.id == charges.c.job).order_by(charges.c.id)
    if since is not None:
        query = query.where(charges.c.at >= since.timestamp())
    return tuple(
        ChargeLine(
            at=_moment(row["at"]),
            what=row["what"],
            usd=dollars(row["micro"]),
            job=row["job"],
            model=row["entry"],
            episode=row["episode"],
            series=row["series"],
            run=row["run"],
            shot=row["shot"],
        )
        for row in _rows(ledger, query)
    )


def list_budgets(ledger: Ledger) -> tuple[BudgetLine, ...]:
    """Return what is spent or set aside under every scope."""
    rows = _rows(ledger, select(budgets).order_by(budgets.c.scope))
    return tuple(BudgetLine(scope=row["scope"], committed_usd=dollars(row["committed_micro"])) for row in rows)


def totals(lines: Sequence[ChargeLine]) -> dict[str, Decimal]:
    """Return the sum of each kind of line, in USD."""
    kinds = ("reserved", "charged", "released", "suspected")
    return {kind: sum((line.usd for line in lines if line.what == kind), Decimal(0)) for kind in kinds}


def committed_usd(ledger: Ledger, scopes: Sequence[str]) -> dict[str, Decimal]:
    """Return what is spent or set aside under each of the scopes, in USD."""
    with ledger.database.transaction() as connection:
        return {scope: dollars(amount) for scope, amount in accounts.committed(connection, scopes).items()}


def _rows(ledger: Ledger, query: Select[Any]) -> list[Any]:
    with ledger.database.transaction() as connection:
        return list(connection.execute(query).mappings())


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
