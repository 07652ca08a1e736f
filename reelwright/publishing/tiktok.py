"""TikTok: a draft in the app's inbox, or a direct post, by the Content Posting API.

The bytes are always sent (FILE_UPLOAD): then an answer to `open` that was lost leaves nothing but an address that dies
within the hour. A TikTok server that fetches the video by itself would make `open` the point of no return.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from reelwright.models.remote.addresses import checked_base_url
from reelwright.models.remote.answers import Answer
from reelwright.publishing.calls import UNREADABLE, Calls
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
from reelwright.publishing.marks import titled
from reelwright.publishing.oauth_providers import TIKTOK
from reelwright.publishing.registry import read_settings
from reelwright.publishing.rules import LATER, ChannelRules, RefusalKind
from reelwright.publishing.signing import Signer
from reelwright.publishing.tiktok_facts import DIRECT, ERRORS, INBOX, RULES, UPLOAD_SECONDS, chunks_of
from reelwright.values import Exact, Value

__all__ = ["RULES", "Settings", "TikTok", "build"]

_URL = "https://open.tiktokapis.com"
_JSON = {"Content-Type": "application/json; charset=UTF-8"}
_TOKEN = ("TIKTOK_ACCESS_TOKEN",)
_CREATOR, _STATUS = "v2/post/publish/creator_info/query/", "v2/post/publish/status/fetch/"
_START = {DIRECT: "v2/post/publish/video/init/", INBOX: "v2/post/publish/inbox/video/init/"}
_PURPOSE = {DIRECT: "direct", INBOX: "draft"}
_OUTSIDE, _ONLY_ME, _EVERYONE = frozenset({200, 201, 206}), "SELF_ONLY", "PUBLIC_TO_EVERYONE"
_EARLY_SECONDS = UPLOAD_SECONDS / 4
"""How long before its slot a post may be opened."""
_MODERATED_SECONDS = 300.0
"""How long to wait for the address of a public post: TikTok tells it when it has moderated it, mostly in a minute."""
_UNSURE = frozenset({"upload 416"})

Level = Literal["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"]


class Settings(Value):
    """A TikTok channel's own settings."""

    mode: Literal["inbox", "direct"] = "inbox"
    """`inbox`: a draft that a person finishes in the app; `direct`: a post."""
    audited: bool = False
    """Whether TikTok has audited the app: else it may post for nobody but the account itself."""
    look_after_seconds: float = Field(default=10, gt=0)
    """How often to ask how TikTok gets on; it takes 30 questions a minute."""


class Options(Value):
    """What `extra` may hold."""

    privacy_level: Level | None = None
    """TikTok's own name of who may see it, instead of `privacy`."""
    comments: bool = True
    """Whether people may comment; as far as the account lets them. Likewise the next two."""
    duet: bool = True
    stitch: bool = True
    cover_seconds: Exact | None = Field(default=None, ge=0)
    """The moment whose frame is the cover."""
    branded_content: bool = False
    """Whether somebody pays for it: a paid partnership."""
    own_brand: bool = False
    """Whether it promotes the creator's own business."""


class _NoSuchPost(Exception):
    """TikTok does not know a publish id, or no longer."""


class TikTok:
    """One TikTok account."""

    def __init__(self, entry: ChannelEntry, settings: Settings, signer: Signer) -> None:
        self._entry, self._settings, self._signer = entry, settings, signer
        self._calls = Calls(
            entry.called,
            RULES.title,
            checked_base_url(entry.base_url or _URL),
            signer,
            errors=ERRORS,
            named=_named,
            named_bytes=_named_bytes,
            unsure=_UNSURE,
        )

    @property
    def name(self) -> str:
        """The channel's name."""
        return self._entry.called

    @property
    def account(self) -> str:
        """The number of the account that was signed in to; before that, the name of the sign-in."""
        return self._signer.account or self._entry.account

    @property
    def rules(self) -> ChannelRules:
        """What TikTok takes."""
        return RULES

    def prepare(self, release: Release, options: PostOptions, *, marker: str) -> Post:
        """Return the draft or post as TikTok will have it."""
        post = fitted(
            self.name,
            RULES,
            release,
            titled(release, options),
            marker=marker,
            known_extra=frozenset(Options.model_fields),
        )
        wanted, problems = read_extra(options.extra, Options)
        warnings = [*post.warnings]
        level = self._level(wanted, options, warnings)
        problems = (*post.problems, *problems, *self._level_problems(level, wanted))
        if self._settings.mode == INBOX:
            level = None
            warnings.append(_DRAFT.format(label=" and switch on the AI label" if post.ai_label else ""))
        kept = wanted.model_dump(mode="json", exclude={"privacy_level"}, exclude_none=True)
        extra = {**kept, "mode": self._settings.mode, **({"privacy_level": level} if level else {})}
        private = post.privacy if level is None else "public" if level == _EVERYONE else "private"
        changed = {"extra": extra, "problems": problems, "warnings": tuple(warnings), "privacy": private}
        return post.model_copy(update=changed)

    async def open(self, post: Post) -> Handle:
        """Ask what the creator allows, then for an upload address: it posts nothing by itself."""
        mode = str(post.extra["mode"])
        self._check_slot(post)
        creator = await self._creator(post) if mode == DIRECT else {}
        chunk, count = chunks_of(post.video.size_bytes)
        sizes = {"video_size": post.video.size_bytes, "chunk_size": chunk, "total_chunk_count": count}
        body: dict[str, Any] = {"source_info": {"source": "FILE_UPLOAD", **sizes}}
        if mode == DIRECT:
            body["post_info"] = _post_info(post, creator)
        opened_at = now()
        data = _data(await self._calls.send("POST", _START[mode], json=body, headers=_JSON))
        if not data.get("publish_id") or not data.get("upload_url"):
            raise OutcomeUnknown(self.name, "TikTok gave no address to upload to.")
        return Handle(
            kind=RULES.kind,
            account=self.account,
            session=str(data["upload_url"]),
            remote_id=str(data["publish_id"]),
            opened_at=opened_at,
            expires_at=opened_at + timedelta(seconds=UPLOAD_SECONDS),
            extra={"chunk_bytes": chunk, "chunks": count, "username": str(creator.get("creator_username", ""))},
        )

    async def upload(self, handle: Handle, post: Post, progress: Progress) -> Handle:
        """Send the chunks that TikTok has not yet, one after the other. The last one makes the post."""
        size, chunk = post.video.size_bytes, int(handle.extra["chunk_bytes"])
        outcome = await self.look(handle, post)
        if isinstance(outcome, Refused):
            raise ChannelRefused(self.name, outcome)
        if isinstance(outcome, Absent):
            raise self._calls.refuse(self._calls.refused_by("upload 403", outcome.proof))
        if isinstance(outcome, Unclear):
            raise OutcomeUnknown(self.name, outcome.reason)
        if not isinstance(outcome, Unfinished):
            return handle.model_copy(update={"sent_bytes": size})
        # A chunk counts whole or not at all.
        for number in range(outcome.received_bytes // chunk, int(handle.extra["chunks"])):
            start = number * chunk
            end = size if number == int(handle.extra["chunks"]) - 1 else start + chunk
            progress(start, size)
            headers = {"Content-Type": post.video.media_type, "Content-Range": f"bytes {start}-{end - 1}/{size}"}
            # Any chunk may turn out to be the last that was missing.
            await self._calls.send_bytes("PUT", handle.session, post.video, start, end, headers=headers, final=True)
        progress(size, size)
        return handle.model_copy(update={"sent_bytes": size})

    async def submit(self, handle: Handle, post: Post) -> Handle:
        """Return the handle: TikTok posts by itself when the bytes are there."""
        del post
        return handle

    async def look(self, handle: Handle, post: Post) -> Outcome:
        """Ask what has become of the publish id."""
        try:
            told = await self._status(handle.remote_id)
        except _NoSuchPost:
            return Unclear(reason=f"TikTok no longer knows {handle.remote_id}")
        match str(told.get("status", "")):
            case "PROCESSING_UPLOAD":
                return self._uploading(handle, post, int(told.get("uploaded_bytes") or 0))
            case "PROCESSING_DOWNLOAD":
                return Processing(look_after_seconds=self._settings.look_after_seconds)
            case "SEND_TO_USER_INBOX":
                return Published(remote_id=handle.remote_id, at=now(), note=_finish_note(post))
            case "PUBLISH_COMPLETE":
                return self._complete(handle, post, told)
            case "FAILED":
                reason = str(told.get("fail_reason") or "no reason given")
                refused = self._calls.refused_by(reason, remote_id=handle.remote_id)
                # This publish id stays failed for ever: what may pass later needs a new one.
                return Absent(proof=f"TikTok gave up on it: {reason}") if refused.kind in LATER else refused
            case other:
                return Unclear(reason=f"TikTok says {other!r} of {handle.remote_id}")

    async def find(self, post: Post, *, since: datetime) -> Outcome:
        """Say that TikTok shows no list of posts to an app that only publishes."""
        del post, since
        return Unclear(reason="TikTok tells nothing of a post but by its publish id")

    async def check(self) -> str:
        """Ask something that posts nothing, and return what the account may do.

        Raises:
            ChannelRefused: a person must sign in, or TikTok cannot be reached.
        """
        if self._settings.mode == DIRECT:
            creator = _data(await self._calls.read("POST", _CREATOR, headers=_JSON))
            levels = ", ".join(map(str, creator.get("privacy_level_options") or ()))
            return f"it posts as @{creator.get('creator_username', '?')}, for {levels or 'nobody'}"
        with contextlib.suppress(_NoSuchPost):
            await self._status("none")
        return "it puts drafts into the app's inbox"

    async def aclose(self) -> None:
        """Close the client."""
        await self._calls.aclose()

    async def _status(self, publish_id: str) -> Mapping[str, Any]:
        try:
            return _data(await self._calls.read("POST", _STATUS, json={"publish_id": publish_id}, headers=_JSON))
        except ChannelRefused as error:
            if "(invalid_publish_id)" in error.refused.reason:
                raise _NoSuchPost from None
            raise

    def _level(self, wanted: Options, options: PostOptions, warnings: list[str]) -> Level | None:
        """Return who may see a direct post."""
        if wanted.privacy_level:
            return wanted.privacy_level
        if options.privacy is None and not self._settings.audited and self._settings.mode == DIRECT:
            warnings.append("TikTok has not audited the app: only the account itself will see it (SELF_ONLY)")
            return "SELF_ONLY"
        return "SELF_ONLY" if options.privacy == "private" else "PUBLIC_TO_EVERYONE"

    def _level_problems(self, level: Level | None, wanted: Options) -> tuple[str, ...]:
        if self._settings.mode == INBOX:
            return ()
        problems = []
        if not self._settings.audited and level != _ONLY_ME:
            problems.append(
                "an app that TikTok has not audited posts `private` (SELF_ONLY) only: ask for that, use `mode: inbox`, "
                "or say `audited: true` if it has been"
            )
        if wanted.branded_content and level == _ONLY_ME:
            problems.append("branded content cannot be private on TikTok")
        return tuple(problems)

    def _check_slot(self, post: Post) -> None:
        """Refuse to open long before the slot: the address would be dead by then."""
        early = (post.at - now()).total_seconds() - _EARLY_SECONDS if post.at else 0.0
        if early > 0:
            raise self._calls.refuse(
                Refused(
                    kind=RefusalKind.BUSY,
                    reason="its slot is further away than an upload address lives",
                    person_should="Nothing: it is opened shortly before its slot.",
                    retry_after_seconds=early,
                )
            )

    async def _creator(self, post: Post) -> Mapping[str, Any]:
        """Return what the creator allows.

        Raises:
            ChannelRefused: not this post.
        """
        creator = _data(await self._calls.read("POST", _CREATOR, headers=_JSON))
        levels = creator.get("privacy_level_options") or ()
        level = post.extra["privacy_level"]
        if level not in levels:
            words = f"{level} is not among what this account may choose: {', '.join(map(str, levels)) or 'nothing'}"
            raise self._calls.refuse(self._calls.refused_by("privacy_level_option_mismatch", words))
        longest = creator.get("max_video_post_duration_sec")
        if longest is not None and post.seconds > longest:
            words = f"it lasts {float(post.seconds):.1f} s; this account may post {longest} s"
            raise self._calls.refuse(self._calls.refused_by("duration_check_failed", words))
        return creator

    def _complete(self, handle: Handle, post: Post, told: Mapping[str, Any]) -> Outcome:
        """Return the post; its address is told of public ones only, and when they have been moderated."""
        numbers, username = told.get("publicaly_available_post_id") or (), handle.extra.get("username")
        if numbers:
            url = f"https://www.tiktok.com/@{username}/video/{numbers[0]}" if username else ""
            return Published(remote_id=str(numbers[0]), url=url, at=now())
        age = (now() - handle.opened_at).total_seconds()
        if post.extra.get("privacy_level") == _EVERYONE and age < _MODERATED_SECONDS:
            note = "it is posted; TikTok moderates it before everyone sees it"
            return Processing(look_after_seconds=self._settings.look_after_seconds, note=note)
        return Published(remote_id=handle.remote_id, at=now())

    def _uploading(self, handle: Handle, post: Post, received: int) -> Outcome:
        if received >= post.video.size_bytes:
            return Processing(look_after_seconds=self._settings.look_after_seconds)
        if handle.expires_at and handle.expires_at <= now():
            ended = f"the upload address died at {handle.expires_at:%H:%M} UTC"
            return Absent(
                proof=f"{ended} with {received} of {post.video.size_bytes} bytes; of a part nothing is posted"
            )
        return Unfinished(waits_for="bytes", received_bytes=received)


def build(entry: ChannelEntry, bench: Bench) -> TikTok:
    """Return the channel of an entry."""
    settings = read_settings(entry, Settings)
    return TikTok(entry, settings, Signer.of(entry, bench, TIKTOK, _TOKEN, _PURPOSE[settings.mode]))


_DRAFT = "it goes to the account's inbox as a draft without text: finish it in the TikTok app, paste the text{label}"


def _finish_note(post: Post) -> str:
    label = ", switch on `AI-generated content`" if post.ai_label else ""
    return f"Finish it in the TikTok app: open the notification, paste the text{label}, and post."


def _post_info(post: Post, creator: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of a direct post: what the creator has switched off stays off."""
    extra = post.extra
    switches = {
        f"disable_{name}": not extra[wish] or bool(creator.get(f"{name}_disabled"))
        for name, wish in (("comment", "comments"), ("duet", "duet"), ("stitch", "stitch"))
    }
    cover = extra.get("cover_seconds")
    return {
        "title": post.text,
        "privacy_level": extra["privacy_level"],
        **switches,
        **({"video_cover_timestamp_ms": int(_seconds(cover) * 1000)} if cover is not None else {}),
        "brand_content_toggle": extra["branded_content"],
        "brand_organic_toggle": extra["own_brand"],
        "is_aigc": post.ai_label,
    }


def _seconds(written: Any) -> Exact:
    found = Options(cover_seconds=written).cover_seconds
    return found if found is not None else Exact(0)


def _data(answer: Answer) -> dict[str, Any]:
    found = answer.fields.get("data")
    return found if isinstance(found, dict) else {}


def _named(answer: Answer) -> tuple[tuple[str, ...], str]:
    """Read an answer of the API: an error may come with any status, 200 included."""
    error = answer.fields.get("error")
    if not isinstance(error, dict) or not error.get("code"):
        return (UNREADABLE,), "an answer that is none of TikTok's"
    if error["code"] == "ok" and answer.ok:
        return (), ""
    log = f" [log_id {error['log_id']}]" if error.get("log_id") else ""
    return (str(error["code"]),), f"{error.get('message') or error['code']}{log}"


def _named_bytes(answer: Answer) -> tuple[tuple[str, ...], str]:
    """Read an answer of the host that takes chunks: a status says all."""
    if answer.status in _OUTSIDE:
        return (), ""
    return (f"upload {answer.status}",), f"the upload was answered with HTTP {answer.status}"
