"""What has become of a publication: read, proved, and written down. Nothing here sends anything."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from reelwright.publishing.contract import (
    Absent,
    Channel,
    ChannelRefused,
    Outcome,
    Processing,
    Published,
    Refused,
    Unclear,
    Unfinished,
)
from reelwright.publishing.rows import Rows
from reelwright.publishing.rules import LATER, RefusalKind
from reelwright.publishing.values import Publication

_BUSY_SECONDS = (2.0, 3600.0)
_QUOTA_SECONDS = 3600.0
_MOST_TRIES = 40
_STILL_WORKING = timedelta(minutes=10)


async def read_outcome(channel: Channel, publication: Publication) -> Outcome:
    """Ask the platform: the handle first, then our marker.

    Raises:
        ChannelRefused: the platform does not let itself be asked now.
    """
    rules, found = channel.rules, None
    if publication.handle is not None:
        found = await channel.look(publication.handle, publication.post)
        if not isinstance(found, Unclear):
            return found
    elif publication.calling is None and publication.state != "unknown":
        return Absent(proof="the platform has been told nothing")
    if rules.find == "cannot":
        return found or Unclear(reason=f"{rules.title} cannot be asked for a post whose handle was lost")
    listed = await channel.find(publication.post, since=publication.created_at)
    if isinstance(listed, Absent) and rules.find != "proves":
        return Unclear(reason=f"{listed.proof}; that proves nothing at {rules.title}")
    return listed


async def duplicate(channel: Channel, publication: Publication, refused: Refused) -> Outcome:
    """Return what a platform has that says it has this post already: ours, or its refusal."""
    if channel.rules.find == "cannot":
        return refused
    try:
        found = await channel.find(publication.post, since=publication.created_at)
    except ChannelRefused:
        return refused
    return found if isinstance(found, Published) else refused


async def settle(rows: Rows, channel: Channel, publication: Publication) -> Publication:
    """Read what has become of a held publication and write it down; see `apply`."""
    try:
        outcome = await read_outcome(channel, publication)
    except ChannelRefused as error:
        return await asyncio.to_thread(_not_told, rows, publication, error.refused)
    return await asyncio.to_thread(apply, rows, channel, publication, outcome)


def apply(rows: Rows, channel: Channel, publication: Publication, outcome: Outcome) -> Publication:
    """Write down what was read, and what follows from it."""
    match outcome:
        case Published():
            return rows.published(publication, outcome)
        case Processing():
            return _processing(rows, publication, outcome)
        case Unfinished(waits_for="submit") if publication.state == "submitted" and publication.calling is None:
            # It has taken the call and does not show it yet: never ask twice for a post.
            return _processing(rows, publication, Processing(note="it has taken the post and does not show it yet"))
        case Unfinished():
            return _unfinished(rows, channel, publication, outcome)
        case Absent():
            return _again(rows, publication, outcome.proof)
        case Refused(kind=RefusalKind.EXPIRED):
            return _again(rows, publication, outcome.reason)
        case Refused(kind=kind) if kind in LATER:
            return later(rows, publication, outcome)
        case Refused():
            return rows.failed(publication, outcome)
        case Unclear():
            return _unclear(rows, channel, publication, outcome)


def later(rows: Rows, publication: Publication, refused: Refused) -> Publication:
    """Let a publication rest as the platform wishes, longer each time; give up after many times."""
    if publication.tries >= _MOST_TRIES and publication.calling is None:
        return rows.failed(publication, refused)
    shortest, longest = _BUSY_SECONDS
    seconds = refused.retry_after_seconds
    if seconds is None:
        seconds = _QUOTA_SECONDS if refused.kind is RefusalKind.QUOTA else min(shortest**publication.tries, longest)
    return rows.waiting(publication, datetime.now(UTC) + timedelta(seconds=seconds), refused.reason)


def still_working(rows: Rows, publication: Publication) -> Publication:
    """Let a publication rest that the platform takes long over; at last a person shall look."""
    if publication.tries >= _MOST_TRIES:
        return rows.unknown(publication, "the platform does not come to an end", "Look at the account.")
    return rows.waiting(publication, datetime.now(UTC) + _STILL_WORKING, "the platform still works on it")


def _not_told(rows: Rows, publication: Publication, refused: Refused) -> Publication:
    """Note that the platform did not let itself be asked: what cannot be read is not guessed."""
    if refused.kind in LATER and publication.state != "unknown":
        return later(rows, publication, refused)
    if publication.calling is not None or publication.state in {"submitted", "unknown"}:
        return rows.unknown(publication, f"it cannot be asked for: {refused.reason}", refused.person_should)
    return rows.failed(publication, refused)


def _processing(rows: Rows, publication: Publication, outcome: Processing) -> Publication:
    is_final = publication.calling is not None or publication.state in {"submitted", "unknown"}
    state = "submitted" if is_final else publication.state
    return rows.moved(publication, state, publication.handle, outcome, progressed=False)


def _unfinished(rows: Rows, channel: Channel, publication: Publication, outcome: Unfinished) -> Publication:
    handle = publication.handle
    if publication.calling is not None and publication.called_at is not None:
        settled = publication.called_at + timedelta(seconds=channel.rules.settle_seconds)
        if settled > datetime.now(UTC):
            return rows.waiting(publication, settled, "the answer was lost; the platform may not show yet what came")
    before = handle.sent_bytes if handle else 0
    if handle is not None:
        handle = handle.model_copy(update={"sent_bytes": outcome.received_bytes or before})
    state = "bytes" if outcome.waits_for == "submit" else "session"
    progressed = outcome.received_bytes > before
    moved = rows.moved(publication, state, handle, outcome, progressed=progressed)
    if progressed or publication.calling is None:
        return moved
    # Sent in vain: not at once again.
    busy = Refused(kind=RefusalKind.BUSY, reason="the connection broke before anything arrived", person_should="")
    return later(rows, moved, busy)


def _again(rows: Rows, publication: Publication, proof: str) -> Publication:
    if publication.tries >= _MOST_TRIES:
        kept = Refused(kind=RefusalKind.UNKNOWN, reason=proof, person_should="Look at the account; then publish again.")
        return rows.failed(publication, kept)
    return rows.begin_again(publication, proof)


def _unclear(rows: Rows, channel: Channel, publication: Publication, outcome: Unclear) -> Publication:
    if publication.calling is not None and publication.calling in channel.rules.repeatable:
        # The platform itself takes a repeat for the same post.
        moved = rows.moved(publication, publication.state, publication.handle, outcome, progressed=False)
        return later(rows, moved, Refused(kind=RefusalKind.BUSY, reason=outcome.reason, person_should=""))
    candidates = f" It may be: {', '.join(outcome.candidates)}." if outcome.candidates else ""
    person_should = (
        f"Look at {channel.rules.title} for {publication.post.title or publication.episode!r}.{candidates} Then tell:"
        f" reelwright reconcile {publication.id} --published ADDRESS, or --not-published."
    )
    return rows.unknown(publication, outcome.reason, person_should, outcome)
