"""Buying in a studio to try a part in: through the ledger, as a flow does."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from reelwright.catalogue import Entry
from reelwright.ledger.statement import ChargeLine, list_charges
from reelwright.ledger.values import Purpose
from reelwright.models.video.contract import VideoRequest
from reelwright.studio import Studio
from reelwright.takes.buy import buy
from reelwright.takes.desk import Desk
from reelwright.takes.values import Clip, Terms


def bought(studio: Studio, entry: Entry, request: VideoRequest, usd: Decimal) -> Clip:
    """Buy a clip; see `Trial.buy`.

    Raises:
        ReelwrightError: what the take raises.
    """
    terms = Terms(purpose=Purpose(episode="trial", caps={"episode trial": usd}))
    desk = Desk(studio)
    try:
        return asyncio.run(buy(desk, entry, request, terms))
    finally:
        desk.ledger.database.close()


def charges(studio: Studio) -> tuple[ChargeLine, ...]:
    """Return the ledger's account; see `Trial.charges`."""
    desk = Desk(studio)
    try:
        return list_charges(desk.ledger)
    finally:
        desk.ledger.database.close()
