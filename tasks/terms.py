"""On what terms this run buys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefect.runtime import flow_run

from reelwright.catalogue import Entry
from reelwright.recipe import Recipe
from reelwright.takes.terms import terms_of
from reelwright.takes.values import Terms
from tasks.studio import desk

if TYPE_CHECKING:
    from reelwright.takes.call import Buyer


def terms_for(number: int, entry: Entry, episode: str, recipe: Recipe, *, fresh: bool = False) -> Terms:
    """Return the terms for one model and one shot; `episode` names the episode's own budget."""
    return terms_of(entry, episode, recipe, shot=number, run=str(flow_run.id or ""), fresh=fresh)


def buyer_for(number: int, entry: Entry, episode: str, recipe: Recipe) -> Buyer | None:
    """Return who pays for a call; nobody for a model that costs nothing."""
    if entry.is_local:
        return None
    from reelwright.takes.call import Buyer  # noqa: PLC0415 - only who pays loads the ledger

    return Buyer(desk(), terms_for(number, entry, episode, recipe))
