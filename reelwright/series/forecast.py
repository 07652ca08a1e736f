"""The plan of a series: dates, topics and prices of the days to come. Books nothing and spends nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from reelwright.alike import Told
from reelwright.credentials import KeySource, nothing_stored
from reelwright.errors import money
from reelwright.recipe import Recipe
from reelwright.series.agenda import look
from reelwright.series.episodes import brief_for, recipe_for
from reelwright.series.files import SeriesFile
from reelwright.series.memory import Booking, Memory
from reelwright.series.prices import Price
from reelwright.series.slots import Slot, slots_between
from reelwright.series.topics import Topic
from reelwright.storyboard import Brief
from reelwright.values import Usd, Value

Pricing = Callable[[Brief, Recipe], Awaitable[Price]]


class PlannedSlot(Value):
    """One slot of the plan."""

    slot: str
    """Its wall time, as `2026-11-21T18:00`."""
    at: datetime
    due: datetime
    rule: str
    state: Literal["made", "booked", "failed", "planned", "an idea", "no topic", "skipped"]
    """`booked` has its topic for good, `planned` has the one it would get now."""
    title: str
    source: str
    price: Price


class SeriesPlan(Value):
    """The plan of a series."""

    series: str
    title: str
    time_zone: str
    active: bool
    slots: tuple[PlannedSlot, ...]
    usd_low: Usd
    usd_high: Usd
    """What is not made yet, if every model but the last failed and was billed all the same."""
    topics_left: int | None
    """How many topics are left after these slots; nothing where a writer finds them."""
    problems: tuple[str, ...]
    """Why slots of it cannot be made."""
    warnings: tuple[str, ...]


async def forecast(
    file: SeriesFile,
    memory: Memory,
    topics: Sequence[Topic],
    now: datetime,
    days: int,
    price: Pricing,
    stored: KeySource = nothing_stored,
) -> SeriesPlan:
    """Plan the slots of the next `days`, and what is due or late now; `stored` has channels that are stored."""
    series = file.series
    late = [item.slot for item in look(series, memory, now) if item.slot is not None and item.verdict != "left_out"]
    coming = slots_between(series, now, now + timedelta(days=days))
    slots = sorted({slot.local: slot for slot in (*late, *coming)}.values(), key=lambda slot: (slot.at, slot.local))
    known = {booking.slot: booking for booking in memory.bookings()}
    told = Told(memory.titles())
    fresh, repeated = _fresh(topics, memory.titles())
    planned = []
    for slot in slots:
        booking = known.get(slot.local)
        topic = None
        if booking is None:
            topic = next((one for one in fresh if told.like(one.brief.title) is None), None)
        if topic is not None:
            told.add(topic.brief.title)
            fresh.remove(topic)
        planned.append(await _planned(file, slot, booking, topic, price, stored))
    open_slots = [slot for slot in planned if slot.state not in {"made", "skipped"}]
    return SeriesPlan(
        series=file.name,
        title=series.title,
        time_zone=series.time_zone,
        active=series.active,
        slots=tuple(planned),
        usd_low=sum((slot.price.usd_low for slot in open_slots), Decimal(0)),
        usd_high=sum((slot.price.usd_high for slot in open_slots), Decimal(0)),
        topics_left=None if series.topics.ideas is not None else len(fresh),
        problems=tuple(_problems(planned)),
        warnings=(*repeated, *_over_budget(file, open_slots), *_warnings(open_slots)),
    )


def repetitions(topics: Sequence[Topic]) -> tuple[str, ...]:
    """Return which topics repeat an earlier one of them, in sentences: those are never told."""
    return _fresh(topics, ())[1]


def _fresh(topics: Sequence[Topic], told: Sequence[str]) -> tuple[list[Topic], tuple[str, ...]]:
    """Return the topics that repeat nothing told nor each other, and what of the others is worth a word."""
    titles, fresh, repeated = Told(told), [], []
    done = set(told)
    for topic in topics:
        title = topic.brief.title
        like = titles.like(title)
        if like is None:
            titles.add(title)
            fresh.append(topic)
        elif title not in done:  # what was told as it stands needs no word
            repeated.append(f"{title!r} ({topic.source}) is left out: it is nearly {like!r}")
        elif like == title and title in {one.brief.title for one in fresh}:
            repeated.append(f"{title!r} ({topic.source}) is there twice")
    return fresh, tuple(repeated)


async def _planned(
    file: SeriesFile, slot: Slot, booking: Booking | None, topic: Topic | None, price: Pricing, stored: KeySource
) -> PlannedSlot:
    ideas = file.series.topics.ideas
    brief = booking.brief if booking else topic.brief if topic else None
    if brief is None and booking is None and ideas is not None:
        brief = Brief(title=file.series.title, topic=ideas, language=file.series.language)
    cost = Price()
    if brief is not None and not (booking and booking.state == "made"):
        cost = await price(brief_for(file, brief), recipe_for(file, slot.day, slot.at, stored=stored))
    state = booking.state if booking else "planned" if topic else "an idea" if ideas is not None else "no topic"
    return PlannedSlot(
        slot=slot.local,
        at=slot.at,
        due=slot.due,
        rule=slot.rule,
        state=state,
        title=booking.title if booking else topic.brief.title if topic else "",
        source=booking.source if booking else topic.source if topic else "",
        price=cost,
    )


def _problems(planned: Sequence[PlannedSlot]) -> list[str]:
    lacking = [slot.slot for slot in planned if slot.state == "no topic"]
    told = {problem: slot for slot in reversed(planned) for problem in slot.price.problems}
    problems = [f"{slot.slot} {slot.title!r}: {problem}" for problem, slot in reversed(told.items())]
    if lacking:
        problems.append(f"the topics have run out: none is left for {lacking[0]}{_and_more(len(lacking) - 1)}")
    return problems


def _and_more(number: int) -> str:
    return f" and {number} more" if number > 0 else ""


def _warnings(planned: Sequence[PlannedSlot]) -> list[str]:
    return list(dict.fromkeys(warning for slot in planned for warning in slot.price.warnings))


def _over_budget(file: SeriesFile, planned: Sequence[PlannedSlot]) -> list[str]:
    budget = file.series.budget
    found = []
    for cap, length, word in ((budget.per_day_usd, 10, "day"), (budget.per_month_usd, 7, "month")):
        sums: dict[str, Decimal] = {}
        for slot in planned:
            sums[slot.slot[:length]] = sums.get(slot.slot[:length], Decimal(0)) + slot.price.usd_high
        over = {when: usd for when, usd in sums.items() if cap is not None and usd > cap}
        found += [
            f"{when} may cost {money(usd)}, and the budget is {money(cap or Decimal(0))} a {word}"
            for when, usd in over.items()
        ]
    return found
