"""A channel of a network driven by hand, call by call, without the outbox: what one platform says and is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr

from reelwright.publishing.contract import (
    Bench,
    Channel,
    ChannelEntry,
    ChannelRefused,
    Handle,
    MediaFile,
    Outcome,
    Post,
    PostOptions,
    Processing,
    Refused,
    Release,
    Unfinished,
)
from reelwright.publishing.registry import build
from reelwright.testing.servers.jobs import KEY
from reelwright.values import Size

Result = TypeVar("Result")
MARKER = "rw0123456789ab"


class NoTokens:
    """A store in which nobody has signed in: the token is set."""

    def get(self, account: str) -> None:
        """Return nothing."""


def release(folder: Path, *, size_bytes: int = 40_000, **changes: Any) -> Release:
    """An episode whose bytes tell their place, so that a wrong one shows."""
    path = folder / f"episode-{size_bytes}.mp4"
    if not path.exists():
        block = b"".join(number.to_bytes(4, "big") for number in range(2500))
        path.write_bytes((block * (size_bytes // len(block) + 1))[:size_bytes])
    told = {
        "slug": "bread",
        "title": "Why bread goes stale",
        "description": "Its starch turns back into crystals.",
        "hashtags": ("bread", "science"),
        "video": MediaFile(path=path, sha256="0" * 64, size_bytes=size_bytes, media_type="video/mp4"),
        "seconds": Fraction(21, 2),
        "size": Size(width=1080, height=1920),
        "frame_rate": Fraction(30),
        "video_codec": "h264",
        "audio_codec": "aac",
    }
    return Release.model_validate({**told, **changes})


def with_channel(entry: ChannelEntry, use: Callable[[Channel], Awaitable[Result]], token: str = KEY) -> Result:
    """Open a channel with a set token, use it, close it: as a process of its own would."""

    async def run() -> Result:
        bench = Bench(tokens=NoTokens(), credential=lambda _: SecretStr(token))  # type: ignore[arg-type]
        channel = build(entry, bench)
        try:
            return await use(channel)
        finally:
            await channel.aclose()

    return asyncio.run(run())


def prepared(entry: ChannelEntry, given: Release, **options: Any) -> Post:
    """The post as the channel would show it."""

    async def prepare(channel: Channel) -> Post:
        return channel.prepare(given, PostOptions.model_validate(options), marker=MARKER)

    return with_channel(entry, prepare)


async def through(channel: Channel, post: Post, upto: str = "published") -> tuple[Handle, Outcome]:
    """Bring a post to a call (`open`, `upload`), or to its end; return its handle and how it stands."""
    assert post.problems == ()
    handle = await channel.open(post)
    if upto != "open":
        handle = await channel.upload(handle, post, lambda _sent, _of: None)
    if upto in {"open", "upload"}:
        return handle, await channel.look(handle, post)
    outcome: Outcome = Processing()
    for _ in range(20):
        outcome = await channel.look(handle, post)
        if isinstance(outcome, Unfinished):
            handle = await channel.submit(handle, post)
        elif not isinstance(outcome, Processing):
            break
    return handle, outcome


def published(entry: ChannelEntry, post: Post, token: str = KEY) -> tuple[Handle, Outcome]:
    """Bring a post to its end."""
    return with_channel(entry, lambda channel: through(channel, post), token)


async def refusal(call: Awaitable[Any]) -> Refused:
    """Return what a call is refused with."""
    try:
        await call
    except ChannelRefused as error:
        return error.refused
    message = "it was not refused"
    raise AssertionError(message)
