"""What a series remembers in the ledger: which slot tells what. Booking is atomic over processes and machines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from reelwright.alike import Told, plain_words
from reelwright.canonical import key_of
from reelwright.ledger.ledger import Ledger
from reelwright.ledger.tables import series_ideas, series_slots
from reelwright.ledger.values import readable
from reelwright.series.slots import Slot
from reelwright.series.topics import Topic
from reelwright.storyboard import Brief
from reelwright.values import Value

RESERVE = "reserve"
_REASON_LETTERS = 2000


class Booking(Value):
    """A slot of a series and what is told in it."""

    slot: str
    """The slot's name (its wall time); `reserve-1` and so on for an episode that waits for a slot."""
    at: datetime | None
    """When it comes (UTC); nothing for the reserve."""
    state: Literal["booked", "made", "failed", "skipped"]
    title: str
    brief: Brief | None
    """Nothing once it is skipped."""
    source: str
    """Where the topic came from."""
    folder: str
    """Where its episode lies, once it is made."""
    attempts: int
    """How often it was tried."""
    reason: str
    """Why it failed or was skipped."""
    run: str = ""
    """The id of the flow run that makes it, or made it last."""
    is_new: bool = False
    """Whether it was booked by the call that returned it."""


def topic_key(title: str) -> str:
    """Return what tells a topic from others in the ledger: its words, in any case and order."""
    return key_of("topic/1", sorted(set(plain_words(title))) or [title])


class Memory:
    """The memory of one series."""

    def __init__(self, ledger: Ledger, series: str) -> None:
        self._ledger, self._series = ledger, series

    def book(self, slot: Slot, topics: Iterable[Topic], *, run: str = "") -> Booking | None:
        """Return a slot's booking as it stands, or else book the first of the topics that was not told.

        `None`: all of them were told. A slot that was skipped stays skipped.
        """
        return self._book(slot.local, slot, topics, run)

    def book_reserve(self, number: int, topics: Iterable[Topic], *, run: str = "") -> Booking | None:
        """Book the `number`-th place of the reserve, as `book` a slot."""
        return self._book(f"{RESERVE}-{number}", None, topics, run)

    def made(self, slot: str, folder: str) -> None:
        """Note that a slot's episode is there."""
        self._note(slot, ("booked", "failed", "made"), state="made", folder=folder, reason="")

    def failed(self, slot: str, reason: str) -> None:
        """Note why a slot's episode could not be made; its topic stays with it."""
        self._note(slot, ("booked", "failed"), state="failed", reason=reason[:_REASON_LETTERS])

    def trying(self, slot: str, run: str) -> None:
        """Note that a slot's episode is being made."""
        self._note(slot, ("booked", "failed", "made"), attempts=series_slots.c.attempts + 1, run=run)

    def reject(self, slot: str, reason: str) -> None:
        """Leave a slot out because a person has said no; its topic is not told again."""
        self._note(slot, ("booked", "failed"), state="skipped", reason=reason[:_REASON_LETTERS])

    def skip(self, slot: Slot, reason: str) -> None:
        """Leave a slot out, for good; its topic can be told in another."""
        with self._ledger.database.transaction() as connection:
            now = self._enter(connection)
            gone = {"state": "skipped", "topic": None, "brief": None, "reason": reason, "changed_at": now}
            if self._row(connection, slot.local) is None:
                connection.execute(insert(series_slots).values(**self._new(slot.local, slot, now), **gone))
            else:
                self._update(connection, slot.local, ("booked", "failed"), gone)

    def release(self, slot: str) -> None:
        """Forget a slot that was not filled; its topic can be told in another."""
        with self._ledger.database.transaction() as connection:
            self._enter(connection)
            unfilled = (*self._is(slot), series_slots.c.state.in_(("booked", "failed")))
            connection.execute(series_slots.delete().where(*unfilled))

    def fill_from_reserve(self, slot: Slot) -> Booking | None:
        """Let an episode of the reserve take a slot's place, in one step; `None` if none is ready.

        What was booked for the slot goes back to the topics.
        """
        with self._ledger.database.transaction() as connection:
            now = self._enter(connection)
            mine = (series_slots.c.series == self._series, series_slots.c.slot.startswith(RESERVE + "-"))
            query = select(series_slots).where(*mine, series_slots.c.state == "made")
            ready = connection.execute(query.order_by(series_slots.c.booked_at)).mappings().first()
            standing = self._row(connection, slot.local)
            if standing is not None and standing["state"] == "made":
                return _booking(standing)
            if ready is None:
                return None
            if standing is not None:
                connection.execute(series_slots.delete().where(*self._is(slot.local)))
            taken = {"slot": slot.local, "rule": slot.rule, "at": slot.at.timestamp(), "changed_at": now}
            connection.execute(update(series_slots).where(*self._is(ready["slot"])).values(taken))
            return _booking(self._row(connection, slot.local))

    def bookings(self, *, since: datetime | None = None) -> tuple[Booking, ...]:
        """Return the slots of the series that are known, in the order of time, the reserve last."""
        query = select(series_slots).where(series_slots.c.series == self._series)
        if since is not None:
            query = query.where((series_slots.c.at >= since.timestamp()) | series_slots.c.at.is_(None))
        with self._ledger.database.transaction() as connection:
            rows = connection.execute(query.order_by(series_slots.c.at.is_(None), series_slots.c.at)).mappings()
            return tuple(_booking(row) for row in rows)

    def titles(self) -> tuple[str, ...]:
        """Return what was told, or is booked, oldest first."""
        with self._ledger.database.transaction() as connection:
            return tuple(self._titles(connection))

    def first_slot(self) -> datetime | None:
        """Return when the first slot came that the series knows of."""
        query = select(func.min(series_slots.c.at)).where(series_slots.c.series == self._series)
        with self._ledger.database.transaction() as connection:
            first = connection.execute(query).scalar()
        return None if first is None else datetime.fromtimestamp(first, UTC)

    def keep_ideas(self, topics: Iterable[Topic]) -> None:
        """Keep what a writer found until it is told."""
        with self._ledger.database.transaction() as connection:
            now = self._ledger.database.now(connection)
            dialect = postgresql if self._ledger.database.is_postgres else sqlite
            for topic in topics:
                row = {
                    "series": self._series,
                    "topic": topic_key(topic.brief.title),
                    "brief": topic.brief.model_dump(mode="json"),
                    "source": topic.source,
                    "found_at": now,
                }
                connection.execute(dialect.insert(series_ideas).values(row).on_conflict_do_nothing())

    def ideas(self) -> tuple[Topic, ...]:
        """Return what a writer found, oldest first, told or not."""
        query = select(series_ideas).where(series_ideas.c.series == self._series)
        with self._ledger.database.transaction() as connection:
            rows = connection.execute(query.order_by(series_ideas.c.found_at, series_ideas.c.topic)).mappings()
            with readable(f"an idea of {self._series}"):
                return tuple(Topic(Brief.model_validate(row["brief"]), row["source"]) for row in rows)

    def _book(self, name: str, slot: Slot | None, topics: Iterable[Topic], run: str) -> Booking | None:
        with self._ledger.database.transaction() as connection:
            now = self._enter(connection)
            standing = self._row(connection, name)
            if standing is not None:
                return _booking(standing)
            topic = first_new(topics, self._titles(connection))
            if topic is None:
                return None
            told = {
                "state": "booked",
                "topic": topic_key(topic.brief.title),
                "title": topic.brief.title,
                "brief": topic.brief.model_dump(mode="json"),
                "source": topic.source,
                "run": run,
                "changed_at": now,
            }
            connection.execute(insert(series_slots).values(**self._new(name, slot, now), **told))
            return _booking(self._row(connection, name)).model_copy(update={"is_new": True})

    def _enter(self, connection: Connection) -> float:
        """Wait for this series' turn, and return the moment: nobody books between our look and our word."""
        if self._ledger.database.is_postgres:  # on SQLite, a transaction is a turn of its own
            lock = int.from_bytes(hashlib.sha256(f"series {self._series}".encode()).digest()[:8], signed=True)
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": lock})
        return self._ledger.database.now(connection)

    def _titles(self, connection: Connection) -> Sequence[str]:
        told = (series_slots.c.series == self._series, series_slots.c.topic.is_not(None))
        return connection.execute(select(series_slots.c.title).where(*told).order_by("booked_at")).scalars().all()

    def _new(self, name: str, slot: Slot | None, now: float) -> dict[str, Any]:
        at = None if slot is None else slot.at.timestamp()
        return {"series": self._series, "slot": name, "rule": slot.rule if slot else "", "at": at, "booked_at": now}

    def _is(self, name: str) -> tuple[Any, Any]:
        return series_slots.c.series == self._series, series_slots.c.slot == name

    def _row(self, connection: Connection, name: str) -> RowMapping | None:
        return connection.execute(select(series_slots).where(*self._is(name))).mappings().first()

    def _note(self, name: str, before: tuple[str, ...], **values: Any) -> None:
        with self._ledger.database.transaction() as connection:
            now = self._ledger.database.now(connection)
            self._update(connection, name, before, {**values, "changed_at": now})

    def _update(self, connection: Connection, name: str, before: tuple[str, ...], values: dict[str, Any]) -> None:
        there = (*self._is(name), series_slots.c.state.in_(before))
        connection.execute(update(series_slots).where(*there).values(values))


def first_new(topics: Iterable[Topic], told: Iterable[str]) -> Topic | None:
    """Return the first of the topics that repeats nothing told."""
    titles = Told(told)
    return next((topic for topic in topics if titles.like(topic.brief.title) is None), None)


def _booking(row: RowMapping | None) -> Booking:
    if row is None:
        raise LookupError("a slot of the series has vanished from the ledger")
    with readable(f"slot {row['slot']} of {row['series']}"):
        return Booking(
            slot=row["slot"],
            at=None if row["at"] is None else datetime.fromtimestamp(row["at"], UTC),
            state=row["state"],
            title=row["title"],
            brief=row["brief"] and Brief.model_validate(row["brief"]),
            source=row["source"],
            folder=row["folder"],
            attempts=row["attempts"],
            reason=row["reason"],
            run=row["run"],
        )
