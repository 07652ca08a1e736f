"""A series that lives on its writer's ideas: as many as slots need, asked for once, none that was told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reelwright.errors import InvalidInput
from reelwright.ledger.ledger import Ledger
from reelwright.series.agenda import Item
from reelwright.series.files import SeriesFile, read_series
from reelwright.series.memory import Memory
from reelwright.series.production import take_up
from reelwright.studio import Studio
from reelwright.testing.servers.openai import KEY
from reelwright.testing.servers.openai_text import MODEL, OpenAiText

SERIES = """title: Kitchen
time_zone: UTC
bible: {donts: [brand names]}
topics: {ideas: kitchen science}
slots: [{times: ["14:00", "18:00"]}]
lead_hours: 8
"""
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def author(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAiText]:
    """A writer."""
    monkeypatch.setenv("AUTHOR_KEY", KEY)
    with OpenAiText() as running:
        yield running


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    made = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield made
    made.database.close()


def read(folder: Path, recipe: str = "") -> SeriesFile:
    """Write the series, and read it."""
    (folder / "kitchen.yaml").write_text(SERIES + recipe, "utf-8")
    return read_series(folder / "kitchen.yaml")


def written_by(author: OpenAiText) -> str:
    """The recipe that names the writer."""
    entry = f"name: author, protocol: openai-responses, base_url: '{author.base_url}', model: {MODEL}"
    return f"recipe: {{writer: {{{entry}, api_key: {{env: AUTHOR_KEY}}}}}}\n"


def ideas(*titles: str) -> dict[str, object]:
    """An answer."""
    return {"ideas": [{"title": title, "topic": f"The story: {title}"} for title in titles]}


def taken(studio: Studio, ledger: Ledger, file: SeriesFile, now: datetime) -> list[str]:
    """The titles of what is due."""
    items: tuple[Item, ...] = asyncio.run(take_up(studio, ledger, file, now))
    return [item.booking.title for item in items if item.booking]


def test_ideas_are_found_for_the_slots_that_need_them(
    studio: Studio, ledger: Ledger, author: OpenAiText, tmp_path: Path
) -> None:
    """A re-run asks nobody; the next day's question tells what was told, and what repeats it is not taken."""
    file = read(tmp_path, written_by(author))
    author.say(ideas("Why milk boils over", "Salt that is sweet", "The egg that spins"))
    assert taken(studio, ledger, file, NOON) == ["Why milk boils over", "Salt that is sweet"]
    assert taken(studio, ledger, file, NOON) == ["Why milk boils over", "Salt that is sweet"]
    assert len(author.calls) == 1
    for booking in Memory(ledger, "kitchen").bookings():
        Memory(ledger, "kitchen").made(booking.slot, "out")
    author.say(ideas("Why the milk boils over", "Onions that glow", "Rice that sings"))
    assert taken(studio, ledger, file, NOON.replace(day=2))[-2:] == ["Onions that glow", "Rice that sings"]
    asked = str(author.calls[-1])
    assert "- Salt that is sweet" in asked
    assert "Never: brand names" in asked


def test_without_a_writer_there_are_no_ideas(studio: Studio, ledger: Ledger, tmp_path: Path) -> None:
    """It says what to do, and books nothing."""
    with pytest.raises(InvalidInput, match="lives on a writer's ideas, and its recipe names no writer"):
        taken(studio, ledger, read(tmp_path), NOON)
    assert Memory(ledger, "kitchen").bookings() == ()
