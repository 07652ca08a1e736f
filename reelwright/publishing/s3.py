"""A bucket as a channel: files under the post's own key, created only where there is none, and `post.json` last."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import Field

from reelwright.errors import MissingCredential, StorageError
from reelwright.publishing.contract import (
    Absent,
    Bench,
    ChannelEntry,
    ChannelRefused,
    Handle,
    MediaFile,
    Outcome,
    Post,
    PostOptions,
    Progress,
    Published,
    Refused,
    Release,
    Unfinished,
    now,
)
from reelwright.publishing.fitting import fitted
from reelwright.publishing.registry import read_settings
from reelwright.publishing.rules import ChannelRules, KnownError, RefusalKind
from reelwright.publishing.sidecar import FILES, POST, files_of, said_of
from reelwright.s3.address import Keys, Place
from reelwright.s3.bucket import Bucket
from reelwright.s3.conditions import ABSENT
from reelwright.s3.start_up import refuse_unconditional
from reelwright.values import Value

Answer = TypeVar("Answer")
_WEEK = 7 * 24 * 3600
"""The longest life that Amazon gives a signed link."""

_KEY = (
    "Look after the keys: the channel's own (its block, or the variable of its `api_key`), else the AWS credentials of "
    "this process (AWS_ACCESS_KEY_ID, AWS_PROFILE, or the machine's role)."
)
_ERRORS = {
    "InvalidAccessKeyId, SignatureDoesNotMatch": (403, RefusalKind.SIGN_IN, _KEY),
    "ExpiredToken, InvalidToken": (400, RefusalKind.SIGN_IN, _KEY),
    "AccessDenied": (403, RefusalKind.PERMISSION, "Allow this key s3:GetObject, s3:PutObject and s3:ListBucket there."),
    "NoSuchBucket": (404, RefusalKind.OPTIONS, "Create the bucket, or correct the channel's address."),
    "PermanentRedirect, AuthorizationHeaderMalformed": (
        301,
        RefusalKind.OPTIONS,
        "Name the bucket's region in the channel's address: …?region=eu-central-1.",
    ),
    "QuotaExceeded": (403, RefusalKind.QUOTA, "Free some space in the bucket: it is tried again."),
    "EntityTooLarge": (400, RefusalKind.MEDIA, "The store takes no objects as large as that: use another one."),
    "RequestTimeTooSkewed": (403, RefusalKind.OPTIONS, "Set this machine's clock: it is more than 15 minutes off."),
    "SlowDown, RequestTimeout": (503, RefusalKind.BUSY, "Nothing: it is tried again."),
    "InternalError, ServiceUnavailable": (500, RefusalKind.BUSY, "Nothing: it is tried again."),
    "NotImplemented": (
        501,
        RefusalKind.OPTIONS,
        "Use another store: this one lacks conditional writes, checksums or multipart uploads.",
    ),
    "BadDigest, XAmzContentSHA256Mismatch": (400, RefusalKind.BUSY, "Nothing: it is sent again."),
    "PreconditionFailed, ConditionalRequestConflict": (
        412,
        RefusalKind.BUSY,
        "Nothing: what lies there is compared, and the same bytes are ours.",
    ),
    "conditions": (None, RefusalKind.OPTIONS, "Use a store with conditional writes: it could lose or overwrite posts."),
    "occupied": (None, RefusalKind.OPTIONS, "Another object lies under the post's key: move it away."),
}

RULES = ChannelRules(
    kind="s3",
    title="S3",
    final_call="submit",
    repeatable=frozenset({"open", "upload", "submit"}),
    processes_first=False,
    find="proves",
    errors=tuple(
        KnownError(call="open, upload, submit, look", name=name, status=status, kind=kind, person_should=should)
        for name, (status, kind, should) in _ERRORS.items()
    ),
    good_to_know=(
        "The store must honour conditional writes; one that ignores them is refused before anything is sent.",
        (
            "Each machine's own AWS profile or role signs. A channel may have keys of its own: a block's, or "
            "`api_key: {env: NAME}`, whose value is ACCESS_KEY_ID:SECRET."
        ),
    ),
)


class Settings(Value):
    """Where the episodes go."""

    address: str
    """`s3://bucket/prefix?endpoint=https://…&region=…`, without any credential."""
    public_url: str = ""
    """The address under which people see the prefix: a CDN, a website. Empty: the object's own."""
    link_seconds: int = Field(default=_WEEK, gt=0, le=_WEEK)
    """How long a link that `reelwright publications --link` signs can be used."""


def build(entry: ChannelEntry, bench: Bench) -> S3Channel:
    """Return the channel of a bucket; without keys of its own, boto3 finds them where every AWS tool does.

    Raises:
        MissingCredential: it names keys of its own, and they are not there.
        InvalidInput: they are not `ACCESS_KEY_ID:SECRET`.
    """
    keys = None
    if entry.api_key:
        found = bench.credential((entry.api_key.env,))
        if found is None:
            raise MissingCredential("s3", wanted=entry.api_key.env)
        keys = Keys.parse(found)
    return S3Channel(entry.called, read_settings(entry, Settings), keys)


class S3Channel:
    """A prefix of a bucket."""

    rules = RULES

    def __init__(self, name: str, settings: Settings, keys: Keys | None = None) -> None:
        self.name = name
        self._settings = settings
        self._bucket = Bucket(Place.parse(settings.address), keys)
        self._is_tested = False

    @property
    def account(self) -> str:
        """The bucket's address."""
        return str(self._bucket.place)

    def prepare(self, release: Release, options: PostOptions, *, marker: str) -> Post:
        """Return the post: nothing is too long for an object."""
        post = fitted(self.name, RULES, release, options, marker=marker)
        return post.model_copy(update={"extra": {"prefix": f"{release.slug}/{marker}"}})

    async def open(self, post: Post) -> Handle:
        """Test once that the store keeps what is there, and name the key."""
        return await self._explained(self._open, post)

    async def upload(self, handle: Handle, post: Post, progress: Progress) -> Handle:
        """Create what is not there yet; the service checks each file against its SHA-256."""
        return await self._explained(self._upload, handle, post, progress)

    async def submit(self, handle: Handle, post: Post) -> Handle:
        """Create `post.json`: readers take an episode for whole that has one."""
        return await self._explained(self._submit, handle, post)

    async def look(self, handle: Handle, post: Post) -> Outcome:
        """See what lies there."""
        return await self._explained(self._look, handle, post)

    async def find(self, post: Post, *, since: datetime) -> Outcome:
        """See what lies there: the key says where."""
        del since
        prefix = str(post.extra["prefix"])
        found = await self._explained(self._published, prefix, post)
        return found or Absent(proof=f"there is no {prefix}/{POST}")

    async def aclose(self) -> None:
        """Nothing is held open."""

    def link(self, handle: Handle) -> str:
        """Return a signed address of the video: whoever has it may fetch it, for `link_seconds`."""
        return self._bucket.link(f"{handle.remote_id}/{FILES['video']}", self._settings.link_seconds)

    def _open(self, post: Post) -> Handle:
        if not self._is_tested:
            refuse_unconditional(self._bucket)
            self._is_tested = True
        return Handle(kind="s3", account=self.account, remote_id=str(post.extra["prefix"]), opened_at=now())

    def _upload(self, handle: Handle, post: Post, progress: Progress) -> Handle:
        for name, file in files_of(post).items():
            self._put(f"{handle.remote_id}/{name}", file)
            if file is post.video:
                progress(file.size_bytes, file.size_bytes)
        return handle.model_copy(update={"sent_bytes": post.video.size_bytes})

    def _put(self, name: str, file: MediaFile) -> None:
        if self._bucket.put_file(name, file.path, file.sha256, file.media_type, ABSENT) is not None:
            return
        # There is one: ours, if an answer was lost. The service's word counts where it keeps checksums.
        there = self._bucket.head(name)
        if there is not None and there.sha256 is None:
            read = self._bucket.download(name, lambda _block: None)
            there = None if read is None or read.sha256 != file.sha256 else there
        elif there is not None and there.sha256 != file.sha256:
            there = None
        if there is None:
            raise self._refused("occupied", f"another object lies at {name!r}")

    def _submit(self, handle: Handle, post: Post) -> Handle:
        told = json.dumps(said_of(post), ensure_ascii=False, indent=2) + "\n"
        name = f"{handle.remote_id}/{POST}"
        is_new = self._bucket.put_bytes(name, told.encode(), "application/json", ABSENT) is not None
        if not is_new and self._published(handle.remote_id, post) is None:
            raise self._refused("occupied", f"another object lies at {name!r}")
        return handle.model_copy(update={"url": self._url(handle.remote_id)})

    def _look(self, handle: Handle, post: Post) -> Outcome:
        found = self._published(handle.remote_id, post)
        if found is not None:
            return found
        there = self._bucket.head(f"{handle.remote_id}/{FILES['video']}")
        received = there.size_bytes if there else 0
        return Unfinished(waits_for="submit" if received == post.video.size_bytes else "bytes", received_bytes=received)

    def _published(self, prefix: str, post: Post) -> Published | None:
        found = self._bucket.read(f"{prefix}/{POST}")
        told: dict[str, Any] = json.loads(found[0]) if found else {}
        if told.get("marker") != post.marker:
            return None
        at = datetime.fromisoformat(told["published_at"]).astimezone(UTC)
        return Published(remote_id=prefix, url=self._url(prefix), at=at)

    def _url(self, prefix: str) -> str:
        name = f"{prefix}/{FILES['video']}"
        if self._settings.public_url:
            return f"{self._settings.public_url.rstrip('/')}/{name}"
        place = self._bucket.place
        return f"s3://{place.bucket}/{place.key(name)}"

    async def _explained(self, do: Callable[..., Answer], *asked: Any) -> Answer:
        try:
            return await asyncio.to_thread(do, *asked)
        except MissingCredential as error:
            raise self._refused("InvalidAccessKeyId", str(error)) from error
        except StorageError as error:
            said = error.message.replace("The vault ", "The bucket ").replace(
                "cannot be a vault", "cannot be a channel"
            )
            found = next((name for name in _ERRORS if any(code in said for code in name.split(", "))), "")
            name = found or ("SlowDown" if error.retryable else "conditions" if "in spite of" in said else "")
            raise self._refused(name, said) from error
        except OSError as error:
            raise self._refused("", f"{error.strerror or error}: {error.filename}") from error

    def _refused(self, name: str, reason: str) -> ChannelRefused:
        usual = (None, RefusalKind.UNKNOWN, "See what the service's documentation says of this code.")
        _, kind, should = _ERRORS.get(name) or next(
            (known for names, known in _ERRORS.items() if name and name in names.split(", ")), usual
        )
        return ChannelRefused(self.name, Refused(kind=kind, reason=reason, person_should=should))
