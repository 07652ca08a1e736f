"""The harnesses of the channels that need no platform: a folder, a bucket, a webhook."""

from __future__ import annotations

import atexit
import functools
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from servers.s3_proxy import S3Proxy
from servers.s3_stores import ENVIRONMENT, Store, moto

from reelwright.publishing.contract import ChannelEntry
from reelwright.testing.channel import ChannelHarness
from reelwright.testing.servers.webhook import SECRET, WebhookServer


class FolderHarness(ChannelHarness):
    """A folder."""

    kind = "folder"

    def platform(self, folder: Path) -> AbstractContextManager[Path]:
        """Lend a path."""
        return nullcontext(folder / "published")

    def entry(self, platform: Path) -> ChannelEntry:
        """Name the folder."""
        return ChannelEntry(kind="folder", settings={"path": str(platform)})

    def posts(self, platform: Path) -> int:
        """Folders with an episode, that can be seen."""
        return len([path for path in platform.glob("*/episode.mp4") if not path.parent.name.startswith(".")])


@dataclass
class Bucket:
    """A prefix of a store behind a line that can break."""

    store: Store
    line: S3Proxy
    prefix: str


class S3Harness(ChannelHarness):
    """A bucket of moto's server."""

    kind = "s3"
    losses = ("write",)

    @contextmanager
    def platform(self, folder: Path) -> Iterator[Bucket]:
        """Lend an empty prefix."""
        store = _moto()
        with S3Proxy(store.endpoint) as line:
            yield Bucket(store, line, f"episodes-{folder.name}")

    def entry(self, platform: Bucket) -> ChannelEntry:
        """Name the prefix; the keys are in the environment."""
        return ChannelEntry(
            kind="s3", settings={"address": platform.store.address(platform.prefix, endpoint=platform.line.url)}
        )

    def environment(self, platform: Bucket) -> dict[str, str]:
        """Credentials for this store."""
        del platform
        return ENVIRONMENT

    def posts(self, platform: Bucket) -> int:
        """Episodes that are whole."""
        return len([key for key in platform.store.keys(platform.prefix) if key.endswith("/post.json")])

    def lose(self, platform: Bucket, loss: str, *, after: bool) -> None:
        """Break the next write: in its middle, or when the store has it."""
        del loss
        setattr(platform.line.faults, "lost_answers" if after else "cut_uploads", 1)


class WebhookHarness(ChannelHarness):
    """A receiver that takes each id once."""

    kind = "webhook"
    losses = ("submit",)

    def platform(self, folder: Path) -> AbstractContextManager[WebhookServer]:
        """Lend a receiver."""
        del folder
        return WebhookServer()

    def entry(self, platform: WebhookServer) -> ChannelEntry:
        """Name the receiver."""
        url = f"{platform.url}/hooks/episodes"
        return ChannelEntry(kind="webhook", settings={"url": url, "files_url": "https://media.example/episodes"})

    def environment(self, platform: WebhookServer) -> dict[str, str]:
        """The shared secret."""
        del platform
        return {"REELWRIGHT_WEBHOOK_SECRET": SECRET}

    def posts(self, platform: WebhookServer) -> int:
        """Messages that were taken."""
        return len(platform.taken)

    def lose(self, platform: WebhookServer, loss: str, *, after: bool) -> None:
        """Break the next delivery."""
        del loss
        platform.fail("create", "drop_after" if after else "drop")


@functools.cache
def _moto() -> Store:
    """One server for the session: it starts in a second."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(moto())


FOLDER = FolderHarness()
S3 = S3Harness()
WEBHOOK = WebhookHarness()
