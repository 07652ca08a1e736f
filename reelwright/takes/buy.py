"""The three steps of a take in one call: started, waited for, collected, whoever else asks for the same."""

from __future__ import annotations

from reelwright.catalogue import Entry
from reelwright.fit import Fit
from reelwright.models.video.contract import VideoRequest
from reelwright.recipe import Recipe
from reelwright.takes.collect import collect
from reelwright.takes.desk import Desk
from reelwright.takes.start import start
from reelwright.takes.values import Clip, Terms
from reelwright.takes.wait import wait


async def buy(
    desk: Desk,
    entry: Entry,
    request: VideoRequest,
    terms: Terms,
    recipe: Recipe | None = None,
    fill: Fit | None = None,
) -> Clip:
    """Return the clip of one take, paid once; `recipe` and `fill` say what it is held against, see `collect`.

    Raises:
        TakeFailed: the model refused, its job failed, or our checks rejected the clip.
        BudgetExceeded: a cap would be passed; nothing was started.
        StorageError: the ledger or the vault cannot be used.
    """
    take = await start(desk, entry, request, terms)
    ready = await wait(desk, take)
    while ready is None:  # another process had it, and gave it up
        take = await start(desk, entry, request, terms, holder=take.holder)
        ready = await wait(desk, take)
    return await collect(desk, ready, recipe, fill)
