"""A year of a series with two slots a day, driven by a clock: each slot once, in local time, no topic twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reelwright.alike import is_like
from reelwright.ledger.ledger import Ledger
from reelwright.series.agenda import Item, book, forgotten, look
from reelwright.series.memory import Memory
from reelwright.series.topics import Topic
from reelwright.series.values import Series
from reelwright.storyboard import Brief

BERLIN = ZoneInfo("Europe/Berlin")
THINGS = (
    "bread", "milk", "rice", "salt", "sugar", "honey", "butter", "onions", "garlic", "pepper", "vinegar", "yeast",
    "eggs", "cheese", "coffee", "tea", "cocoa", "flour", "lemons", "apples", "carrots", "beans", "oil", "clay",
    "copper", "iron", "glass", "wood", "paper", "silk",
)  # fmt: skip
WONDERS = (
    "goes stale", "boils over", "turns brown", "smells of rain", "floats on water", "sinks at noon", "sings in winter",
    "cracks at night", "rises twice", "never freezes", "burns blue", "keeps for years", "changes colour",
    "sticks to pans", "melts slowly", "tastes bitter", "glows faintly", "hides from light", "grows crystals",
    "bends spoons", "cures colds", "repels ants", "foams when shaken", "rings like bells", "dries from inside",
    "attracts dust",
)  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    made = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield made
    made.database.close()


def series(**fields: object) -> Series:
    """Two slots a day, one of them where clocks change, made six hours ahead."""
    given = {
        "title": "Kitchen",
        "topics": {"list": ["Why bread goes stale"]},
        "time_zone": "Europe/Berlin",
        "slots": [{"times": ["02:30", "18:00"]}],
        "lead_hours": 6,
    }
    return Series.model_validate(given | fields)


def topics() -> tuple[Topic, ...]:
    """780 topics, each of them a second time in other words."""
    titles = [f"Why {thing} {wonder}" for wonder in WONDERS for thing in THINGS]
    again = [f"why {thing} {wonder}?!" for wonder in WONDERS for thing in THINGS]
    both = [title for pair in zip(titles, again, strict=True) for title in pair]
    return tuple(Topic(Brief(title=title, topic=title), "list") for title in both)


def work(made: Series, memory: Memory, now: datetime, told: tuple[Topic, ...]) -> tuple[Item, ...]:
    """A run that makes all that is due."""
    items = book(memory, look(made, memory, now), told)
    for item in items:
        if item.verdict == "make" and item.booking is not None:
            memory.made(item.name, f"out/{item.name}")
    return items


@pytest.mark.slow
def test_a_year_of_two_slots_a_day(ledger: Ledger) -> None:
    """Looked at every twelve hours, with a re-run each time, across both changes of the clocks."""
    made, memory, told = series(), Memory(ledger, "kitchen"), topics()
    zone_year = datetime(2026, 1, 1, 12, tzinfo=BERLIN).astimezone(UTC)
    now, end = zone_year, datetime(2027, 1, 1, 12, tzinfo=BERLIN).astimezone(UTC)
    while now <= end:
        work(made, memory, now, told)
        assert {item.verdict for item in work(made, memory, now, told)} <= {"found"}, "a second run finds all made"
        now += timedelta(hours=12)
    bookings = memory.bookings()
    days = Counter(booking.slot[:10] for booking in bookings)
    whole = [date(2026, 1, 1) + timedelta(days=day) for day in range(1, 365)]
    assert [days[day.isoformat()] for day in whole] == [2] * 364
    assert {booking.state for booking in bookings} == {"made"}
    for booking in bookings:
        assert booking.at is not None
        wall = booking.at.astimezone(BERLIN).isoformat(timespec="minutes")[:16]
        assert wall == ("2026-03-29T03:30" if booking.slot == "2026-03-29T02:30" else booking.slot)
    titles = [booking.title for booking in bookings]
    assert len(set(titles)) == len(titles) >= 728
    plain = [title.casefold().strip("?!") for title in titles]
    assert len(set(plain)) == len(plain)


def test_what_was_missed_is_made_late_and_only_so_far_back(ledger: Ledger) -> None:
    """A machine that was off for a week makes what its policy reaches back to, not the whole week."""
    made, memory, told = series(missed={"within_hours": 30}), Memory(ledger, "kitchen"), topics()
    start = datetime(2026, 6, 1, 12, tzinfo=UTC)
    work(made, memory, start, told)
    later = work(made, memory, start + timedelta(days=7), told)
    assert [item.name for item in later] == ["2026-06-07T18:00", "2026-06-08T02:30", "2026-06-08T18:00"]
    assert [item.why for item in later] == ["late", "late", ""]


def test_a_missed_slot_can_be_left_out(ledger: Ledger) -> None:
    """Its topic goes back to the topics; what is not late yet is made."""
    made, memory, told = series(missed={"policy": "skip"}), Memory(ledger, "kitchen"), topics()
    start = datetime(2026, 6, 1, 12, tzinfo=UTC)
    (only,) = book(memory, look(made, memory, start), told)
    assert (only.name, only.booking and only.booking.title) == ("2026-06-01T18:00", "Why bread goes stale")
    memory.failed(only.name, "the vendor is down")
    items = work(made, memory, start + timedelta(hours=14), told)
    assert [(item.name, item.verdict) for item in items] == [("2026-06-01T18:00", "skip"), ("2026-06-02T02:30", "skip")]
    items = work(made, memory, start + timedelta(hours=24), told)
    assert [item.verdict for item in items] == ["left_out", "left_out", "make"]
    assert memory.bookings()[-1].title == "Why bread goes stale"


def test_the_reserve_takes_the_place_of_what_failed(ledger: Ledger) -> None:
    """An episode made ahead fills the slot at its time, in one step, and a new one is made for the reserve."""
    made, memory, told = series(missed={"policy": "reserve"}, reserve=1), Memory(ledger, "kitchen"), topics()
    due = datetime(2026, 6, 1, 12, tzinfo=UTC)
    slot, reserve = book(memory, look(made, memory, due), told)
    assert (slot.name, reserve.name) == ("2026-06-01T18:00", "reserve-1")
    memory.failed(slot.name, "the vendor is down")
    memory.made(reserve.name, "out/kitchen/reserve-1")
    come = book(memory, look(made, memory, datetime(2026, 6, 1, 16, tzinfo=UTC)), told)
    filled = come[0]
    assert (filled.verdict, filled.booking and filled.booking.folder) == ("found", "out/kitchen/reserve-1")
    assert filled.booking is not None
    assert filled.booking.title == "Why milk goes stale"
    after = book(memory, look(made, memory, datetime(2026, 6, 1, 16, tzinfo=UTC)), told)
    assert [(item.name, item.verdict) for item in after] == [("2026-06-01T18:00", "found"), ("reserve-1", "make")]
    assert memory.titles()[0] != memory.titles()[1]


def test_a_new_series_has_missed_nothing(ledger: Ledger) -> None:
    """Its first slot is the next one, whatever its rules say of the days before."""
    made, memory = series(missed={"within_hours": 744}), Memory(ledger, "kitchen")
    items = work(made, memory, datetime(2026, 6, 1, 12, tzinfo=UTC), topics())
    assert [item.name for item in items] == ["2026-06-01T18:00"]


def test_topics_that_have_run_out_leave_the_slot_open(ledger: Ledger) -> None:
    """Nothing is told twice to fill it; with new topics it is filled."""
    made, memory, told = series(), Memory(ledger, "kitchen"), topics()
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    work(made, memory, noon, told[:2])
    (open_slot,) = [
        item for item in book(memory, look(made, memory, noon + timedelta(hours=9)), told[:2]) if not item.booking
    ]
    assert open_slot.name == "2026-06-02T02:30"
    assert is_like(told[0].brief.title, told[1].brief.title)
    items = work(made, memory, noon + timedelta(hours=9), told[:4])
    assert [item.booking and item.booking.title for item in items] == ["Why bread goes stale", "Why milk goes stale"]


def test_a_topic_is_not_lost_with_its_slot(ledger: Ledger) -> None:
    """A time that was taken out of the rules, or missed too long ago, gives its topic back; what was made keeps it."""
    made, memory, told = series(), Memory(ledger, "kitchen"), topics()
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    (first,) = work(made, memory, noon, told)
    book(memory, look(made, memory, noon + timedelta(hours=9)), told)
    assert forgotten(made, memory, noon + timedelta(hours=9)) == ()
    later = series(slots=[{"times": ["03:30", "18:00"]}])
    assert forgotten(later, memory, noon + timedelta(hours=9)) == ("2026-06-02T02:30",)
    assert forgotten(made, memory, noon + timedelta(days=9)) == ("2026-06-02T02:30",)
    memory.release("2026-06-02T02:30")
    memory.release(first.name)
    assert memory.titles() == ("Why bread goes stale",)
