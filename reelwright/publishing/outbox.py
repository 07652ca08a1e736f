"""The outbox: an episode goes out once. Each step commits before the next; what is unknown is read, never repeated."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from reelwright.errors import PlanRefused
from reelwright.ledger.owner import new_holder
from reelwright.publishing import quotas, reading
from reelwright.publishing.contract import (
    Channel,
    ChannelEntry,
    ChannelRefused,
    Handle,
    Outcome,
    OutcomeUnknown,
    Post,
    PostOptions,
    Processing,
    Refused,
    Release,
    Unfinished,
)
from reelwright.publishing.desk import PublishingDesk, place_of
from reelwright.publishing.fitting import marker_of
from reelwright.publishing.rows import LostPublication
from reelwright.publishing.rules import Call, ChannelRules, RefusalKind
from reelwright.publishing.values import Publication, State

Told = Callable[[str, float | None], None]
"""Hears what is done now, and the share of the bytes (0 to 1) while they go."""

_AFTER: dict[Call, State] = {"open": "session", "upload": "bytes", "submit": "submitted"}
_ORDER: tuple[State, ...] = ("intent", "session", "bytes", "submitted")
PATIENCE_SECONDS = 90.0
"""Waits up to this long are slept through here; longer ones are the caller's to schedule."""
WORKING_SECONDS = 1800.0
"""How long a platform may work on a video before the run lets go of it."""


@dataclass(frozen=True)
class Errand:
    """A publication that this process brings on."""

    desk: PublishingDesk
    channel: Channel
    release: Release
    entry: ChannelEntry | None = None
    """How the channel is named, kept so that another process can read what became of the post."""
    holder: str = field(default_factory=new_holder)
    """Whoever knows it, holds the publication: the next task of the same run."""
    tell: Told = lambda _words, _share: None
    patience_seconds: float = PATIENCE_SECONDS


def prepare(errand: Errand, options: PostOptions, *, edition: int = 1) -> Post:
    """Return the post as its channel would show it. Pure; a slot that has passed means now."""
    if options.at is not None and options.at <= datetime.now(UTC):
        options = options.model_copy(update={"at": None})
    marker = marker_of(errand.release, place_of(errand.channel), edition)
    return errand.channel.prepare(errand.release, options, marker=marker)


async def intend(
    errand: Errand, options: PostOptions, *, episode: str = "", edition: int = 1, series: str = "", run: str = ""
) -> Publication:
    """Commit the intent to publish, or return the publication that stands already.

    `episode` is the episode's own name; empty: its folder's. Another `edition` posts the same episode once more.

    Raises:
        PlanRefused: the platform would not take it; every reason.
        PublishedBefore: another cut of the episode is there, or may be.
    """
    post = prepare(errand, options, edition=edition)
    if post.problems:
        raise PlanRefused(
            tuple(f"{post.channel}: {problem}" for problem in post.problems), hint="Nothing was sent anywhere."
        )
    return await asyncio.to_thread(
        errand.desk.rows.intend,
        post,
        episode=episode or errand.release.slug,
        place=place_of(errand.channel),
        edition=edition,
        holder=errand.holder,
        entry=errand.entry,
        slot_is_ours=not errand.channel.rules.schedules,
        series=series,
        run=run,
    )


async def bring_on(errand: Errand, publication: Publication, *, upto: State = "published") -> Publication:
    """Bring a publication to a state, or as far as it goes now; return it as it stands then.

    It comes back earlier when it ended, or rests for longer than the errand's patience (`waits`). While another process
    brings it on, this one waits for it.
    """
    deadline = time.monotonic() + WORKING_SECONDS
    with errand.desk.keeper.holding(errand.holder):
        while not _reached(publication, upto):
            publication = await _held(errand, publication)
            if not publication.mine:
                break
            if publication.waits:
                if not await _rested(errand, publication):
                    break
                continue  # it was let go of meanwhile: it is held anew before anything is done to it
            publication = await _stepped(errand, publication, deadline)
    return publication


async def publish(
    errand: Errand, options: PostOptions, *, episode: str = "", edition: int = 1, series: str = "", run: str = ""
) -> Publication:
    """Publish an episode in one place, once; return it published, or waiting for later.

    Raises:
        PlanRefused: the platform would not take it.
        PublishedBefore: another cut of the episode is there, or may be.
        ChannelRefused: the platform refused it; there is no post.
        OutcomeUnknown: nobody can tell whether there is a post; it was read and not sent again.
    """
    publication = await intend(errand, options, episode=episode, edition=edition, series=series, run=run)
    return required(await bring_on(errand, await reconciled(errand, publication)))


async def reconciled(errand: Errand, publication: Publication) -> Publication:
    """Read once more what became of an unknown one; others come back as they are. Sends nothing."""
    if publication.state != "unknown":
        return publication
    held = await asyncio.to_thread(errand.desk.rows.hold, publication, holder=errand.holder)
    if held.state != "unknown" or not held.mine:
        return held
    return await reading.settle(errand.desk.rows, errand.channel, held)


def required(publication: Publication) -> Publication:
    """Return a publication that is published or on its way.

    Raises:
        ChannelRefused: it failed.
        OutcomeUnknown: nobody can tell.
    """
    if publication.state == "failed":
        raise ChannelRefused(
            publication.channel,
            Refused(
                kind=publication.refusal or RefusalKind.UNKNOWN,
                reason=publication.reason,
                person_should=publication.person_should,
            ),
        )
    if publication.state == "unknown":
        raise OutcomeUnknown(publication.channel, publication.reason, person_should=publication.person_should)
    return publication


async def _held(errand: Errand, publication: Publication) -> Publication:
    """Return the publication once it is ours or has ended; while another process is at work on it, it is left alone."""
    pause = 0.1
    while True:
        publication = await asyncio.to_thread(errand.desk.rows.read, publication.id, holder=errand.holder)
        if publication.mine or not publication.is_live:
            return publication
        errand.tell("another process brings it on", None)
        await asyncio.sleep(pause * random.uniform(0.7, 1.3))  # noqa: S311 - spreads the looks
        pause = min(pause * 1.5, 2.0)


async def _rested(errand: Errand, publication: Publication) -> bool:
    """Sleep until a publication may go on, if that is soon; whoever else wants it may have it meanwhile."""
    rest = (publication.not_before - datetime.now(UTC)).total_seconds() if publication.not_before else 0.0
    await asyncio.to_thread(errand.desk.rows.let_be, publication)
    if rest > errand.patience_seconds:
        return False
    errand.tell(f"waiting: {publication.reason}", None)
    await asyncio.sleep(max(rest, 0.0))
    return True


async def _stepped(errand: Errand, publication: Publication, deadline: float) -> Publication:
    """Do the next thing; whatever stops it, the publication is given back, so that another process need not wait."""
    try:
        return await _step(errand, publication, deadline)
    except LostPublication:
        return publication  # another process has it: the next look sees how it stands
    except BaseException:
        errand.desk.rows.let_be(publication)
        raise


async def _step(errand: Errand, publication: Publication, deadline: float) -> Publication:
    """Do the one next thing and commit it."""
    if publication.calling is not None:
        return await reading.settle(errand.desk.rows, errand.channel, publication)
    match publication.state:
        case "intent":
            return await _call(errand, publication, "open")
        case "session":
            return await _call(errand, publication, "upload")
        case "bytes" if _is_ready(errand.channel.rules, publication):
            return await _call(errand, publication, "submit")
        case _:
            return await _look(errand, publication, deadline)


async def _look(errand: Errand, publication: Publication, deadline: float) -> Publication:
    """Ask how the platform gets on, and leave it the time it asks for."""
    errand.tell("the platform works on it", None)
    seen = await reading.settle(errand.desk.rows, errand.channel, publication)
    if isinstance(seen.outcome, Processing) and seen.is_live and not seen.waits:
        if time.monotonic() > deadline:
            return await asyncio.to_thread(reading.still_working, errand.desk.rows, seen)
        await asyncio.sleep(seen.outcome.look_after_seconds)
    return seen


async def _call(errand: Errand, publication: Publication, call: Call) -> Publication:
    """Make one call of the channel and keep what it gave."""
    rows, rules = errand.desk.rows, errand.channel.rules
    is_final = call == rules.final_call
    if is_final and not rules.schedules and publication.slot and publication.slot > datetime.now(UTC):
        return await asyncio.to_thread(rows.waiting, publication, publication.slot, "its slot has not come")
    full = await asyncio.to_thread(quotas.take, errand.desk.database, publication.place, rules, call)
    if full is not None:
        reason = f"{rules.title} allows {full.quota.most} {full.quota.name} per {full.quota.per}: all used"
        return await asyncio.to_thread(rows.waiting, publication, full.free_at, reason)
    if is_final:
        publication = await asyncio.to_thread(rows.calling, publication, call)
    try:
        handle = await _made(errand, publication, call)
    except ChannelRefused as error:
        outcome: Outcome = error.refused
        if error.refused.kind is RefusalKind.DUPLICATE:
            outcome = await reading.duplicate(errand.channel, publication, error.refused)
        return await asyncio.to_thread(_refused, errand, publication, outcome)
    except OutcomeUnknown as error:
        if is_final:
            return await reading.settle(rows, errand.channel, publication)
        # No post can come of it: a session more or fewer bytes do no harm.
        lost = Refused(kind=RefusalKind.BUSY, reason=error.what, person_should="")
        return await asyncio.to_thread(reading.later, rows, publication, lost)
    return await asyncio.to_thread(rows.moved, publication, _AFTER[call], handle)


async def _made(errand: Errand, publication: Publication, call: Call) -> Handle:
    post = _with_files(publication.post, errand.release, needed=call != "submit")
    if call == "open":
        errand.tell("opening", None)
        return await errand.channel.open(post)
    handle = publication.handle
    if handle is None:
        message = f"publication {publication.id} is {publication.state} and has no handle"
        raise AssertionError(message)
    if call == "upload":
        return await errand.channel.upload(handle, post, lambda sent, of: errand.tell("sending", sent / max(of, 1)))
    errand.tell("asking for the post", None)
    return await errand.channel.submit(handle, post)


def _refused(errand: Errand, publication: Publication, outcome: Outcome) -> Publication:
    """Write down a refusal of a call: nothing came of it, so no call is out any more."""
    rows = errand.desk.rows
    if publication.calling is not None:
        publication = rows.moved(publication, publication.state, publication.handle, progressed=False)
    return reading.apply(rows, errand.channel, publication, outcome)


def _is_ready(rules: ChannelRules, publication: Publication) -> bool:
    """Whether the platform takes `submit` now: it has said so, or never works on the bytes before it."""
    if rules.final_call != "submit" or not rules.processes_first:
        return True
    return isinstance(publication.outcome, Unfinished) and publication.outcome.waits_for == "submit"


def _reached(publication: Publication, upto: State) -> bool:
    if not publication.is_live:
        return True
    return upto in _ORDER and publication.calling is None and _ORDER.index(publication.state) >= _ORDER.index(upto)


def _with_files(post: Post, release: Release, *, needed: bool) -> Post:
    """Return the kept post with the files where this machine has them; the bytes are the same by their SHA-256.

    Raises:
        ChannelRefused: the video is `needed` and is not the one that was begun with. A cover may be left out.
    """
    here = {file.sha256: file for file in (release.video, release.cover, release.captions) if file is not None}
    if needed and post.video.sha256 not in here:
        raise ChannelRefused(
            post.channel,
            Refused(
                kind=RefusalKind.MEDIA,
                reason="the video that was begun with is not here, and what is here has other bytes",
                person_should="Publish it again: it begins anew with the video that is here.",
            ),
        )
    files = {"cover": post.cover, "captions": post.captions}
    found = {name: here.get(file.sha256) for name, file in files.items() if file is not None}
    return post.model_copy(update={"video": here.get(post.video.sha256, post.video), **found})
