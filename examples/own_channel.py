# ruff: noqa: INP001 - a file that a recipe names, not a package
"""A channel of one's own: an intranet's media folder, written over HTTP (WebDAV), whose page shows what it describes.

    channels:
      - {kind: examples/own_channel.py, name: intranet, settings: {url: "https://intranet.example/videos"}}

Each episode is a video, and a description beside it (`.json`): with that, people see it, so that is the final call. All
names hold the post's marker. A PUT that breaks may leave half a file, so each is written under a name that nobody looks
at (`.part`, which anybody may sweep up) and then gets its own by MOVE with `Overwrite: F`, unless that is taken (412):
a file that is there is whole. So no episode is there twice, or in half, whoever is killed when.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import PurePath
from secrets import token_hex
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import AfterValidator, SecretStr

from reelwright import ProviderError, StartAmbiguous, Value
from reelwright.credentials import address
from reelwright.errors import MissingCredential
from reelwright.models.remote.answers import Answer
from reelwright.models.remote.auth import Auth
from reelwright.publishing.contract import (
    Absent,
    Bench,
    ChannelEntry,
    ChannelRefused,
    Handle,
    MediaFile,
    Outcome,
    OutcomeUnknown,
    Post,
    PostOptions,
    Progress,
    Published,
    Release,
    Unfinished,
    now,
)
from reelwright.publishing.fitting import fitted
from reelwright.publishing.refusals import refusal_of
from reelwright.publishing.registry import read_settings
from reelwright.publishing.rules import ChannelRules, KnownError, RefusalKind
from reelwright.publishing.sender import Sender
from reelwright.publishing.sidecar import files_of, said_of

TOKEN = "INTRANET_TOKEN"  # noqa: S105 - the name of the variable
_THERE_ALREADY, _NOT_FOUND, _NOT_REACHED = 412, 404, 503
_BLOCK = 1 << 20


def _error(status: int, kind: RefusalKind, person_should: str) -> KnownError:
    return KnownError(call="upload", name=f"HTTP {status}", status=status, kind=kind, person_should=person_should)


RULES = ChannelRules(
    kind="intranet",
    title="Intranet",
    final_call="submit",
    repeatable=frozenset({"open", "upload", "submit"}),
    processes_first=False,
    find="proves",
    errors=(
        _error(401, RefusalKind.SIGN_IN, f"Ask the intranet's people for a new token, and set {TOKEN}."),
        _error(403, RefusalKind.PERMISSION, "Ask the intranet's people to let this token write there."),
        _error(409, RefusalKind.OPTIONS, "Correct the channel's url: there is no such folder."),
        _error(413, RefusalKind.MEDIA, "Give the channel a `rendition` of fewer bytes."),
        _error(507, RefusalKind.QUOTA, "Free some space there: it is tried again."),
    ),
)


class Settings(Value):
    """What the recipe says under `settings`."""

    url: Annotated[str, AfterValidator(address)]
    """The folder's address: https, or http where nobody else reads along (this machine, a network of yours)."""


def build(entry: ChannelEntry, bench: Bench) -> Intranet:
    """Return the channel; it calls nothing yet."""
    variable = entry.api_key.env if entry.api_key else TOKEN
    token = bench.credential((variable,))
    if token is None:
        raise MissingCredential("intranet", wanted=variable)
    return Intranet(entry.called, read_settings(entry, Settings).url, token)


class Intranet:
    """One folder of the intranet."""

    rules = RULES

    def __init__(self, name: str, url: str, token: SecretStr) -> None:
        self.name, self.account = name, url
        self._sender = Sender(vendor="intranet", base_url=url, auth=Auth(token, prefix="Bearer "))

    def prepare(self, release: Release, options: PostOptions, *, marker: str) -> Post:
        """Name the post's files; nothing is too long for the intranet."""
        post = fitted(self.name, RULES, release, options, marker=marker)
        return post.model_copy(update={"extra": {"name": f"{release.slug}-{marker}"}})

    async def open(self, post: Post) -> Handle:
        """There is no session to open."""
        return Handle(kind="intranet", account=self.account, remote_id=post.extra["name"], opened_at=now())

    async def upload(self, handle: Handle, post: Post, progress: Progress) -> Handle:
        """Write what is not there yet: video, cover, captions."""
        for name, file in files_of(post).items():
            remote = handle.remote_id + PurePath(name).suffix
            if not await self._is_there(remote):
                await self._write(remote, file.media_type, file.size_bytes, _blocks(file))
            if file is post.video:
                progress(file.size_bytes, file.size_bytes)
        return handle.model_copy(update={"sent_bytes": post.video.size_bytes})

    async def submit(self, handle: Handle, post: Post) -> Handle:
        """Write the description: now people see it."""
        told = json.dumps(said_of(post)).encode()
        await self._write(f"{handle.remote_id}.json", "application/json", len(told), told)
        return handle.model_copy(update={"url": self._url(f"{handle.remote_id}.mp4")})

    async def look(self, handle: Handle, post: Post) -> Outcome:
        """Read the description; without one, `upload` sees what is missing."""
        del post
        found = await self._read("GET", f"{handle.remote_id}.json")
        if found.status == _NOT_FOUND:
            return Unfinished()
        at = datetime.fromisoformat(found.fields["published_at"])
        return Published(remote_id=handle.remote_id, url=self._url(f"{handle.remote_id}.mp4"), at=at)

    async def find(self, post: Post, *, since: datetime) -> Outcome:
        """Look where it must be: its name holds the marker, so what is not there is nowhere."""
        del since
        found = await self.look(await self.open(post), post)
        return found if isinstance(found, Published) else Absent(proof=f"there is no {post.extra['name']}.json")

    async def aclose(self) -> None:
        """Close the client."""
        await self._sender.aclose()

    def _url(self, name: str) -> str:
        return f"{self.account}/{quote(name)}"

    async def _is_there(self, name: str) -> bool:
        return (await self._read("HEAD", name)).status != _NOT_FOUND

    async def _read(self, method: str, name: str) -> Answer:
        """Ask, and ask again while nobody answers: reading does no harm."""
        try:
            return await self._sender.free(method, f"/{quote(name)}", accept=lambda answer: answer.status == _NOT_FOUND)
        except ProviderError as error:
            raise self._refused(error.status or _NOT_REACHED, error.message) from error

    async def _write(self, name: str, media_type: str, size: int, body: Any) -> None:
        """Write a file whole or not at all; nobody else writes to the same part."""
        part = f"{name}.{token_hex(4)}.part"
        await self._once("PUT", part, {"Content-Type": media_type, "Content-Length": str(size)}, body)
        await self._once("MOVE", part, {"Destination": self._url(name), "Overwrite": "F"})

    async def _once(self, method: str, name: str, headers: dict[str, str], body: Any = None) -> None:
        """Send once. Whether anything arrived when no answer comes is for the outbox to find out."""
        try:
            answer = await self._sender.once(method, f"/{quote(name)}", headers=headers, body=body)
        except StartAmbiguous as error:
            raise OutcomeUnknown(self.name, error.message) from error
        except ProviderError as error:  # not a byte went out
            raise self._refused(_NOT_REACHED, error.message) from error
        if not answer.ok and answer.status != _THERE_ALREADY:
            raise self._refused(answer.status, "")

    def _refused(self, status: int, words: str) -> ChannelRefused:
        """Say what the table says of a status; what is not in it is tried again if the server is at fault."""
        return ChannelRefused(self.name, refusal_of(RULES.errors, (f"HTTP {status}",), words, status=status))


async def _blocks(file: MediaFile) -> AsyncIterator[bytes]:
    with file.path.open("rb") as opened:
        while block := await asyncio.to_thread(opened.read, _BLOCK):
            yield block
