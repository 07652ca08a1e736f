"""Facebook Reels of a Page: start, bytes, finish, and the video's own status.

The video's number is the reel's: what became of a lost `finish` is read from it, and a second one for the same video
can make no second reel.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
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
from reelwright.publishing.fitting import fitted
from reelwright.publishing.marks import marked, titled
from reelwright.publishing.meta import Edge, Graph, PageSigner, is_gone, moment_of, required, signer_of
from reelwright.publishing.meta_facts import FACEBOOK, LATEST_SECONDS, LEAST_SIDES, SOONEST_SECONDS
from reelwright.publishing.registry import read_settings
from reelwright.publishing.rules import LATER, ChannelRules, RefusalKind
from reelwright.publishing.signing import Signer
from reelwright.values import Value

RULES = FACEBOOK
_TOKEN = ("FACEBOOK_ACCESS_TOKEN",)
_GONE = frozenset({"expired", "upload_failed"})
_DONE = frozenset({"complete", "completed"})
_MARGIN_SECONDS = 60
_POSTS = Edge("published_posts", text="message", time="created_time", address="permalink_url", page_size=100)


class Settings(Value):
    """A Facebook channel's own settings."""

    page: str = Field(pattern=r"^\d+$")
    """The Page's number."""
    marker: bool = False
    """Whether our mark ends the description. The video's number proves as much; the mark helps when that is lost."""
    settle_seconds: float = Field(default=20, ge=0)
    """How long to wait before reading what became of a call whose answer was lost: Facebook may still be at it."""
    look_after_seconds: float = Field(default=20, gt=0)
    """How often to ask how Facebook gets on."""


class Facebook:
    """One Page."""

    def __init__(self, entry: ChannelEntry, settings: Settings, signer: Signer) -> None:
        self._entry, self._settings = entry, settings
        self._signer = PageSigner(signer, entry, RULES, settings.page)
        self._graph = Graph(entry, RULES, self._signer)

    @property
    def name(self) -> str:
        """The channel's name."""
        return self._entry.called

    @property
    def account(self) -> str:
        """The Page's number."""
        return self._settings.page

    @property
    def rules(self) -> ChannelRules:
        """What Facebook takes."""
        return RULES

    def prepare(self, release: Release, options: PostOptions, *, marker: str) -> Post:
        """Return the reel as Facebook will have it."""
        post = fitted(self.name, RULES, release, titled(release, options), marker=marker)
        problems = [*post.problems]
        if release.size.width < LEAST_SIDES[0] or release.size.height < LEAST_SIDES[1]:
            least = "x".join(map(str, LEAST_SIDES))
            problems.append(f"its picture is {release.size}; Facebook takes {least} at least")
        text = marked(post.text, marker) if self._settings.marker else post.text
        return post.model_copy(update={"text": text, "problems": tuple(problems)})

    async def open(self, post: Post) -> Handle:
        """Start an upload: it shows nothing to anybody."""
        self._check_slot(post)
        opened_at = now()
        told = await self._graph.post(f"{self._settings.page}/video_reels", {"upload_phase": "start"})
        number = required(self.name, told, "video_id")
        return Handle(
            kind=RULES.kind,
            account=self.account,
            session=required(self.name, told, "upload_url"),
            remote_id=number,
            url=_address(number),
            opened_at=opened_at,
        )

    async def upload(self, handle: Handle, post: Post, progress: Progress) -> Handle:
        """Send the bytes that Facebook has not yet."""
        size = post.video.size_bytes
        outcome = await self.look(handle, post)
        self._check_alive(outcome)
        received = outcome.received_bytes if isinstance(outcome, Unfinished) else size
        progress(received, size)
        if received >= size:
            return handle.model_copy(update={"sent_bytes": size})
        sent = await self._graph.send_film(handle, post, received)
        progress(size, size)
        return sent

    async def submit(self, handle: Handle, post: Post) -> Handle:
        """Finish the upload: the reel is public, or will be at its slot."""
        outcome = await self.look(handle, post)
        if isinstance(outcome, Published):
            return handle
        self._check_ready(outcome)
        form = {
            "upload_phase": "finish",
            "video_id": handle.remote_id,
            "description": post.text,
            "is_ai_generated": "true" if post.ai_label else "false",
            **self._when(post),
        }
        try:
            await self._graph.post(f"{self._settings.page}/video_reels", form, final=True)
        except OutcomeUnknown:
            await asyncio.sleep(self._settings.settle_seconds)
            raise
        except ChannelRefused as error:
            # A finish that came before may have worked, though its answer was lost.
            if error.refused.kind in LATER or not await self._is_on_its_way(handle, post):
                raise
        return handle

    async def look(self, handle: Handle, post: Post) -> Outcome:
        """Read the video's phases."""
        try:
            told = await self._graph.get(handle.remote_id, "status")
        except ChannelRefused as error:
            if not is_gone(error):
                raise
            return Unclear(reason=f"Facebook no longer knows video {handle.remote_id}")
        status = told.get("status") or {}
        phases = {name: status.get(f"{name}_phase") or {} for name in ("uploading", "processing", "publishing")}
        state = str(status.get("video_status") or "").lower()
        publishing = phases["publishing"]
        if str(publishing.get("publish_status") or "").lower() in {"published", "scheduled"} or _is_done(publishing):
            at = moment_of(publishing.get("publish_time"))
            return Published(remote_id=handle.remote_id, url=_address(handle.remote_id), at=at)
        if state in _GONE:
            return Absent(proof=f"video {handle.remote_id} is {state}: it was never published")
        failed = next((name for name, phase in phases.items() if phase.get("status") == "error"), "")
        if failed or state == "error":
            return self._failed(handle, failed, phases.get(failed, {}))
        return self._unpublished(phases, post)

    async def find(self, post: Post, *, since: datetime) -> Outcome:
        """Look for our mark, or the very text, among the Page's newest posts."""
        return await _POSTS.find(self._graph, self._settings.page, lambda text: self._is_ours(post, text), since)

    async def aclose(self) -> None:
        """Close the client."""
        await self._signer.aclose()
        await self._graph.calls.aclose()

    def _is_ours(self, post: Post, message: str) -> bool:
        return post.marker in message if self._settings.marker else message.strip() == post.text.strip() != ""

    def _check_slot(self, post: Post) -> None:
        """Refuse what Facebook cannot keep.

        Raises:
            ChannelRefused: the slot is too far ahead, or too near for Facebook and not yet come.
        """
        ahead = (post.at - now()).total_seconds() if post.at else 0.0
        if ahead > LATEST_SECONDS:
            raise self._graph.calls.refuse(
                Refused(
                    kind=RefusalKind.BUSY,
                    reason="its slot is more than 29 days ahead, which is as far as Facebook's schedule reaches",
                    person_should="Nothing: it is sent when its slot is nearer.",
                    retry_after_seconds=ahead - LATEST_SECONDS + _MARGIN_SECONDS,
                )
            )

    def _check_alive(self, outcome: Outcome) -> None:
        """Go on with a video that nothing has ended.

        Raises:
            ChannelRefused: it has failed, or is gone.
            OutcomeUnknown: nobody can tell.
        """
        match outcome:
            case Refused():
                raise self._graph.calls.refuse(outcome)
            case Absent():
                raise self._graph.calls.refuse(self._graph.calls.refused_by("ProcessingFailedError", outcome.proof))
            case Unclear():
                raise OutcomeUnknown(self.name, outcome.reason)

    def _check_ready(self, outcome: Outcome) -> None:
        """Finish a video only that waits for it; see `_check_alive`."""
        self._check_alive(outcome)
        if not isinstance(outcome, Unfinished) or outcome.waits_for != "submit":
            raise self._graph.calls.refuse(
                self._graph.calls.refused_by("6000/1363130", "the video is not taken in yet")
            )

    def _when(self, post: Post) -> dict[str, str]:
        """Return the fields that say when it shall be public.

        Raises:
            ChannelRefused: its slot is nearer than Facebook's schedule reaches, and has not come.
        """
        ahead = (post.at - now()).total_seconds() if post.at else 0.0
        if post.at is None or ahead <= 0:
            return {"video_state": "PUBLISHED"}
        if ahead < SOONEST_SECONDS + _MARGIN_SECONDS:
            raise self._graph.calls.refuse(
                Refused(
                    kind=RefusalKind.BUSY,
                    reason="its slot is nearer than the ten minutes that Facebook's schedule needs",
                    person_should="Nothing: it is published at its slot.",
                    retry_after_seconds=ahead,
                )
            )
        return {"video_state": "SCHEDULED", "scheduled_publish_time": str(int(post.at.timestamp()))}

    async def _is_on_its_way(self, handle: Handle, post: Post) -> bool:
        """Whether a refused finish had been taken before.

        Raises:
            OutcomeUnknown: it cannot be read.
        """
        await asyncio.sleep(self._settings.settle_seconds)
        try:
            return isinstance(await self.look(handle, post), Published | Processing)
        except ChannelRefused as error:
            unknown = f"it refused the reel, and cannot be asked whether it is there: {error.refused.reason}"
        raise OutcomeUnknown(self.name, unknown)

    def _unpublished(self, phases: dict[str, dict[str, Any]], post: Post) -> Outcome:
        """Tell what waits for us from what Facebook works on."""
        uploading, processing = phases["uploading"], phases["processing"]
        received = int(uploading.get("bytes_transferred") or uploading.get("bytes_transfered") or 0)
        if not _is_done(uploading) and received < post.video.size_bytes:
            return Unfinished(waits_for="bytes", received_bytes=received)
        if _is_busy(processing) or _is_busy(phases["publishing"]):
            return Processing(look_after_seconds=self._settings.look_after_seconds)
        # It waits for the finish. One that has just come in may look so too: it may be sent again.
        return Unfinished(waits_for="submit", received_bytes=post.video.size_bytes)

    def _failed(self, handle: Handle, phase: str, told: dict[str, Any]) -> Outcome:
        errors = told.get("errors") or ([told["error"]] if told.get("error") else [])
        first = next((each for each in errors if isinstance(each, dict)), {})
        words = f"{phase or 'the video'}: {first.get('message') or 'no reason given'}"
        name = str(first.get("code") or "6000")
        known = name if any(error.name == name for error in RULES.errors) else "6000"
        return self._graph.calls.refused_by(known, words, remote_id=handle.remote_id)


def build(entry: ChannelEntry, bench: Bench) -> Facebook:
    """Return the channel of an entry."""
    return Facebook(entry, read_settings(entry, Settings), signer_of(entry, bench, _TOKEN, "facebook"))


def _is_done(phase: dict[str, Any]) -> bool:
    return str(phase.get("status") or "").lower() in _DONE


def _is_busy(phase: dict[str, Any]) -> bool:
    return str(phase.get("status") or "").lower() == "in_progress"


def _address(number: str) -> str:
    return f"https://www.facebook.com/reel/{number}"
