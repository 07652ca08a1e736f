"""What is to be done for a series now: which slots are due, and what becomes of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal

from reelwright.series.memory import RESERVE, Booking, Memory
from reelwright.series.slots import Slot, slots_between
from reelwright.series.topics import Topic
from reelwright.series.values import Series
from reelwright.values import Value

Verdict = Literal["make", "found", "skip", "take_reserve", "left_out"]

_LONGEST_DAY = timedelta(hours=26)
"""A lead on the wall's clock is at most this much longer than by the stopwatch, with room to spare."""


class Item(Value):
    """A slot that is due, what is known of it, and what becomes of it."""

    name: str
    """The slot's name, or a place of the reserve."""
    slot: Slot | None
    """Nothing for a place of the reserve."""
    booking: Booking | None
    verdict: Verdict
    """`found`: it is there · `left_out`: it was skipped before · `take_reserve`: an episode made ahead fills it."""
    why: str = ""

    @property
    def needs_topic(self) -> bool:
        """Whether a topic has to be found for it."""
        return self.booking is None and self.verdict in {"make", "take_reserve"}


def look(series: Series, memory: Memory, now: datetime, rules: Collection[str] = ()) -> tuple[Item, ...]:
    """Return what is due, in the order of the slots, the reserve last. Writes nothing.

    A series that is new has missed nothing: its first slot is the next one.
    """
    start = _start(series, memory, now)
    ahead = now + timedelta(hours=series.lead_hours) + _LONGEST_DAY
    known = {booking.slot: booking for booking in memory.bookings(since=start)}
    due = [slot for slot in slots_between(series, start, ahead, rules) if slot.due <= now]
    items = [_item(series, slot, known.get(slot.local), now) for slot in due]
    return (*items, *(_reserve(f"{RESERVE}-{number}", known) for number in range(1, series.reserve + 1)))


def forgotten(series: Series, memory: Memory, now: datetime) -> tuple[str, ...]:
    """Return slots whose topics nobody would ever tell: unfilled, and missed too long ago or in no rule any more."""
    start = _start(series, memory, now)
    unfilled = [one for one in memory.bookings() if one.state in {"booked", "failed"} and one.at]
    if series.review != "none":  # what was begun is with a person
        unfilled = [one for one in unfilled if not one.attempts]
    last = max((one.at for one in unfilled if one.at), default=start)
    ruled = {slot.local for slot in slots_between(series, start, last + _LONGEST_DAY)}
    return tuple(one.slot for one in unfilled if one.slot not in ruled)


def book(memory: Memory, items: Sequence[Item], topics: Sequence[Topic], *, run: str = "") -> tuple[Item, ...]:
    """Write down what `look` found: skip, fill from the reserve, book. An item left without a booking has no topic."""
    return tuple(_booked(memory, item, topics, run) for item in items)


def _start(series: Series, memory: Memory, now: datetime) -> datetime:
    grace = timedelta(minutes=series.missed.grace_minutes)
    first = memory.first_slot()
    return max(now - timedelta(hours=series.missed.within_hours), min(first or now, now) - grace)


def _item(series: Series, slot: Slot, booking: Booking | None, now: datetime) -> Item:
    verdict, why = _verdict(series, slot, booking, now)
    return Item(name=slot.local, slot=slot, booking=booking, verdict=verdict, why=why)


def _verdict(series: Series, slot: Slot, booking: Booking | None, now: datetime) -> tuple[Verdict, str]:
    if booking is not None and booking.state in {"made", "skipped"}:
        return ("found" if booking.state == "made" else "left_out"), booking.reason
    late = now > slot.at + timedelta(minutes=series.missed.grace_minutes)
    failed = booking is not None and booking.state == "failed"
    if series.missed.policy == "skip" and late:
        return "skip", "its time had passed: missed slots of this series are left out"
    if series.missed.policy == "reserve" and now >= slot.at and (late or failed or series.lead_hours):
        return "take_reserve", "its time had come without it"
    return "make", "late" if late else ""


def _reserve(name: str, known: dict[str, Booking]) -> Item:
    booking = known.get(name)
    there = booking is not None and booking.state == "made"
    return Item(name=name, slot=None, booking=booking, verdict="found" if there else "make")


def _booked(memory: Memory, item: Item, topics: Sequence[Topic], run: str) -> Item:
    slot = item.slot
    if item.verdict in {"found", "left_out"}:
        return item
    if slot is None:
        number = int(item.name.rpartition("-")[2])
        return item.model_copy(update={"booking": memory.book_reserve(number, topics, run=run)})
    if item.verdict == "skip":
        memory.skip(slot, item.why)
        return item
    if item.verdict == "take_reserve":
        filled = memory.fill_from_reserve(slot)
        if filled is not None:
            return item.model_copy(update={"booking": filled, "verdict": "found", "why": "filled from the reserve"})
        item = item.model_copy(update={"verdict": "make", "why": "late: the reserve is empty"})
    return item.model_copy(update={"booking": memory.book(slot, topics, run=run)})
