"""Reconcile: read what became of what nobody knows, prove it, write it down. Sends nothing, guesses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from reelwright.errors import InvalidInput, ReelwrightError
from reelwright.ledger.owner import new_holder
from reelwright.publishing import reading
from reelwright.publishing.contract import Channel, ChannelEntry, Published
from reelwright.publishing.desk import PublishingDesk, place_of
from reelwright.publishing.listing import list_publications
from reelwright.publishing.values import LIVE, Publication
from reelwright.values import Value

_READ = (*LIVE, "unknown")


class Reconciled(Value):
    """What reading came to for one publication."""

    publication: int
    """Its number in the ledger."""
    episode: str
    """The episode's own name."""
    channel: str
    """The channel's name."""
    before: str
    """Its state before."""
    after: str
    """Its state now."""
    url: str = ""
    """Where people see it; empty: nowhere."""
    said: str = ""
    """What was proved, or why nothing could be."""


async def reconcile(desk: PublishingDesk, entries: Sequence[ChannelEntry] = ()) -> tuple[Reconciled, ...]:
    """Read every publication that is unknown, or on its way with nobody at work on it.

    `entries` names some channels only, as they are named now; without any, each is read as the ledger has kept it.
    """
    lines = await asyncio.to_thread(list_publications, desk.database, states=_READ)
    named = {entry.called: entry for entry in entries}
    wanted = [line for line in reversed(lines) if not named or line.channel in named]
    told = [await _read_one(desk, line.publication, named.get(line.channel)) for line in wanted]
    return tuple(one for one in told if one is not None)


def settle_by_hand(desk: PublishingDesk, publication: int, *, url: str | None) -> Reconciled:
    """Write down what a person has seen: the post's address, or `None` that there is none.

    Raises:
        InvalidInput: the publication is not unknown.
        StorageError: there is no such publication.
    """
    holder = new_holder()
    found = desk.rows.read(publication)
    if found.state != "unknown":
        raise InvalidInput(
            f"Publication {publication} is {found.state}, not unknown.", hint="See: reelwright publications"
        )
    held = desk.rows.hold(found, holder=holder)
    if url is not None:
        seen = Published(remote_id=held.remote_id or url, url=url, at=datetime.now(UTC), note="")
        return _told(held, desk.rows.published(held, seen), "a person has seen it")
    after = desk.rows.begin_again(held, "a person has looked: it is not there")
    desk.rows.let_be(after)
    return _told(held, after, "a person has looked: it is not there. `reelwright publish` sends it")


async def _read_one(desk: PublishingDesk, publication: int, entry: ChannelEntry | None) -> Reconciled | None:
    found = await asyncio.to_thread(desk.rows.read, publication)
    entry = entry or found.entry
    if entry is None:
        return _told(found, found, "the ledger does not say how the channel was named")
    try:
        channel = desk.channel(entry)
    except ReelwrightError as error:
        return _told(found, found, str(error))
    try:
        if place_of(channel) != found.place:
            return _told(found, found, f"{found.channel!r} is another account now: sign in to {found.place!r}")
        return await _read(desk, channel, found)
    finally:
        await channel.aclose()


async def _read(desk: PublishingDesk, channel: Channel, found: Publication) -> Reconciled | None:
    held = await asyncio.to_thread(desk.rows.hold, found, holder=new_holder())
    if not held.mine or (held.state not in _READ):
        return None  # a process is at work on it, or it has ended meanwhile
    try:
        after = await reading.settle(desk.rows, channel, held)
    except ReelwrightError as error:
        await asyncio.to_thread(desk.rows.let_be, held)
        return _told(held, held, str(error))
    await asyncio.to_thread(desk.rows.let_be, after)
    proof = getattr(after.outcome, "proof", "") or after.reason
    return _told(held, after, proof)


def _told(before: Publication, after: Publication, said: str) -> Reconciled:
    return Reconciled(
        publication=after.id,
        episode=after.episode,
        channel=after.channel,
        before=before.state,
        after=after.state,
        url=after.url,
        said=said,
    )
