"""Who pays for a stage: asked for each model that it calls, and only when something is bought."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reelwright.catalogue import Entry
from reelwright.recipe import Recipe

if TYPE_CHECKING:
    from reelwright.takes.call import Buyer
    from reelwright.takes.desk import Desk

BuyerOf = Callable[[Entry], "Buyer | None"]
"""Gives who pays at a model; `None`: nobody keeps account."""


def buyers_at(desk: Callable[[], Desk], recipe: Recipe, *, episode: str = "", shot: int = 0, run: str = "") -> BuyerOf:
    """Return who pays at each model, under the recipe's caps; nobody at one that costs nothing.

    Args:
        desk: Gives the desk to buy at; opened when something is bought.
        recipe: Its caps, and what it says of starts without an answer.
        episode: Names the episode's own budget.
        shot: The number of the shot; 0 is the whole episode.
        run: The id of the run that buys, for the account.
    """

    def buyer_of(entry: Entry) -> Buyer | None:
        if entry.is_local:
            return None
        from reelwright.takes.call import Buyer  # noqa: PLC0415 - only who pays loads the ledger
        from reelwright.takes.terms import terms_of  # noqa: PLC0415

        return Buyer(desk(), terms_of(entry, episode, recipe, shot=shot, run=run))

    return buyer_of


def payer_at(entry: Entry, buyer_of: BuyerOf | None) -> Buyer | None:
    """Return who pays at one model; `None`: nobody keeps account."""
    return None if buyer_of is None else buyer_of(entry)
