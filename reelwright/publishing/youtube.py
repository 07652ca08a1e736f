"""YouTube: a resumable upload whose session is kept before the first byte, then thumbnail, captions and playlist.

The session's address is what makes it exactly once: before its last byte there is no video, and after it the session
gives the same video for ever. All that follows the upload can be done again without harm.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field, field_validator

from reelwright.errors import InvalidInput
from reelwright.publishing.contract import (
    Bench,
    ChannelEntry,
    ChannelRefused,
    Handle,
    Outcome,
    OutcomeUnknown,
    Post,
    PostOptions,
    Progress,
    Published,
    Refused,
    Release,
    Unclear,
    Unfinished,
    now,
)
from reelwright.publishing.extras import read_extra
from reelwright.publishing.fitting import fitted
from reelwright.publishing.oauth_providers import YOUTUBE, stored_credentials
from reelwright.publishing.registry import read_settings
from reelwright.publishing.rules import LATER, ChannelRules, RefusalKind
from reelwright.publishing.signed_in import SignedIn
from reelwright.publishing.signing import Signer
from reelwright.publishing.token_store import StoredToken
from reelwright.publishing.youtube_calls import Arrived, SessionGone, YouTubeCalls
from reelwright.publishing.youtube_facts import CATEGORIES, RULES
from reelwright.publishing.youtube_fields import locked, outcome_of, resource_of, status_to_restore, wishes
from reelwright.publishing.youtube_search import find_marked
from reelwright.values import Value

__all__ = ["RULES", "Options", "Settings", "YouTube", "build"]

_BASE_URL = "https://www.googleapis.com"
CREDENTIALS = ("YOUTUBE_CREDENTIALS",)
"""The variable that may hold a whole sign-in, as Google's tools write it (`authorized_user`)."""
_SLOT_NOW = timedelta(minutes=2)


class Options(Value):
    """What a post may ask of YouTube beyond the common options."""

    category: str = "22"
    """YouTube's number of the category: 22 People & Blogs, 27 Education, 28 Science & Technology."""
    playlist: str = ""
    """The id of a playlist of the channel, `PL…`: the video is added to it."""
    notify_subscribers: bool = True
    license: Literal["youtube", "creativeCommon"] = "youtube"
    embeddable: bool = True
    thumbnail: bool = True
    """Whether the cover becomes the thumbnail."""
    captions: bool = True
    """Whether the captions are added as a track, if the sign-in allows it."""

    @field_validator("category")
    @classmethod
    def _known(cls, category: str) -> str:
        if category not in CATEGORIES:
            raise ValueError(f"there is no category {category!r}; there are {', '.join(sorted(CATEGORIES, key=int))}")
        return category


class Settings(Value):
    """What a channel entry may set."""

    settle_seconds: float = Field(default=900.0, ge=0)
    """How long a new video may take to appear in the channel's list: only after that its absence proves anything."""


def build(entry: ChannelEntry, bench: Bench) -> YouTube:
    """Return the channel of an entry; calls nothing, and reads no key before it needs one.

    Raises:
        RecipeError: its settings do not fit.
    """
    settings = read_settings(entry, Settings)

    def given() -> StoredToken | None:
        found = bench.credential((entry.api_key.env,) if entry.api_key else CREDENTIALS)
        return stored_credentials(YOUTUBE, found) if found else None

    signed_in = SignedIn(YOUTUBE.at(entry.base_url), bench.tokens, entry.account, seed=given)
    return YouTube(entry.called, signed_in, base_url=entry.base_url or _BASE_URL, settings=settings)


class YouTube:
    """One channel on YouTube."""

    def __init__(
        self, name: str, signed_in: SignedIn, *, base_url: str = _BASE_URL, settings: Settings | None = None
    ) -> None:
        self._name, self._signed_in, self._settings = name, signed_in, settings or Settings()
        self._calls = YouTubeCalls(name, base_url, Signer(name, None, signed_in))
        self._fresh = ""

    @property
    def name(self) -> str:
        """Its name in the recipe and in the ledger."""
        return self._name

    @property
    def account(self) -> str:
        """The id of the channel that was signed in to; before anybody has, the name of the sign-in."""
        token = self._signed_in.stored()
        return token.secrets.get("account_id", self._signed_in.key) if token else self._signed_in.key

    @property
    def rules(self) -> ChannelRules:
        """What YouTube takes and how it behaves."""
        return RULES

    def prepare(self, release: Release, options: PostOptions, *, marker: str) -> Post:
        """Return the release as YouTube would show it."""
        extra, problems = read_extra(options.extra, Options)
        post = fitted(self._name, RULES, release, options, marker=marker, known_extra=frozenset(Options.model_fields))
        return wishes(post, extra.model_dump(mode="json"), problems)

    async def open(self, post: Post) -> Handle:
        """Tell YouTube all about the video and get the address that takes its bytes."""
        soon = post.at is not None and post.at > now() + _SLOT_NOW
        notify = "true" if post.extra.get("notify_subscribers", True) else "false"
        session = await self._calls.begin(
            "videos",
            resource_of(post, scheduled=soon),
            post.video,
            part="snippet,status",
            query={"notifySubscribers": notify},
            slug=f"{post.marker}.mp4",
        )
        self._fresh = session
        return Handle(kind=RULES.kind, account=self.account, session=session, opened_at=now())

    async def upload(self, handle: Handle, post: Post, progress: Progress) -> Handle:
        """Send the bytes that the session has not yet; the last one makes the video."""
        self._require_account(handle)
        _require_file(post)
        fresh, self._fresh = handle.session == self._fresh, ""
        try:
            start = Arrived(0) if fresh else await self._asked(handle, post)
            done = await self._calls.send_file(handle.session, post.video, start, progress)
        except SessionGone:
            raise OutcomeUnknown(self._name, "YouTube no longer knows the upload.") from None
        return _with_video(handle, post, str((done.resource or {})["id"]))

    async def submit(self, handle: Handle, post: Post) -> Handle:
        """Do what follows an upload: see that the label is there, set thumbnail, captions and playlist.

        What YouTube refuses for good becomes a note for a person: the video is out all the same.
        """
        self._require_account(handle)
        number = handle.remote_id or await self._number(handle, post)
        notes = []
        steps: tuple[tuple[str, Callable[[str, Post], Awaitable[str]]], ...] = (
            ("the label and the privacy could not be checked", self._restore),
            ("the thumbnail is missing", self._set_thumbnail),
            ("the captions are missing", self._add_captions),
            ("it is in no playlist", self._add_to_playlist),
        )
        for missing, step in steps:
            notes.append(await self._followed(missing, step(number, post)))
        extra = {**handle.extra, "finished": True, "notes": [note for note in notes if note]}
        return _with_video(handle, post, number).model_copy(update={"extra": extra})

    async def look(self, handle: Handle, post: Post) -> Outcome:
        """Read what has become of an upload: the session first, then the video."""
        self._require_account(handle)
        number = handle.remote_id
        if not number:
            try:
                there = await self._calls.arrived(handle.session, post.video.size_bytes)
            except SessionGone:
                return self._forgotten(handle)
            except OutcomeUnknown as error:
                return Unclear(reason=error.what)
            except ChannelRefused as error:
                if error.refused.kind in LATER | {RefusalKind.SIGN_IN}:
                    raise
                return error.refused  # the session's last word
            if there.resource is None:
                return Unfinished(received_bytes=there.size_bytes)
            number = str(there.resource["id"])
        return await self._outcome(number, handle, post)

    async def find(self, post: Post, *, since: datetime) -> Outcome:
        """Look for our marker among the channel's uploads."""
        try:
            return await find_marked(self._calls, post, since=since, settle_seconds=self._settings.settle_seconds)
        except ChannelRefused as error:
            if error.refused.kind is not RefusalKind.PERMISSION:
                raise
            return Unclear(reason=f"this sign-in may not list the channel's videos: {error.refused.reason}")

    async def aclose(self) -> None:
        """Close the client."""
        await self._calls.aclose()

    async def _outcome(self, number: str, handle: Handle, post: Post) -> Outcome:
        notes = "; ".join(handle.extra.get("notes", ()))
        finished = bool(handle.extra.get("finished"))
        try:
            video = await self._calls.video(number, "snippet,status,processingDetails")
        except ChannelRefused as error:
            if error.refused.kind is not RefusalKind.PERMISSION:
                raise
            notes = "; ".join(part for part in (notes, "this sign-in may not read how YouTube gets on with it") if part)
            seen: Outcome = Published(remote_id=number, url=_url(number), at=post.at or handle.opened_at, note=notes)
        else:
            seen = self._gone(number) if video is None else outcome_of(video, post, self._calls, notes)
        if isinstance(seen, Refused) or finished:
            return seen
        return Unfinished(waits_for="submit", received_bytes=post.video.size_bytes)

    def _forgotten(self, handle: Handle) -> Unclear:
        """Say that a session is not known; while its video may not be listed yet, nothing is looked for.

        Raises:
            ChannelRefused: it is too early.
        """
        left = self._settings.settle_seconds - (now() - handle.opened_at).total_seconds()
        if left <= 0:
            return Unclear(reason="YouTube no longer knows the upload")
        reason = "YouTube no longer knows the upload, and a video of it may not be listed yet"
        should = "Nothing: the channel's videos are read when a new one must be among them."
        refused = Refused(kind=RefusalKind.BUSY, reason=reason, person_should=should, retry_after_seconds=left)
        raise ChannelRefused(self._name, refused)

    def _gone(self, number: str) -> Refused:
        return self._calls.refused_by("videoNotFound", f"the video {number} is no longer there", remote_id=number)

    async def _asked(self, handle: Handle, post: Post) -> Arrived:
        """Ask the session before anything is sent; what cannot be asked for good is not known."""
        try:
            return await self._calls.arrived(handle.session, post.video.size_bytes)
        except ChannelRefused as error:
            if error.refused.kind is not RefusalKind.SIGN_IN:
                raise
            raise OutcomeUnknown(self._name, error.refused.reason) from None

    async def _number(self, handle: Handle, post: Post) -> str:
        """Return the video of a session whose end was not told."""
        try:
            there = await self._calls.arrived(handle.session, post.video.size_bytes)
        except SessionGone:
            there = Arrived(0)
        if there.resource is None:
            raise OutcomeUnknown(self._name, "the upload has not come to its end, or is forgotten.")
        return str(there.resource["id"])

    async def _followed(self, missing: str, step: Awaitable[str]) -> str:
        """Do a step; return what a person must know of it."""
        try:
            return await step
        except ChannelRefused as error:
            refused = error.refused
            if refused.kind in LATER:
                raise
            if refused.kind is RefusalKind.SIGN_IN:
                # The video is out: no failure, but the rest waits for a person.
                wait = {"kind": RefusalKind.QUOTA, "retry_after_seconds": 3600.0}
                raise ChannelRefused(self._name, refused.model_copy(update=wait)) from None
            return f"{missing}: {refused.reason}. {refused.person_should}"

    async def _restore(self, number: str, post: Post) -> str:
        video = await self._calls.video(number)
        if video is None:
            return ""  # `look` says so
        if status := status_to_restore(video, post):
            await self._calls.update_status(number, status)
        return locked(video, post)

    async def _set_thumbnail(self, number: str, post: Post) -> str:
        if post.cover is None or not post.extra.get("thumbnail", True):
            return ""
        if not post.cover.path.is_file():
            return "the thumbnail is missing: this machine has no cover; set it in YouTube Studio"
        await self._calls.set_thumbnail(number, post.cover)
        return ""

    async def _add_captions(self, number: str, post: Post) -> str:
        if post.captions is None or not post.extra.get("captions", True):
            return ""
        if not post.captions.path.is_file():
            return "the captions are missing: this machine has no file of them; add them in YouTube Studio"
        await self._calls.add_captions(number, post.language or "en", post.captions)
        return ""

    async def _add_to_playlist(self, number: str, post: Post) -> str:
        if playlist := str(post.extra.get("playlist", "")):
            await self._calls.add_to_playlist(number, playlist)
        return ""

    def _require_account(self, handle: Handle) -> None:
        if handle.account != self.account:
            reason = f"it was begun as {handle.account}, and {self.account} is signed in now"
            should = "Sign in as before: reelwright auth youtube."
            raise ChannelRefused(self._name, Refused(kind=RefusalKind.SIGN_IN, reason=reason, person_should=should))


def _url(number: str) -> str:
    return f"https://www.youtube.com/watch?v={number}"


def _with_video(handle: Handle, post: Post, number: str) -> Handle:
    return handle.model_copy(update={"remote_id": number, "url": _url(number), "sent_bytes": post.video.size_bytes})


def _require_file(post: Post) -> None:
    path = post.video.path
    if not path.is_file() or path.stat().st_size != post.video.size_bytes:
        raise InvalidInput(
            f"{str(path)!r} is not the file that was checked.", hint="Make the episode again, then publish."
        )
