"""On what terms this run buys: its purpose, and the caps that it counts under."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from prefect.runtime import flow_run

from reelwright.catalogue import Entry
from reelwright.ledger.values import Purpose
from reelwright.recipe import Recipe
from reelwright.takes.values import Terms
from tasks.studio import desk

if TYPE_CHECKING:
    from reelwright.takes.call import Buyer


def terms_for(number: int, entry: Entry, episode: str, recipe: Recipe, *, fresh: bool = False) -> Terms:
    """Return the terms for one model and one shot; `episode` names the episode's own budget."""
    today = datetime.now(UTC).date().isoformat()
    budget = recipe.budget
    caps = {
        f"episode {episode}": budget.per_episode_usd,
        f"day {today}": budget.per_day_usd,
        f"model {entry.name} on {today}": budget.per_model_usd.get(entry.name),
        **budget.caps,
    }
    purpose = Purpose(
        episode=episode,
        series=budget.series,
        run=str(flow_run.id or ""),
        shot=number,
        caps={scope: cap for scope, cap in caps.items() if cap is not None},
        scopes=tuple(caps),
    )
    return Terms(purpose=purpose, on_suspect=recipe.on_suspect, fresh=fresh)


def buyer_for(number: int, entry: Entry, episode: str, recipe: Recipe) -> Buyer | None:
    """Return who pays for a call; nobody for a model that costs nothing."""
    if entry.is_local:
        return None
    from reelwright.takes.call import Buyer  # noqa: PLC0415 - only who pays loads the ledger

    return Buyer(desk(), terms_for(number, entry, episode, recipe))
