"""A publication as it goes from task to task: small, with no secret in it; the ledger has the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from reelwright.errors import ReelwrightError
from reelwright.ledger.owner import new_holder
from reelwright.publishing.contract import ChannelEntry, OutcomeUnknown, PostOptions
from reelwright.publishing.desk import PublishingDesk
from reelwright.publishing.outbox import Errand, Told, bring_on, intend, prepare, reconciled, required
from reelwright.publishing.release import read_release
from reelwright.publishing.rendering import begun_with, rendered
from reelwright.publishing.values import Publication, State
from reelwright.values import Value


class Posting(Value):
    """One episode on its way to one channel."""

    publication: int
    """Its number in the ledger."""
    entry: ChannelEntry
    """The channel."""
    folder: str
    """The episode's folder."""
    holder: str
    """Whoever knows it, brings it on."""
    state: str
    """How far it is, as the ledger calls it, e.g. `bytes` or `published`; `waiting`: it rests."""
    url: str = ""
    """Where people see it; empty: nowhere yet."""
    remote_id: str = ""
    """The platform's own id of the post."""
    title: str = ""
    """What stands over it; its text, where the channel has no titles."""
    made_with_ai_label: bool = True
    """Whether it says that it was made with AI."""
    not_before: datetime | None = None
    """When it is brought on again; `None`: now."""
    published_at: datetime | None = None
    """When people could see it; `None`: not yet."""
    reason: str = ""
    """Why it rests or ended, as the platform said it."""
    person_should: str = ""
    """What a person has to do; empty: nothing."""
    warnings: tuple[str, ...] = ()
    """What was adapted to the channel."""

    @property
    def channel(self) -> str:
        """The channel's name."""
        return self.entry.called

    @property
    def waits(self) -> bool:
        """Whether it rests: a slot, a quota, a platform that is busy."""
        return self.not_before is not None


class NotPublished(ReelwrightError):
    """Some channels did not get the episode; the others did. `causes` holds (channel, error)."""

    code = "not_published"
    exit_code = 8

    def __init__(self, causes: tuple[tuple[str, ReelwrightError], ...], *, published: tuple[str, ...]) -> None:
        told = "; ".join(str(error.message).rstrip(". ") for _, error in causes)
        super().__init__(told, hint=" ".join(dict.fromkeys(error.hint for _, error in causes if error.hint)))
        self.causes, self.published = causes, published
        if any(isinstance(error, OutcomeUnknown) for _, error in causes):
            self.exit_code = OutcomeUnknown.exit_code  # type: ignore[misc]


async def begin(
    desk: PublishingDesk,
    folder: str,
    entry: ChannelEntry,
    options: PostOptions,
    *,
    episode: str = "",
    edition: int = 1,
    series: str = "",
    run: str = "",
    dry: bool = False,
) -> Posting:
    """Fit the episode to a channel and commit the intent; see `outbox.intend` for what is raised.

    `dry` commits nothing: what would go out comes back, with every problem among the warnings.
    """
    errand = await _errand(desk, folder, entry, new_holder())
    try:
        if dry:
            post = prepare(errand, options, edition=edition)
            told = {"title": post.title or post.text, "warnings": (*post.problems, *post.warnings)}
            return Posting(publication=0, entry=entry, folder=folder, holder="", state="prepared", **told)
        made = await intend(errand, options, episode=episode, edition=edition, series=series, run=run)
        return _posting(await reconciled(errand, made), entry, folder, errand.holder)
    finally:
        await errand.channel.aclose()


async def go_on(desk: PublishingDesk, posting: Posting, *, upto: State, tell: Told | None = None) -> Posting:
    """Bring a posting on; what has ended or rests comes back as it is.

    Raises:
        ChannelRefused: the platform refused it; there is no post.
        OutcomeUnknown: nobody can tell whether there is a post.
    """
    found = await asyncio.to_thread(desk.rows.read, posting.publication)
    errand = await _errand(desk, posting.folder, posting.entry, posting.holder, found=found, tell=tell)
    try:
        return _posting(
            required(await bring_on(errand, found, upto=upto)), posting.entry, posting.folder, posting.holder
        )
    finally:
        await errand.channel.aclose()


def all_or_raise(channels: Sequence[str], made: Sequence[Posting | BaseException]) -> tuple[Posting, ...]:
    """Return the postings, or one error that tells of each channel that failed; the others have theirs.

    Raises:
        NotPublished: some failed.
    """
    causes = []
    for channel, outcome in zip(channels, made, strict=True):
        if isinstance(outcome, ReelwrightError):
            causes.append((channel, outcome))
        elif isinstance(outcome, BaseException):
            raise outcome
    postings = tuple(outcome for outcome in made if isinstance(outcome, Posting))
    if causes:
        raise NotPublished(tuple(causes), published=tuple(posting.channel for posting in postings))
    return postings


async def _errand(
    desk: PublishingDesk,
    folder: str,
    entry: ChannelEntry,
    holder: str,
    *,
    found: Publication | None = None,
    tell: Told | None = None,
) -> Errand:
    release = await asyncio.to_thread(read_release, Path(folder))
    if found is None:
        release = await rendered(desk.vault, desk.settings, release, entry.rendition)
    else:
        is_needed = found.is_live and found.state != "submitted"  # what is said to have arrived may be asked for anew
        release = await begun_with(desk.vault, desk.settings, release, entry.rendition, found.post, is_needed=is_needed)
    more: dict[str, Any] = {"tell": tell} if tell else {}
    return Errand(desk, desk.channel(entry), release, entry, holder, **more)


def _posting(found: Publication, entry: ChannelEntry, folder: str, holder: str) -> Posting:
    return Posting(
        publication=found.id,
        entry=entry,
        folder=folder,
        holder=holder,
        state="waiting" if found.waits else found.state,
        url=found.url,
        remote_id=found.remote_id,
        title=found.post.title or found.post.text,
        made_with_ai_label=found.post.ai_label,
        not_before=found.not_before if found.waits else None,
        published_at=found.published_at,
        reason=found.reason,
        person_should=found.person_should,
        warnings=found.post.warnings,
    )
