"""The stages of a series: what is due gets its topic, and what became of it is written down."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from prefect.runtime import flow_run

from reelwright.ledger.ledger import Ledger
from reelwright.recipe import Recipe
from reelwright.series.agenda import Item
from reelwright.series.episodes import recipe_for
from reelwright.series.files import SeriesFile
from reelwright.series.memory import Memory
from reelwright.series.prices import price_of
from reelwright.series.production import over_budget, take_up
from reelwright.storyboard import Brief
from reelwright.values import Value
from tasks.stage import stage
from tasks.stored import stored_keys
from tasks.studio import desk, studio
from tasks.terms import buyers


class Due(Value):
    """The slots of a series that are due now, each with its topic."""

    items: tuple[Item, ...]


@stage("book slots", run_name="slots", tags=("series",))
async def book_slots(file: SeriesFile, now: datetime, rules: tuple[str, ...]) -> Due:
    """Return the slots that are due; each that is new gets a topic that was never told."""
    recipe = recipe_for(file, now.astimezone(UTC).date().isoformat())
    paying, run = buyers(0, f"ideas of {file.name}", recipe), str(flow_run.id or "")
    return Due(items=await take_up(studio(), ledger(), file, now, rules=rules, run=run, buyer_of=paying))


async def problems_before(brief: Brief, recipe: Recipe) -> tuple[str, ...]:
    """Say why an episode that was not begun should not be: its plan, its channels, no room under the series' caps."""
    if not recipe.channels and not any(cap is not None for cap in recipe.budget.caps.values()):
        return ()  # its own plan says the rest
    price = await price_of(studio(), brief, recipe, datetime.now(UTC).date(), stored_keys)
    over = await asyncio.to_thread(over_budget, ledger(), recipe, price)
    return (*price.problems, over) if over else price.problems


def ledger() -> Ledger:
    """Return this process's ledger."""
    return desk().ledger


def memory_of(series: str) -> Memory:
    """Return what a series remembers."""
    return Memory(ledger(), series)
