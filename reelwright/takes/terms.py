"""On what terms something is bought: its purpose, and the caps that it counts under."""

from __future__ import annotations

from datetime import UTC, datetime

from reelwright.catalogue import Entry
from reelwright.ledger.values import Purpose
from reelwright.recipe import Recipe
from reelwright.takes.values import Terms


def terms_of(entry: Entry, episode: str, recipe: Recipe, *, shot: int = 0, run: str = "", fresh: bool = False) -> Terms:
    """Return a recipe's terms for one model.

    Args:
        entry: The model.
        episode: Names the episode's own budget.
        recipe: Its caps, and what it says of starts without an answer.
        shot: The number of the shot; 0 is the whole episode.
        run: The id of the run that buys, for the account.
        fresh: Buy another clip even if there is one.
    """
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
        run=run,
        shot=shot,
        caps={scope: cap for scope, cap in caps.items() if cap is not None},
        scopes=tuple(caps),
    )
    return Terms(purpose=purpose, on_suspect=recipe.on_suspect, fresh=fresh)
