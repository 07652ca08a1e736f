"""Slots on the clock on the wall: each once, whatever the clocks do."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from reelwright.series.slots import Slot, slots_between
from reelwright.series.values import Series


def series(*rules: dict[str, object], zone: str = "Europe/Berlin", lead_hours: int = 0) -> Series:
    """A series with these rules."""
    return Series.model_validate(
        {
            "title": "Bread",
            "topics": {"list": ["Why bread goes stale"]},
            "time_zone": zone,
            "slots": list(rules),
            "lead_hours": lead_hours,
        }
    )


def day_of(made: Series, year: int, month: int, day: int) -> dict[str, str]:
    """The slots of a local day: their names and when they come, on the wall."""
    zone = ZoneInfo(made.time_zone)
    start = datetime(year, month, day, tzinfo=zone)
    end = datetime(year, month, day, tzinfo=zone) + timedelta(days=1)
    return {slot.local: slot.at.astimezone(zone).isoformat() for slot in slots_between(made, start, end)}


def test_a_time_that_clocks_leap_over_comes_as_much_later() -> None:
    """On the last Sunday of March there is no half past two in Berlin."""
    assert day_of(series({"times": ["02:30", "18:00"]}), 2026, 3, 29) == {
        "2026-03-29T02:30": "2026-03-29T03:30:00+02:00",
        "2026-03-29T18:00": "2026-03-29T18:00:00+02:00",
    }


def test_a_time_that_comes_twice_happens_once_the_first_time() -> None:
    """On the last Sunday of October half past two comes twice."""
    assert day_of(series({"times": ["02:30"]}), 2026, 10, 25) == {"2026-10-25T02:30": "2026-10-25T02:30:00+02:00"}


def test_a_day_that_an_island_left_out_has_its_slots_a_day_later() -> None:
    """Samoa had no 30 December 2011."""
    made = series({"times": ["12:00"]}, zone="Pacific/Apia")
    found = slots_between(made, datetime(2011, 12, 29, tzinfo=UTC), datetime(2011, 12, 31, 12, tzinfo=UTC))
    assert [slot.local for slot in found] == ["2011-12-29T12:00", "2011-12-30T12:00", "2011-12-31T12:00"]
    assert [slot.at for slot in found] == sorted(slot.at for slot in found)


def test_the_lead_is_by_the_clock_on_the_wall() -> None:
    """A cron that fires every evening at six finds tomorrow's six o'clock due, also across a change of the clocks."""
    made = series({"times": ["18:00"]}, lead_hours=24)
    days = ((2026, 3, 29), (2026, 10, 25), (2026, 7, 2))
    for year, month, day in days:
        zone = ZoneInfo("Europe/Berlin")
        (slot,) = slots_between(
            made, datetime(year, month, day, tzinfo=zone), datetime(year, month, day, 23, tzinfo=zone)
        )
        assert slot.due.astimezone(zone).isoformat()[:16] == f"{year}-{month:02}-{day - 1:02}T18:00"


def test_rules_have_days_and_the_first_one_owns_a_time() -> None:
    """Weekdays early and late, the weekend at noon; a time named twice is one slot."""
    made = series(
        {"name": "weekdays", "days": ["mon", "tue", "wed", "thu", "fri"], "times": ["07:30", "18:00"]},
        {"name": "weekend", "days": ["sat", "sun"], "times": ["12:00"]},
        {"name": "again", "times": ["18:00"]},
    )
    week = slots_between(made, datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 8, tzinfo=UTC))
    assert Counter(slot.rule for slot in week) == {"weekdays": 10, "weekend": 2, "again": 2}
    only = slots_between(made, datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 8, tzinfo=UTC), {"weekend"})
    assert {slot.local[:10] for slot in only} == {"2026-06-06", "2026-06-07"}


ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
)


@given(
    zone=some.sampled_from(ZONES),
    start=some.integers(1_100_000_000, 2_050_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    cuts=some.lists(some.integers(1, 96), min_size=1, max_size=6),
)
def test_looking_in_pieces_finds_what_looking_at_once_finds(zone: str, start: datetime, cuts: list[int]) -> None:
    """However often it is looked, each slot stands in one piece: none is lost at a border, none comes twice."""
    made = series({"times": ["00:00", "02:30", "23:45"]}, zone=zone)
    pieces: list[Slot] = []
    at = start
    for hours in cuts:
        pieces += slots_between(made, at, at + timedelta(hours=hours))
        at += timedelta(hours=hours)
    assert [slot.local for slot in pieces] == [slot.local for slot in slots_between(made, start, at)]
    assert len({slot.local for slot in pieces}) == len(pieces)


def test_a_zone_that_is_none_is_refused() -> None:
    """With what was expected."""
    with pytest.raises(ValueError, match="IANA time zone such as Europe/Berlin"):
        series({"times": ["12:00"]}, zone="Europe/Berlim")
