"""What goes into the ledger and what comes out, as frozen values."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from reelwright.errors import FailureKind, StorageError
from reelwright.models.video.contract import Ticket
from reelwright.values import Asset, Usd, Value

State = Literal["claimed", "starting", "started", "done", "failed", "suspect"]

MICRO = Decimal(1_000_000)


class Purpose(Value):
    """For what a job is: who asks, and which caps it counts under."""

    episode: str = ""
    """The episode, as statements name it."""
    series: str = ""
    """The series it is for; empty: none."""
    run: str = ""
    """The flow run that asked."""
    shot: int = 0
    """The shot's number; 0: the whole episode."""
    caps: Mapping[str, Usd] = Field(default_factory=dict)
    """Cap by scope, in USD, e.g. `{"episode bread": 5}`; every scope's total counts, whoever spends."""
    scopes: tuple[str, ...] = ()
    """Scopes without a cap that are counted all the same."""


class Job(Value):
    """One take as the ledger knows it."""

    id: int
    key: str
    attempt: int
    state: State
    entry: str
    model: str
    idempotency_key: str
    ticket: Ticket | None
    clip: Asset | None
    reserved_usd: Usd
    charged_usd: Usd | None
    """`None` until it is settled."""
    kind: FailureKind | None
    reason: str
    claimed_at: float
    """Seconds since 1970."""
    owner: str
    """Who holds it, or held it last."""
    mine: bool
    """Whether the one who asked holds it."""
    is_orphan: bool
    """Whether it is live and nobody holds it any more: the lease ran out, or the holder has surely ended."""

    @property
    def is_live(self) -> bool:
        """Whether it is on its way."""
        return self.state in {"claimed", "starting", "started"}


def micro(usd: Decimal) -> int:
    """Return an amount in millionths of a dollar, rounded up: a cap errs on the safe side."""
    scaled = usd * MICRO
    whole = int(scaled)
    return whole + (scaled > whole)


def dollars(amount: int) -> Decimal:
    """Return millionths of a dollar as an amount."""
    return Decimal(amount) / MICRO


@contextlib.contextmanager
def readable(row: str) -> Iterator[None]:
    """Say of a row that its values were written by a newer version: a ticket of another form, a kind not known here.

    The schema tells of newer tables only; what lies in them as JSON has versions of its own.

    Raises:
        StorageError: a value in the block was not valid.
    """
    try:
        yield
    except ValueError:
        # Without its cause: that quotes what was read, and a session is a key to an upload.
        raise StorageError(
            f"This version of Reelwright cannot read {row} of the ledger.",
            hint="A newer version wrote it: upgrade this one. The ledger is left as it is.",
        ) from None


def job_of(row: Any, *, holder: str, is_orphan: bool) -> Job:
    """Read a row (a mapping) of the table of jobs.

    Raises:
        StorageError: a newer version wrote it.
    """
    with readable(f"job {row['id']}"):
        return Job(
            id=row["id"],
            key=row["key"],
            attempt=row["attempt"],
            state=row["state"],
            entry=row["entry"],
            model=row["model"],
            idempotency_key=row["idempotency_key"],
            ticket=row["ticket"] and Ticket.model_validate(row["ticket"]),
            clip=row["clip"] and Asset.model_validate(row["clip"]),
            reserved_usd=dollars(row["reserved_micro"]),
            charged_usd=None if row["charged_micro"] is None else dollars(row["charged_micro"]),
            kind=FailureKind(row["kind"]) if row["kind"] else None,
            reason=row["reason"],
            claimed_at=row["claimed_at"],
            owner=row["owner"],
            mine=row["owner"] == holder,
            is_orphan=is_orphan,
        )
