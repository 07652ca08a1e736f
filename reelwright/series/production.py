"""A run of a series: what is due gets its topic, and what became of each slot is told in one report."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from reelwright.errors import ReelwrightError, money
from reelwright.ledger.ledger import Ledger
from reelwright.ledger.statement import committed_usd
from reelwright.recipe import Recipe
from reelwright.series.agenda import Item, book, forgotten, look
from reelwright.series.files import SeriesFile
from reelwright.series.ideas import new_topics
from reelwright.series.memory import Memory, first_new
from reelwright.series.prices import Price
from reelwright.series.topics import Topic, read_topics
from reelwright.stages.paying import BuyerOf
from reelwright.studio import Studio
from reelwright.values import Usd, Value


class Outcome(Value):
    """What became of a slot."""

    slot: str
    """Its wall time, or a place of the reserve."""
    state: Literal["made", "found", "in review", "not published", "failed", "skipped", "no topic"]
    title: str = ""
    folder: str = ""
    """Where its episode lies."""
    usd: Usd = Decimal(0)
    """What this run paid for it."""
    saved_usd: Usd = Decimal(0)
    channels: dict[str, str] = Field(default_factory=dict)
    """How far it is on each channel."""
    reason: str = ""


class SeriesReport(Value):
    """What a run of a series did."""

    series: str
    slots: tuple[Outcome, ...]
    """In the order of time, the reserve last."""
    usd: Usd
    """What this run paid."""

    @classmethod
    def of(cls, series: str, outcomes: tuple[Outcome, ...]) -> SeriesReport:
        """Return the report of these outcomes."""
        return cls(series=series, slots=outcomes, usd=sum((one.usd for one in outcomes), Decimal(0)))

    def require(self) -> None:
        """Refuse a run that left slots open.

        Raises:
            SeriesIncomplete: with all of them.
        """
        if any(one.state in _OPEN for one in self.slots):
            raise SeriesIncomplete(self.series, tuple(one.model_dump(mode="json") for one in self.slots))


_OPEN = ("failed", "no topic", "not published")


class SeriesIncomplete(ReelwrightError):
    """Some slots of a series have no episode, or it has not gone out. `slots` holds what became of each, as JSON."""

    code = "series_incomplete"
    exit_code = 7

    def __init__(self, series: str, slots: tuple[dict[str, Any], ...]) -> None:
        problems = tuple(_line(slot) for slot in slots if slot["state"] in _OPEN)
        super().__init__(
            f"{len(problems)} of {len(slots)} slots of {series!r} are open: {'; '.join(problems)}",
            hint="Run the series again: what is there is found, what is missing is made, and nothing is paid twice.",
        )
        self.series, self.problems, self.slots = series, problems, slots


def _line(slot: dict[str, Any]) -> str:
    title = f" {slot['title']!r}" if slot["title"] else ""
    return f"{slot['slot']}{title}: {slot['reason'].rstrip('.')}"


async def take_up(
    studio: Studio,
    ledger: Ledger,
    file: SeriesFile,
    now: datetime,
    *,
    rules: Collection[str] = (),
    run: str = "",
    buyer_of: BuyerOf | None = None,
) -> tuple[Item, ...]:
    """Book a topic for each slot that is due and has none; return all that is due.

    Raises:
        SourceError: the topics cannot be read.
        ProviderError: the feed cannot be reached, or the writer found nothing.
    """
    memory = Memory(ledger, file.name)
    for slot in await asyncio.to_thread(forgotten, file.series, memory, now):
        await asyncio.to_thread(memory.release, slot)
    items = await asyncio.to_thread(look, file.series, memory, now, rules)
    topics: tuple[Topic, ...] = ()
    needed = sum(item.needs_topic for item in items)
    if needed:  # a feed that is down stops nobody whose topics are chosen
        topics = await asyncio.to_thread(topics_of, file, memory)
        topics += await _found(studio, file, memory, topics, needed, buyer_of)
    return await asyncio.to_thread(book, memory, items, topics, run=run)


def topics_of(file: SeriesFile, memory: Memory) -> tuple[Topic, ...]:
    """Return the topics that there are, told or not: the file's, and what its writer found before."""
    return (*read_topics(file), *(memory.ideas() if file.series.topics.ideas is not None else ()))


def over_budget(ledger: Ledger, recipe: Recipe, price: Price) -> str:
    """Say which of the series' caps has no room for an episode that was not begun; empty if all have."""
    caps = {scope: cap for scope, cap in recipe.budget.caps.items() if cap is not None}
    used = committed_usd(ledger, tuple(caps)) if caps and price.usd_low else {}
    for scope, spent in used.items():
        if spent + price.usd_low > caps[scope]:
            left = money(max(caps[scope] - spent, Decimal(0)))
            return f"it costs at least {money(price.usd_low)}, and of {scope!r} ({money(caps[scope])}) {left} is left"
    return ""


async def _found(
    studio: Studio, file: SeriesFile, memory: Memory, topics: tuple[Topic, ...], needed: int, buyer_of: BuyerOf | None
) -> tuple[Topic, ...]:
    """Return ideas for as many slots as the topics do not reach for; they are kept before any is booked."""
    if file.series.topics.ideas is None:
        return ()
    told = list(memory.titles())
    left = list(topics)
    ready = 0
    while ready < needed and (topic := first_new(left, told)) is not None:
        told.append(topic.brief.title)
        ready += 1
    if ready == needed:
        return ()
    found = await new_topics(studio, file, needed - ready, told, buyer_of)
    await asyncio.to_thread(memory.keep_ideas, found)
    return found
