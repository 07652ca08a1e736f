"""A webhook as a channel: one signed JSON message, sent again under the same id until the receiver has taken it.

Headers and signature are those of Standard Webhooks (standardwebhooks.com, specification 1.0): `webhook-id`,
`webhook-timestamp`, `webhook-signature: v1,<base64 of HMAC-SHA256 over "id.timestamp.body">`; `Idempotency-Key` repeats
the id for receivers that know that one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, Field, SecretStr

from reelwright.credentials import address
from reelwright.errors import InvalidInput, MissingCredential, ProviderError, StartAmbiguous
from reelwright.models.remote.answers import Answer
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
    now,
)
from reelwright.publishing.fitting import fitted
from reelwright.publishing.refusals import refusal_of
from reelwright.publishing.registry import read_settings
from reelwright.publishing.rules import ChannelRules, KnownError, RefusalKind
from reelwright.publishing.sender import Sender
from reelwright.publishing.sidecar import described, files_of
from reelwright.values import Value

SECRET = "REELWRIGHT_WEBHOOK_SECRET"  # noqa: S105 - the name of the variable
_PREFIX = "whsec_"
_LATER = "Nothing: it is sent again under the same id."
_LOOK = "Look at the receiver's log: it does not take the message."


def _error(status: int, kind: RefusalKind, person_should: str) -> KnownError:
    return KnownError(call="submit", name=f"HTTP {status}", status=status, kind=kind, person_should=person_should)


RULES = ChannelRules(
    kind="webhook",
    title="Webhook",
    final_call="submit",
    repeatable=frozenset({"open", "upload", "submit"}),
    processes_first=False,
    errors=(
        _error(400, RefusalKind.OPTIONS, _LOOK),
        _error(401, RefusalKind.SIGN_IN, f"Give sender and receiver the same secret ({SECRET})."),
        _error(403, RefusalKind.PERMISSION, f"Give sender and receiver the same secret ({SECRET})."),
        _error(404, RefusalKind.OPTIONS, "Correct the channel's url."),
        _error(409, RefusalKind.BUSY, _LATER),
        _error(410, RefusalKind.OPTIONS, "The receiver wants no more messages: take the channel out of the recipe."),
        _error(413, RefusalKind.TEXT, _LOOK),
        _error(422, RefusalKind.OPTIONS, _LOOK),
        _error(429, RefusalKind.BUSY, _LATER),
        _error(500, RefusalKind.BUSY, _LATER),
        _error(503, RefusalKind.BUSY, _LATER),
    ),
    good_to_know=(
        "The receiver must take a message with a `webhook-id` that it has seen for the same one: it may come twice.",
    ),
)


class Settings(Value):
    """Where the message goes."""

    url: Annotated[str, AfterValidator(address)] = Field(min_length=1)
    """The receiver's address: https, or http where nobody else reads along (this machine, a network of yours)."""
    files_url: Annotated[str, AfterValidator(address)] = ""
    """The address under which the receiver sees the folder of the episodes' folders. Empty: it gets their hashes."""


def build(entry: ChannelEntry, bench: Bench) -> WebhookChannel:
    """Return the channel of a webhook.

    Raises:
        MissingCredential: there is no secret to sign with: an unsigned message is one that anybody can send.
    """
    names = (entry.api_key.env,) if entry.api_key else (SECRET,)
    secret = bench.credential(names)
    if secret is None:
        raise MissingCredential("webhook", wanted=names[0])
    return WebhookChannel(entry.called, read_settings(entry, Settings), secret)


class WebhookChannel:
    """A receiver of messages."""

    rules = RULES

    def __init__(self, name: str, settings: Settings, secret: SecretStr) -> None:
        self.name = name
        self._settings, self._key = settings, key_of_secret(secret)
        parts = urlsplit(settings.url)
        self._path = parts.path or "/"
        self._sender = Sender(vendor="webhook", base_url=f"{parts.scheme}://{parts.netloc}")

    @property
    def account(self) -> str:
        """The receiver's address."""
        return self._settings.url

    def prepare(self, release: Release, options: PostOptions, *, marker: str) -> Post:
        """Return the post: the receiver makes of it what it will."""
        post = fitted(self.name, RULES, release, options, marker=marker)
        unsent = (
            ("a message carries no bytes, so no rendition: let a folder or bucket have it",)
            if release.rendition
            else ()
        )
        return post.model_copy(update={"extra": {"folder": release.slug}, "problems": (*post.problems, *unsent)})

    async def open(self, post: Post) -> Handle:
        """Name the message."""
        return Handle(kind="webhook", account=self.account, remote_id=post.marker, opened_at=now())

    async def upload(self, handle: Handle, post: Post, progress: Progress) -> Handle:
        """Send no bytes: the message says where they are."""
        progress(post.video.size_bytes, post.video.size_bytes)
        return handle

    async def submit(self, handle: Handle, post: Post) -> Handle:
        """Send the message."""
        body = json.dumps(self._message(post), ensure_ascii=False, sort_keys=True).encode()
        try:
            answer = await self._sender.once("POST", self._path, headers=self._headers(post, body), body=body)
        except StartAmbiguous as error:
            raise OutcomeUnknown(self.name, error.message) from error
        except ProviderError as error:
            raise ChannelRefused(self.name, refusal_of(RULES.errors, (), error.message, status=503)) from error
        if not answer.ok:
            raise ChannelRefused(self.name, _refused(answer))
        return handle.model_copy(update={"extra": {"taken_at": now().isoformat(), **_told(answer)}})

    async def look(self, handle: Handle, post: Post) -> Outcome:
        """Tell what the receiver has answered; it cannot be asked."""
        del post
        if "taken_at" not in handle.extra:
            return Unclear(reason="a receiver of messages cannot be asked what it has")
        remote_id = str(handle.extra.get("id") or handle.remote_id)
        at = datetime.fromisoformat(handle.extra["taken_at"])
        return Published(remote_id=remote_id, url=str(handle.extra.get("url", "")), at=at)

    async def find(self, post: Post, *, since: datetime) -> Outcome:
        """Nothing can be listed."""
        del post, since
        return Unclear(reason="a receiver of messages cannot be asked what it has")

    async def aclose(self) -> None:
        """Close the client."""
        await self._sender.aclose()

    def _message(self, post: Post) -> dict[str, Any]:
        files = {
            name: {"sha256": file.sha256, "size_bytes": file.size_bytes, "media_type": file.media_type}
            | ({"url": self._address(post, name)} if self._settings.files_url else {})
            for name, file in files_of(post).items()
        }
        told = {"at": post.at.isoformat() if post.at else None, "privacy": post.privacy, "files": files}
        return {"type": "episode.published", "data": described(post) | told}

    def _address(self, post: Post, name: str) -> str:
        return f"{self._settings.files_url}/{quote(str(post.extra['folder']))}/{name}"

    def _headers(self, post: Post, body: bytes) -> dict[str, str]:
        moment = str(int(time.time()))
        return {
            "Content-Type": "application/json",
            "Idempotency-Key": post.marker,
            "webhook-id": post.marker,
            "webhook-timestamp": moment,
            "webhook-signature": signature(self._key, post.marker, moment, body),
        }


def signature(key: bytes, message_id: str, moment: str, body: bytes) -> str:
    """Return the signature of a message; `moment` is in seconds since 1970."""
    signed = hmac.new(key, f"{message_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def key_of_secret(secret: SecretStr) -> bytes:
    """Return the bytes that sign: what stands behind `whsec_` in Base64, else the text itself.

    Raises:
        InvalidInput: it is empty, or no Base64 stands behind `whsec_`.
    """
    plain = secret.get_secret_value()
    if not plain.removeprefix(_PREFIX):
        raise InvalidInput("The webhook's secret is empty: anybody could send such messages.")
    if not plain.startswith(_PREFIX):
        return plain.encode()
    try:
        return base64.b64decode(plain.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise InvalidInput("The webhook's secret begins with whsec_ and is not Base64 after it.") from None


def _refused(answer: Answer) -> Refused:
    words = str(answer.fields.get("error") or answer.fields.get("message") or "")
    return refusal_of(
        RULES.errors,
        (f"HTTP {answer.status}",),
        words,
        status=answer.status,
        retry_after_seconds=answer.retry_after_seconds,
    )


def _told(answer: Answer) -> Mapping[str, str]:
    """Return what a receiver says of its post, where it says anything."""
    return {name: str(answer.fields[name])[:400] for name in ("id", "url") if answer.fields.get(name)}
