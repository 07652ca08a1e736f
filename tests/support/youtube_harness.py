"""YouTube for the contract suite of channels, and what its own tests build posts with."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from support.signing_in import close_all, tokens_at

from reelwright.publishing.contract import (
    Bench,
    ChannelEntry,
    Handle,
    MediaFile,
    Outcome,
    Post,
    PostOptions,
    Release,
    now,
)
from reelwright.publishing.desk import PublishingDesk
from reelwright.publishing.token_store import StoredToken, TokenStore
from reelwright.publishing.youtube import YouTube, build
from reelwright.testing.channel import ChannelHarness
from reelwright.testing.servers.oauth import CLIENT_ID, CLIENT_SECRET
from reelwright.testing.servers.youtube import CHANNEL, FORCE, YouTubeServer

Result = TypeVar("Result")
MARKER = "rw0123456789ab"
VIDEO = bytes(range(256)) * 3000
"""768,000 bytes: no multiple of 256 KiB."""


def sign_in(tokens: TokenStore, server: YouTubeServer, *scopes: str, account: str = "default") -> None:
    """Store a sign-in whose access lives on."""
    answer = server.issuer.issue(*(scopes or (FORCE,)))
    grant = server.issuer.grants[-1]
    grant.refresh_token = grant.refresh_token or f"refresh-of-{account}-SECRET"
    secrets = {
        "access_token": str(answer["access_token"]),
        "refresh_token": grant.refresh_token,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "account_id": CHANNEL,
    }
    held = tokens.get(f"youtube/{account}")
    token = StoredToken(
        secrets=secrets, access_until=now() + timedelta(hours=1), scopes=scopes or (FORCE,), account_name="Kitchen"
    )
    tokens.put(f"youtube/{account}", token, seen=held.version if held else 0)


def file_of(folder: Path, name: str, content: bytes, media_type: str) -> MediaFile:
    """A file of an episode."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return MediaFile(path=path, sha256=digest, size_bytes=len(content), media_type=media_type)


def release_in(folder: Path, **changes: Any) -> Release:
    """An episode; its video is bytes that count up, so that a gap shows."""
    facts: dict[str, Any] = {
        "slug": "tea", "title": "Why tea is brown", "description": "Leaves hold tannin.", "hashtags": ("tea", "food"),
        "video": file_of(folder, "episode.mp4", VIDEO, "video/mp4"), "seconds": 8, "frame_rate": 30,
        "size": {"width": 1080, "height": 1920}, "video_codec": "h264", "audio_codec": "aac", "folder": folder,
    }  # fmt: skip
    return Release(**facts | changes)


def account_of(server: YouTubeServer) -> str:
    """A name of its own for the sign-in at each server: they share a ledger."""
    return f"at-{server.url.rpartition(':')[2]}"


def channel_at(server: YouTubeServer, tokens: TokenStore, **settings: Any) -> YouTube:
    """The channel, as the registry builds it."""
    entry = ChannelEntry(
        kind="youtube", base_url=server.url, account=account_of(server), settings={"settle_seconds": 0, **settings}
    )
    return build(entry, Bench(tokens=tokens, credential=lambda _: None))


@functools.cache
def _home() -> tempfile.TemporaryDirectory[str]:
    """The home of one ledger for the whole process: making one takes longer than a test."""
    return tempfile.TemporaryDirectory(prefix="youtube-")


def at(server: YouTubeServer, do: Callable[[YouTube], Awaitable[Result]], *scopes: str, **settings: Any) -> Result:
    """Do something with a channel that is signed in, in an event loop of its own."""
    tokens = tokens_at(f"sqlite:///{_home().name}/ledger.db")
    held = tokens.get(f"youtube/{account_of(server)}")
    if held is None or held.secrets["refresh_token"] not in {grant.refresh_token for grant in server.issuer.grants}:
        sign_in(tokens, server, *scopes, account=account_of(server))

    async def work() -> Result:
        channel = channel_at(server, tokens, **settings)
        try:
            return await do(channel)
        finally:
            await channel.aclose()

    try:
        return asyncio.run(work())
    finally:
        close_all()


async def published(channel: YouTube, post: Post) -> tuple[Handle, Outcome]:
    """All calls, one after the other."""
    handle = await channel.open(post)
    handle = await channel.submit(await channel.upload(handle, post, quiet), post)
    return handle, await channel.look(handle, post)


def posted(channel: YouTube, folder: Path, options: PostOptions | None = None, **changes: Any) -> Post:
    """The post of an episode."""
    return channel.prepare(release_in(folder, **changes), options or PostOptions(), marker=MARKER)


def quiet(_sent: int, _of: int) -> None:
    """Tell nobody of progress."""


class YouTubeHarness(ChannelHarness):
    """YouTube."""

    kind = "youtube"
    losses = ("open", "upload", "submit")

    def platform(self, folder: Path) -> AbstractContextManager[YouTubeServer]:
        """Lend a server."""
        del folder
        return YouTubeServer()

    def entry(self, platform: YouTubeServer) -> ChannelEntry:
        """Name the server; what it lists is believed at once."""
        return ChannelEntry(kind="youtube", base_url=platform.url, settings={"settle_seconds": 0})

    def prepare(self, desk: PublishingDesk, platform: YouTubeServer) -> None:
        """Sign in."""
        sign_in(desk.tokens, platform)

    def posts(self, platform: YouTubeServer) -> int:
        """Videos of the channel."""
        return len(platform.videos)

    def lose(self, platform: YouTubeServer, loss: str, *, after: bool) -> None:
        """Break the connection of the next request of a kind."""
        operation = {"open": "videos.insert", "upload": "put videos", "submit": "thumbnails.set"}[loss]
        platform.fail(operation, "drop_after" if after else "drop")


YOUTUBE = YouTubeHarness()
