"""On what terms this run buys."""

from __future__ import annotations

from prefect.runtime import flow_run

from reelwright.catalogue import Entry
from reelwright.recipe import Recipe
from reelwright.stages.paying import BuyerOf, buyers_at
from reelwright.takes.terms import terms_of
from reelwright.takes.values import Terms
from tasks.studio import desk


def terms_for(number: int, entry: Entry, episode: str, recipe: Recipe, *, fresh: bool = False) -> Terms:
    """Return the terms for one model and one shot; `episode` names the episode's own budget."""
    return terms_of(entry, episode, recipe, shot=number, run=str(flow_run.id or ""), fresh=fresh)


def buyers(number: int, episode: str, recipe: Recipe) -> BuyerOf:
    """Return who pays at each model for one shot; nobody at one that costs nothing."""
    return buyers_at(desk, recipe, episode=episode, shot=number, run=str(flow_run.id or ""))
