"""The plan of a series: dates, topics, prices, and everything that would go wrong, without a word in the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from reelwright.ledger.ledger import Ledger
from reelwright.recipe import Recipe
from reelwright.series.agenda import book, look
from reelwright.series.episodes import brief_for, folder_for, recipe_for
from reelwright.series.files import SeriesFile, read_series
from reelwright.series.forecast import SeriesPlan, forecast
from reelwright.series.memory import Memory
from reelwright.series.prices import Price
from reelwright.series.topics import read_topics
from reelwright.storyboard import Brief

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
SERIES = """title: Kitchen
time_zone: Europe/Berlin
hashtags: [food]
bible:
  voice: Dry and quick.
  look: copper light
  characters: [{name: Nora, description: grey hair, references: [nora.png]}]
  donts: [brand names]
topics:
  list:
    - Why bread goes stale
    - why bread goes stale?
    - {title: Rice, shots: [{prompt: Nora looks at rice.}, {prompt: Rice.}]}
    - Why milk boils over
slots: [{times: ["18:00"]}]
lead_hours: 4
budget: {per_episode_usd: 2, per_day_usd: 1, per_month_usd: 3}
recipe: {writer: some-writer}
"""


@pytest.fixture
def file(tmp_path: Path) -> SeriesFile:
    """A series with three topics and one that repeats another."""
    (tmp_path / "nora.png").write_bytes(b"a picture")
    (tmp_path / "kitchen.yaml").write_text(SERIES, "utf-8")
    return read_series(tmp_path / "kitchen.yaml")


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    """What the series remembers: nothing."""
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield Memory(ledger, "kitchen")
    ledger.database.close()


async def price(brief: Brief, recipe: Recipe) -> Price:
    """What Rice costs is known, the others' prices are estimates."""
    assert recipe.budget.series == "kitchen"
    if brief.shots:
        return Price(usd_low=Decimal("0.40"), usd_high=Decimal("1.20"))
    return Price(usd_low=Decimal(1), usd_high=Decimal(1), is_estimate=True)


def plan(file: SeriesFile, memory: Memory, days: int = 4) -> SeriesPlan:
    """Plan from the first of June on."""
    return asyncio.run(forecast(file, memory, read_topics(file), NOW, days, price))


def test_the_plan_has_dates_topics_and_prices(file: SeriesFile, memory: Memory) -> None:
    """What repeats is left out and said; so is what goes over a budget, and a slot that no topic is left for."""
    made = plan(file, memory)
    assert [(slot.slot, slot.title, slot.state) for slot in made.slots] == [
        ("2026-06-01T18:00", "Why bread goes stale", "planned"),
        ("2026-06-02T18:00", "Rice", "planned"),
        ("2026-06-03T18:00", "Why milk boils over", "planned"),
        ("2026-06-04T18:00", "", "no topic"),
    ]
    assert (made.usd_low, made.usd_high, made.topics_left) == (Decimal("2.40"), Decimal("3.20"), 0)
    assert made.problems == ("the topics have run out: none is left for 2026-06-04T18:00",)
    assert [warning.split(" (")[0] for warning in made.warnings] == [
        "'why bread goes stale?'",
        "2026-06-02 may cost $1.20, and the budget is $1.00 a day",
        "2026-06 may cost $3.20, and the budget is $3.00 a month",
    ]
    assert memory.bookings() == ()


def test_the_plan_keeps_to_what_is_booked_and_made(file: SeriesFile, memory: Memory) -> None:
    """A made slot costs nothing more; a booked one keeps its topic, though the file has changed."""
    noon = NOW.replace(hour=13)
    book(memory, look(file.series, memory, noon), read_topics(file)[2:])
    assert [slot.title for slot in plan(file, memory, 2).slots] == ["Rice", "Why bread goes stale"]
    memory.made("2026-06-01T18:00", "out")
    made = plan(file, memory, 2)
    assert [(slot.state, slot.price.usd_high) for slot in made.slots] == [("made", 0), ("planned", 1)]
    assert made.usd_high == 1


def test_every_episode_has_what_the_bible_says(file: SeriesFile) -> None:
    """Look, people where they are named, hashtags; the writer is told how the show speaks."""
    bread, _, rice, _ = read_topics(file)
    told = brief_for(file, bread.brief)
    assert told.topic.splitlines() == [
        "Why bread goes stale",
        "How the show speaks: Dry and quick.",
        "Never: brand names",
    ]
    drawn = brief_for(file, rice.brief)
    assert [shot.characters for shot in drawn.shots] == [("Nora",), ()]
    assert drawn.characters[0].references == (str(file.folder.resolve() / "nora.png"),)
    assert drawn.hashtags == ("food",)
    recipe = recipe_for(file, "2026-06-02")
    assert (recipe.look.style, recipe.budget.per_episode_usd) == ("copper light", 2)
    assert recipe.budget.caps == {"series kitchen on 2026-06-02": 1, "series kitchen in 2026-06": 3}


def test_each_slot_has_a_folder_that_every_system_takes(file: SeriesFile) -> None:
    """No colon, and the series' name above."""
    assert folder_for(file, "2026-06-02T18:00", "out") == "out/kitchen/2026-06-02-1800"
