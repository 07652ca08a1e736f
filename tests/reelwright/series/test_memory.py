"""Booking is atomic: over threads, processes and both databases, no topic is told twice and no slot filled twice."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.databases import database

from reelwright.ledger.ledger import Ledger
from reelwright.series.memory import Memory
from reelwright.series.slots import Slot
from reelwright.series.topics import Topic
from reelwright.storyboard import Brief

BOOK = """
import sys
from datetime import UTC, datetime, timedelta
from reelwright.ledger.ledger import Ledger
from reelwright.series.memory import Memory
from reelwright.series.slots import Slot
from reelwright.series.topics import Topic
from reelwright.storyboard import Brief

memory = Memory(Ledger(sys.argv[1]), "kitchen")
words = "bread rice salt sugar honey butter garlic pepper yeast cheese coffee cocoa flour lemon apple".split()
topics = [Topic(Brief(title=f"Why {word} surprises{mark}", topic="x"), "list") for word in words for mark in ("", "!")]
start = datetime(2026, 6, 1, tzinfo=UTC)
slots = [Slot(local=f"2026-06-{day:02}T18:00", rule="daily", at=start, due=start) for day in range(1, 13)]
sys.stdin.read()
for slot in slots if int(sys.argv[2]) % 2 else reversed(slots):
    memory.book(slot, topics)
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_processes_that_book_the_same_slots_book_each_once(kind: str, tmp_path: Path) -> None:
    """Three at once, from both ends: twelve slots, twelve topics, none of them nearly another."""
    with database(kind, tmp_path) as url:
        ledger = Ledger(url)
        processes = [
            subprocess.Popen([sys.executable, "-c", BOOK, url, str(number)], stdin=subprocess.PIPE)
            for number in range(3)
        ]
        for process in processes:
            assert process.stdin
            process.stdin.close()  # it waits for this: now all of them book
        for process in processes:
            process.wait()
        bookings = Memory(ledger, "kitchen").bookings()
        ledger.database.close()
    assert [process.returncode for process in processes] == [0] * 3
    assert len(bookings) == 12
    assert len({booking.title.rstrip("!") for booking in bookings}) == 12


def topic(title: str) -> Topic:
    """A topic."""
    return Topic(Brief(title=title, topic=title), "list")


def slot(day: int) -> Slot:
    """A slot of a day in June."""
    at = datetime(2026, 6, day, 18, tzinfo=UTC)
    return Slot(local=at.strftime("%Y-%m-%dT%H:%M"), rule="daily", at=at, due=at - timedelta(hours=6))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_slot_is_remembered_with_all_that_makes_it_again(kind: str, tmp_path: Path) -> None:
    """Its topic as it was, whatever the file says later; states go forward; a made one is never skipped."""
    with database(kind, tmp_path) as url:
        ledger = Ledger(url)
        memory = Memory(ledger, "kitchen")
        booked = memory.book(slot(1), [topic("Why bread goes stale")])
        assert booked is not None
        again = memory.book(slot(1), [topic("Something else")])
        assert again is not None
        assert (booked.is_new, again.is_new, again.brief) == (True, False, booked.brief)
        assert memory.book(slot(2), [topic("WHY BREAD GOES STALE?")]) is None
        assert Memory(ledger, "other").book(slot(1), [topic("Why bread goes stale")]) is not None
        memory.made(slot(1).local, "out/kitchen")
        memory.skip(slot(1), "too late")
        memory.failed(slot(1).local, "too late")
        (kept,) = memory.bookings()
        ledger.database.close()
    assert (kept.state, kept.folder, kept.reason) == ("made", "out/kitchen", "")


def test_what_a_writer_found_is_kept_until_it_is_told(tmp_path: Path) -> None:
    """Paid for once; found again after a crash between finding and booking."""
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    memory = Memory(ledger, "kitchen")
    memory.keep_ideas([topic("Why milk boils over"), topic("Salt that is sweet")])
    memory.keep_ideas([topic("Why milk boils over")])
    titles = {one.brief.title for one in memory.ideas()}
    ledger.database.close()
    assert titles == {"Why milk boils over", "Salt that is sweet"}
