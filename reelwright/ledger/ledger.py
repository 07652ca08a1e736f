"""The one door to the ledger: claim, start, settle. Each method is one transaction that checks who may do it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from reelwright.errors import FailureKind, StorageError
from reelwright.ledger import accounts
from reelwright.ledger.database import Database
from reelwright.ledger.owner import is_surely_gone
from reelwright.ledger.tables import LIVE, jobs
from reelwright.ledger.values import Job, Purpose, job_of, micro
from reelwright.models.video.contract import Ticket
from reelwright.values import Asset

LEASE_SECONDS = 60.0
"""How long a job stays with a holder that gives no sign; holders give one every quarter of it."""


class LostHold(StorageError):
    """A job is no longer held by the one who would bring it on: it paused for longer than its lease."""

    code = "lost_hold"

    def __init__(self, job: int, *, wanted: str) -> None:
        super().__init__(
            f"Job {job} cannot be brought to {wanted!r} here any more: another process has taken it over.",
            hint="Nothing is lost: run again, and what the other one made is found.",
        )
        self.job, self.wanted = job, wanted


class Ledger:
    """A ledger at a URL. Safe to share between threads; a `holder` is a name from `reelwright.ledger.owner`."""

    def __init__(self, url: str, *, lease_seconds: float = LEASE_SECONDS) -> None:
        self.database = Database(url)
        self.lease_seconds = lease_seconds

    def __repr__(self) -> str:
        return f"Ledger({self.database.shown!r})"

    def claim(
        self,
        key: str,
        *,
        holder: str,
        entry: str,
        model: str,
        account: str,
        usd: Decimal,
        purpose: Purpose,
        fresh_after: int = 0,
    ) -> Job:
        """Return the live job of `key`, or else the last one that came to a clip, or else claim a new one.

        A new claim sets `usd` aside under every cap of `purpose`. A live job whose holder is gone is taken over, in the
        state it was left in. `fresh_after` is an attempt whose clip will not do (its bytes are gone).

        Raises:
            BudgetExceeded: it would pass a cap; nothing was claimed.
        """
        new = {
            "key": key,
            "state": "claimed",
            "entry": entry,
            "model": model,
            "account": account,
            **purpose.model_dump(include={"episode", "series", "run", "shot"}),
            "caps": sorted({*purpose.caps, *purpose.scopes}),
            "reserved_micro": micro(usd),
            "owner": holder,
        }
        while True:
            try:
                with self.database.transaction() as connection:
                    now = self.database.now(connection)
                    found = self._standing(connection, key, fresh_after)
                    if found is not None:
                        return self._taken_over(connection, found, holder, now)
                    return self._claimed(connection, new, purpose, now)
            except IntegrityError:
                # Another process claimed it between our look and our word: look again.
                continue

    def job(self, identity: int, *, holder: str) -> Job:
        """Return a job as it stands; `holder` holds it from now on if nobody does any more."""
        with self.database.transaction() as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == identity)).mappings().one()
            return self._taken_over(connection, row, holder, self.database.now(connection))

    def starting(self, job: Job) -> None:
        """Note that the start goes out now: from here on, only the vendor knows whether it arrived."""
        self._step(job, ("claimed",), "starting")

    def not_started(self, job: Job) -> None:
        """Note that a start surely did not arrive: it may be sent again."""
        self._step(job, ("starting",), "claimed")

    def started(self, job: Job, ticket: Ticket) -> None:
        """Keep the ticket of a started job."""
        self._step(job, ("starting",), "started", {"ticket": ticket.model_dump(mode="json")})

    def done(self, job: Job, clip: Asset, usd: Decimal) -> None:
        """Keep the clip and settle what it cost."""
        values = {"clip": clip.model_dump(mode="json"), "charged_micro": micro(usd), "billed": usd > 0}
        self._step(job, ("starting", "started"), "done", values, settle=micro(usd))

    def failed(self, job: Job, kind: FailureKind, reason: str, *, usd: Decimal = Decimal(0)) -> None:
        """Note why a job came to nothing, and settle what it cost all the same."""
        values = {"kind": kind.value, "reason": reason[:2000], "charged_micro": micro(usd), "billed": usd > 0}
        self._step(job, (*LIVE, "suspect"), "failed", values, settle=micro(usd))

    def suspect(self, job: Job, kind: FailureKind, reason: str) -> None:
        """Note that nobody can tell whether a job runs: what it may cost stays set aside."""
        values = {"kind": kind.value, "reason": reason[:2000]}
        self._step(job, ("starting", "started"), "suspect", values, suspected=True)

    def resume(self, job: Job, ticket: Ticket, *, holder: str) -> None:
        """Note that a suspect job was found after all; `holder` holds it from now on."""
        values = {"ticket": ticket.model_dump(mode="json"), "kind": "", "reason": "", "owner": holder}
        self._step(job, ("suspect",), "started", values)

    def last(self, key: str) -> Job | None:
        """Return the newest job of a key."""
        with self.database.transaction() as connection:
            query = select(jobs).where(jobs.c.key == key).order_by(jobs.c.attempt.desc()).limit(1)
            row = connection.execute(query).mappings().first()
            return _job(row, "", self.database.now(connection)) if row else None

    def suspects(self, key: str) -> tuple[Job, ...]:
        """Return the jobs of a key that may still run, newest first."""
        with self.database.transaction() as connection:
            now = self.database.now(connection)
            query = select(jobs).where(jobs.c.key == key, jobs.c.state == "suspect").order_by(jobs.c.attempt.desc())
            return tuple(_job(row, "", now) for row in connection.execute(query).mappings())

    def remote_ids(self, *, entry: str, beside: Job) -> frozenset[str]:
        """Return the vendor's ids of all jobs of an entry but one, as far as the vendor has told them."""
        remote_id = jobs.c.ticket["remote_id"].as_string()
        found = select(remote_id).where(jobs.c.entry == entry, jobs.c.id != beside.id, remote_id.is_not(None))
        with self.database.transaction() as connection:
            return frozenset(connection.execute(found).scalars())

    def keep(self, holders: Sequence[str]) -> None:
        """Give a sign of life for all live jobs of these holders."""
        with self.database.transaction() as connection:
            until = self.database.now(connection) + self.lease_seconds
            theirs = (jobs.c.owner.in_(holders), jobs.c.state.in_(LIVE))
            connection.execute(update(jobs).where(*theirs).values(lease_until=until))

    def let_go(self, holders: Sequence[str]) -> None:
        """Give up all jobs of these holders in good order, so that the next one need not wait for the lease."""
        with self.database.transaction() as connection:
            connection.execute(update(jobs).where(jobs.c.owner.in_(holders)).values(lease_until=0.0))

    def _claimed(self, connection: Connection, new: dict[str, Any], purpose: Purpose, now: float) -> Job:
        last = connection.execute(select(func.max(jobs.c.attempt)).where(jobs.c.key == new["key"])).scalar()
        attempt = (last or 0) + 1
        row = new | {
            "attempt": attempt,
            "idempotency_key": f"rw-{new['key'][:40]}-{attempt}",
            "day": datetime.fromtimestamp(now, UTC).date().isoformat(),
            "claimed_at": now,
            "lease_until": now + self.lease_seconds,
        }
        identity = connection.execute(insert(jobs).values(row).returning(jobs.c.id)).scalar_one()
        accounts.reserve(connection, identity, purpose, row["reserved_micro"], now)
        return _read(connection, identity, row["owner"], now)

    def _standing(self, connection: Connection, key: str, fresh_after: int) -> RowMapping | None:
        """Return what there is of a key: its live job, else the newest that came to a clip."""
        live = select(jobs).where(jobs.c.key == key, jobs.c.state.in_(LIVE))
        done = select(jobs).where(jobs.c.key == key, jobs.c.state == "done", jobs.c.attempt > fresh_after)
        found = connection.execute(live.with_for_update()).mappings().first()
        return found or connection.execute(done.order_by(jobs.c.attempt.desc()).limit(1)).mappings().first()

    def _taken_over(self, connection: Connection, row: RowMapping, holder: str, now: float) -> Job:
        job = _job(row, holder, now)
        if not job.is_orphan or job.mine:
            return job
        # Only from the holder that was seen: another process may be doing this very thing.
        hold = {"owner": holder, "lease_until": now + self.lease_seconds}
        seen = (jobs.c.id == job.id, jobs.c.owner == row["owner"], jobs.c.lease_until == row["lease_until"])
        connection.execute(update(jobs).where(*seen).values(hold))
        return _read(connection, job.id, holder, now)

    def _step(
        self,
        job: Job,
        before: tuple[str, ...],
        after: str,
        values: dict[str, Any] | None = None,
        *,
        settle: int | None = None,
        suspected: bool = False,
    ) -> None:
        """Bring a job from one state to the next, if it is still held as `job` says and in a state before it.

        Raises:
            LostHold: it is not.
        """
        try:
            with self.database.transaction() as connection:
                now = self.database.now(connection)
                changed = {"state": after, **_times(after, now, self.lease_seconds), **(values or {})}
                held = (jobs.c.id == job.id, jobs.c.owner == job.owner, jobs.c.state.in_(before))
                if connection.execute(update(jobs).where(*held).values(changed)).rowcount != 1:
                    raise LostHold(job.id, wanted=after)
                if settle is not None:
                    accounts.settle(connection, job.id, settle, now)
                if suspected:
                    accounts.suspect(connection, job.id, now)
        except IntegrityError as error:
            # A suspect was found again while another job of its key is on its way.
            raise LostHold(job.id, wanted=after) from error


def _times(after: str, now: float, lease_seconds: float) -> dict[str, float]:
    if after not in LIVE:
        return {"ended_at": now, "lease_until": 0.0}
    return {"lease_until": now + lease_seconds, **({"started_at": now} if after == "started" else {})}


def _read(connection: Connection, identity: int, holder: str, now: float) -> Job:
    return _job(connection.execute(select(jobs).where(jobs.c.id == identity)).mappings().one(), holder, now)


def _job(row: RowMapping, holder: str, now: float) -> Job:
    is_live = row["state"] in LIVE
    return job_of(row, holder=holder, is_orphan=is_live and (row["lease_until"] < now or is_surely_gone(row["owner"])))
