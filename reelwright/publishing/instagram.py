"""Instagram Reels: a container, its bytes, its status, and the one call that publishes it.

A container is published once at most: its status tells whether it was, so a lost answer is read, not guessed. How
Instagram takes bytes is open to apps with Facebook Login only.
"""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from reelwright.publishing.contract import (
    Absent,
    Bench,
    ChannelEntry,
    ChannelRefused,
    Handle,
    Outcome,
    OutcomeUnknown,
    Post,
    PostOptions,
    Processing,
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
from reelwright.publishing.marks import marked, room_for_mark, titled
from reelwright.publishing.meta import Edge, Graph, is_gone, required, signer_of
from reelwright.publishing.meta_facts import INSTAGRAM, MOST_BITS_PER_SECOND, MOST_MENTIONS, MOST_WIDTH
from reelwright.publishing.registry import read_settings
from reelwright.publishing.rules import LATER, ChannelRules, RefusalKind
from reelwright.publishing.signing import Signer
from reelwright.values import Exact, Value

RULES = INSTAGRAM
_TOKEN = ("INSTAGRAM_ACCESS_TOKEN", "FACEBOOK_ACCESS_TOKEN")
_CONTAINER_LIFE = timedelta(hours=24)
_MEDIA = Edge("media", text="caption", time="timestamp", address="permalink", page_size=50, pages=4)
_MENTION = re.compile(r"(?<![\w@])@\w")
_SUBCODE = re.compile(r"\b(22\d{5})\b")
_LOOK_AFTER_SECONDS = 20.0


class Settings(Value):
    """An Instagram channel's own settings."""

    user: str = Field(pattern=r"^\d+$")
    """The professional account's number at Instagram (`instagram_business_account` of its Page)."""
    marker: bool = True
    """Whether our mark ends the caption, so that a post can be found again for certain."""
    settle_seconds: float = Field(default=20, ge=0)
    """How long to wait before reading what became of a call whose answer was lost: Instagram may still be at it."""
    look_after_seconds: float = Field(default=_LOOK_AFTER_SECONDS, gt=0)
    """How often to ask how Instagram gets on; it advises a minute."""


class Options(Value):
    """What `extra` may hold."""

    share_to_feed: bool = True
    """Whether it is in the feed too, not only under Reels."""
    cover_seconds: Exact | None = Field(default=None, ge=0)
    """The moment whose frame is the cover."""
    cover_url: str = Field(default="", pattern=r"^(https://\S+)?$")
    """A public address of the cover, which Instagram fetches; it goes before `cover_seconds`."""
    audio_name: str = ""
    """What the sound is called in the app."""
    collaborators: tuple[str, ...] = Field(default=(), max_length=3)
    """Accounts that are invited to share it, without `@`."""


class Instagram:
    """One Instagram account."""

    def __init__(self, entry: ChannelEntry, settings: Settings, signer: Signer) -> None:
        self._entry, self._settings = entry, settings
        self._graph = Graph(entry, RULES, signer)

    @property
    def name(self) -> str:
        """The channel's name."""
        return self._entry.called

    @property
    def account(self) -> str:
        """The account's number."""
        return self._settings.user

    @property
    def rules(self) -> ChannelRules:
        """What Instagram takes."""
        return RULES

    def prepare(self, release: Release, options: PostOptions, *, marker: str) -> Post:
        """Return the reel as Instagram will have it."""
        known = frozenset(Options.model_fields)
        rules = room_for_mark(RULES, marker) if self._settings.marker else RULES
        post = fitted(self.name, rules, release, titled(release, options), marker=marker, known_extra=known)
        wanted, wrong = read_extra(options.extra, Options)
        problems = [*post.problems, *wrong]
        if len(_MENTION.findall(post.text)) > MOST_MENTIONS:
            problems.append(f"Instagram takes {MOST_MENTIONS} mentions at most")
        if release.size.width > MOST_WIDTH:
            problems.append(f"its picture is {release.size}; Instagram takes {MOST_WIDTH} pixels of width at most")
        if release.video.size_bytes * 8 > MOST_BITS_PER_SECOND * release.seconds:
            problems.append("it has more than 25 Mbit/s, which is all that Instagram takes")
        if wanted.cover_seconds is not None and wanted.cover_seconds >= release.seconds:
            problems.append("option cover_seconds: it lies behind the end of the video")
        changed = {
            "text": marked(post.text, marker) if self._settings.marker else post.text,
            "extra": wanted.model_dump(mode="json", exclude_none=True),
            "problems": tuple(problems),
        }
        return post.model_copy(update=changed)

    async def open(self, post: Post) -> Handle:
        """Make a container, if the account may still post today."""
        await self._check_quota()
        opened_at = now()
        told = await self._graph.post(f"{self._settings.user}/media", _form(post))
        number = required(self.name, told, "id")
        return Handle(
            kind=RULES.kind,
            account=self.account,
            session=required(self.name, told, "uri"),
            remote_id=number,
            opened_at=opened_at,
            expires_at=opened_at + _CONTAINER_LIFE,
        )

    async def upload(self, handle: Handle, post: Post, progress: Progress) -> Handle:
        """Send the bytes that Instagram has not yet."""
        size = post.video.size_bytes
        told = await self._container(handle)
        if told.get("status_code") in {"EXPIRED", "ERROR"}:
            raise self._graph.calls.refuse(self._graph.calls.refused_by("24/2207008", "the container has ended"))
        received = size if (missing := _missing_from(told, size)) is None else missing
        progress(received, size)
        if received == size:
            return handle.model_copy(update={"sent_bytes": size})
        sent = await self._graph.send_film(handle, post, received)
        progress(size, size)
        return sent

    async def submit(self, handle: Handle, post: Post) -> Handle:
        """Publish the container, unless it has been published."""
        del post
        code = str((await self._container(handle)).get("status_code") or "")
        if code == "PUBLISHED":
            return handle
        if code != "FINISHED":
            raise self._graph.calls.refuse(self._not_ready(code))
        form = {"creation_id": handle.remote_id}
        try:
            told = await self._graph.post(f"{self._settings.user}/media_publish", form, final=True)
            media = required(self.name, told, "id")
        except OutcomeUnknown:
            await asyncio.sleep(self._settings.settle_seconds)
            raise
        except ChannelRefused:
            # Seen in the field: refused as spam (4/2207051), and there all the same.
            if await self._is_published(handle):
                return handle
            raise
        return handle.model_copy(update={"extra": {**handle.extra, "media": media}})

    async def look(self, handle: Handle, post: Post) -> Outcome:
        """Read the post, if its number is known; else the container."""
        if handle.extra.get("media"):
            return await self._media(str(handle.extra["media"]))
        try:
            told = await self._container(handle)
        except ChannelRefused as error:
            if not is_gone(error):
                raise
            return Unclear(reason=f"Instagram no longer knows container {handle.remote_id}")
        match str(told.get("status_code") or ""):
            case "PUBLISHED":
                found = await self.find(post, since=handle.opened_at)
                note = f"Instagram says that container {handle.remote_id} is published, and does not list it yet."
                shown = Published(remote_id=handle.remote_id, at=now(), note=note)
                return found if isinstance(found, Published) else shown
            case "FINISHED":
                return Unfinished(waits_for="submit", received_bytes=post.video.size_bytes)
            case "IN_PROGRESS":
                return self._working(told, post)
            case "EXPIRED":
                return Absent(proof=f"container {handle.remote_id} expired without having been published")
            case "ERROR":
                return self._failed(handle, str(told.get("status") or "no reason given"))
            case other:
                return Unclear(reason=f"Instagram says {other!r} of container {handle.remote_id}")

    async def find(self, post: Post, *, since: datetime) -> Outcome:
        """Look for our mark, or the very text, among the account's newest posts."""
        return await _MEDIA.find(self._graph, self._settings.user, lambda text: self._is_ours(post, text), since)

    async def aclose(self) -> None:
        """Close the client."""
        await self._graph.calls.aclose()

    def _is_ours(self, post: Post, caption: str) -> bool:
        return post.marker in caption if self._settings.marker else caption.strip() == post.text.strip()

    async def _check_quota(self) -> None:
        """Ask how many posts the account may still have today.

        Raises:
            ChannelRefused: none.
        """
        told = await self._graph.get(f"{self._settings.user}/content_publishing_limit", "quota_usage", "config")
        first: dict[str, Any] = next(iter(told.get("data") or ()), {})
        used, total = first.get("quota_usage"), (first.get("config") or {}).get("quota_total")
        if isinstance(used, int) and isinstance(total, int) and used >= total:
            words = f"{used} of {total} posts of these 24 hours are used"
            raise self._graph.calls.refuse(self._graph.calls.refused_by("9/2207042", words))

    async def _container(self, handle: Handle) -> dict[str, Any]:
        """Read how Instagram gets on with a container."""
        return await self._graph.get(handle.remote_id, "status_code", "status", "video_status")

    async def _is_published(self, handle: Handle) -> bool:
        """Whether a container is published, though the call was refused.

        Raises:
            OutcomeUnknown: it cannot be read.
        """
        await asyncio.sleep(self._settings.settle_seconds)
        try:
            told = await self._container(handle)
        except ChannelRefused as error:
            unknown = f"it refused the post, and cannot be asked whether it is there: {error.refused.reason}"
        else:
            return told.get("status_code") == "PUBLISHED"
        raise OutcomeUnknown(self.name, unknown)

    def _working(self, told: dict[str, Any], post: Post) -> Outcome:
        """Tell a container that waits for bytes from one that is worked on."""
        received = _missing_from(told, post.video.size_bytes)
        if received is None or not told.get("video_status"):
            # What it does not tell is not missing: bytes are asked for again only where it says so.
            return Processing(look_after_seconds=self._settings.look_after_seconds)
        return Unfinished(waits_for="bytes", received_bytes=received)

    async def _media(self, number: str) -> Outcome:
        try:
            return _MEDIA.shown(await self._graph.get(number, "id", "permalink", "timestamp"))
        except ChannelRefused:
            # Its number is proof enough; only its address is missing.
            return Published(remote_id=number, at=now())

    def _not_ready(self, code: str) -> Refused:
        name = "24/2207008" if code in {"EXPIRED", "ERROR"} else "9007/2207027"
        return self._graph.calls.refused_by(name, f"the container is {code or 'in no state'}")

    def _failed(self, handle: Handle, words: str) -> Outcome:
        """Return what follows from a container that came to nothing: no post, ever."""
        subcode = found[1] if (found := _SUBCODE.search(words)) else ""
        name = next((error.name for error in RULES.errors if subcode and error.name.endswith(f"/{subcode}")), subcode)
        refused = self._graph.calls.refused_by(name, words, remote_id=handle.remote_id)
        if refused.kind in LATER or refused.kind is RefusalKind.EXPIRED:
            return Absent(proof=f"Instagram gave up on container {handle.remote_id}: {words}")
        return refused


def build(entry: ChannelEntry, bench: Bench) -> Instagram:
    """Return the channel of an entry."""
    return Instagram(entry, read_settings(entry, Settings), signer_of(entry, bench, _TOKEN, "instagram"))


def _missing_from(told: dict[str, Any], size: int) -> int | None:
    """Return from which byte on the video is missing; `None`: it is there."""
    phase = (told.get("video_status") or {}).get("uploading_phase") or {}
    received = int(phase.get("bytes_transferred") or 0)
    return None if phase.get("status") == "complete" or received >= size else received


def _form(post: Post) -> dict[str, str]:
    """Return the form of a container: Meta's booleans are words."""
    extra = Options.model_validate(dict(post.extra))
    form = {
        "media_type": "REELS",
        "upload_type": "resumable",
        "caption": post.text,
        "share_to_feed": _word(extra.share_to_feed),
        "is_ai_generated": _word(post.ai_label),
    }
    if extra.cover_url:
        form["cover_url"] = extra.cover_url
    elif extra.cover_seconds is not None:
        form["thumb_offset"] = str(int(extra.cover_seconds * 1000))
    if extra.audio_name:
        form["audio_name"] = extra.audio_name
    if extra.collaborators:
        form["collaborators"] = "[" + ",".join(f'"{name}"' for name in extra.collaborators) + "]"
    return form


def _word(value: bool) -> str:
    return "true" if value else "false"
