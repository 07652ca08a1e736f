"""Money: set aside before a start, settled after; each line of the account is written once and never changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from reelwright.errors import BudgetExceeded
from reelwright.ledger.tables import budgets, charges, jobs
from reelwright.ledger.values import Purpose, dollars, micro


def reserve(connection: Connection, job: int, purpose: Purpose, amount: int, now: float) -> None:
    """Set `amount` (millionths of a dollar) aside under every scope, or raise before any of it is.

    Raises:
        BudgetExceeded: a cap would be passed. The transaction must not be committed.
    """
    # Always in the same order: two processes that need two caps never wait for each other.
    for scope in sorted({*purpose.caps, *purpose.scopes}):
        _open(connection, scope)
        gate = [budgets.c.scope == scope]
        cap = purpose.caps.get(scope)
        if cap is not None:
            # What costs nothing passes a cap that is already used up.
            gate.append((budgets.c.committed_micro + amount <= micro(cap)) | (amount == 0))
        raised = update(budgets).where(*gate).values(committed_micro=budgets.c.committed_micro + amount)
        if connection.execute(raised).rowcount != 1 and cap is not None:
            used = committed(connection, (scope,))[scope]
            raise BudgetExceeded(scope, limit_usd=cap, used_usd=dollars(used), wanted_usd=dollars(amount))
    if amount:
        _write(connection, job, "reserved", amount, now)


def settle(connection: Connection, job: int, amount: int, now: float) -> None:
    """Charge `amount` for a job and free the rest of what was set aside for it."""
    row = connection.execute(select(jobs.c.caps, jobs.c.reserved_micro).where(jobs.c.id == job)).one()
    difference = amount - row.reserved_micro
    if difference:
        for scope in sorted(row.caps):
            moved = update(budgets).where(budgets.c.scope == scope)
            connection.execute(moved.values(committed_micro=budgets.c.committed_micro + difference))
    if amount:
        _write(connection, job, "charged", amount, now)
    if row.reserved_micro > amount:
        _write(connection, job, "released", row.reserved_micro - amount, now)


def suspect(connection: Connection, job: int, now: float) -> None:
    """Note that a job may have cost what was set aside for it; the sum stays set aside."""
    amount = connection.execute(select(jobs.c.reserved_micro).where(jobs.c.id == job)).scalar_one()
    if amount:
        _write(connection, job, "suspected", amount, now)


def committed(connection: Connection, scopes: Sequence[str]) -> dict[str, int]:
    """Return what is spent or set aside under each scope."""
    rows = connection.execute(select(budgets).where(budgets.c.scope.in_(scopes)))
    found = {row.scope: int(row.committed_micro) for row in rows}
    return {scope: found.get(scope, 0) for scope in scopes}


def _open(connection: Connection, scope: str) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(budgets).values(scope=scope, committed_micro=0)
    connection.execute(row.on_conflict_do_nothing(index_elements=[budgets.c.scope]))


def _write(connection: Connection, job: int, what: str, amount: int, now: float) -> None:
    connection.execute(insert(charges).values(at=now, job=job, what=what, micro=amount))
