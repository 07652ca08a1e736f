"""The circuit breaker: a model that fails for reasons of its own is left alone for a while, for every process."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from reelwright.errors import FailureKind
from reelwright.ledger.ledger import Ledger
from reelwright.ledger.tables import breakers
from reelwright.values import Value

_OPEN_SECONDS = {
    # Nobody's waiting helps here: a person must act. It is tried again now and then all the same.
    FailureKind.AUTH: (1, 900.0),
    FailureKind.BILLING: (1, 900.0),
    FailureKind.RETIRED: (1, 86_400.0),
    FailureKind.BUSY: (3, 300.0),
    FailureKind.RATE_LIMITED: (3, 60.0),
    FailureKind.TIMED_OUT: (2, 900.0),
    FailureKind.LOST: (3, 300.0),
    FailureKind.UNKNOWN: (5, 300.0),
}
"""After how many failures in a row, and for how many seconds. Failures that are the shot's own do not count."""


class Health(Value):
    """How a model is at an account."""

    entry: str
    account: str
    failures: int
    """In a row."""
    open_for_seconds: float
    """How long it is left alone from now on; 0: it is used."""
    kind: FailureKind
    reason: str


def note_failure(ledger: Ledger, entry: str, account: str, kind: FailureKind, reason: str) -> None:
    """Count a failure; open the breaker when there were enough of its kind."""
    if kind not in _OPEN_SECONDS:
        return
    enough, seconds = _OPEN_SECONDS[kind]
    with ledger.database.transaction() as connection:
        now = ledger.database.now(connection)
        where = (breakers.c.entry == entry, breakers.c.account == account)
        failures = (connection.execute(select(breakers.c.failures).where(*where)).scalar() or 0) + 1
        values = {
            "failures": failures,
            "open_until": now + seconds if failures >= enough else 0.0,
            "kind": kind.value,
            "reason": reason[:500],
        }
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        row = dialect.insert(breakers).values(entry=entry, account=account, **values)
        connection.execute(row.on_conflict_do_update(index_elements=["entry", "account"], set_=values))


def note_success(ledger: Ledger, entry: str, account: str) -> None:
    """Close the breaker."""
    with ledger.database.transaction() as connection:
        connection.execute(breakers.delete().where(breakers.c.entry == entry, breakers.c.account == account))


def health(ledger: Ledger, entry: str, account: str) -> Health | None:
    """Return what is known against a model; `None` if nothing is."""
    return next((known for known in all_health(ledger) if (known.entry, known.account) == (entry, account)), None)


def all_health(ledger: Ledger) -> tuple[Health, ...]:
    """Return every model that failed last time it was used."""
    with ledger.database.transaction() as connection:
        now = ledger.database.now(connection)
        rows = connection.execute(select(breakers).order_by(breakers.c.entry)).mappings()
        return tuple(
            Health(
                entry=row["entry"],
                account=row["account"],
                failures=row["failures"],
                open_for_seconds=max(row["open_until"] - now, 0.0),
                kind=FailureKind(row["kind"]),
                reason=row["reason"],
            )
            for row in rows
        )
