"""The harnesses of the channels that need no platform: a folder, a bucket, a webhook."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from support.channel_harness import ChannelHarness

from reelwright.publishing.contract import ChannelEntry


class FolderHarness(ChannelHarness):
    """A folder."""

    kind = "folder"
    is_quick = True

    def platform(self, folder: Path) -> AbstractContextManager[Path]:
        """Lend a path."""
        return nullcontext(folder / "published")

    def entry(self, platform: Path) -> ChannelEntry:
        """Name the folder."""
        return ChannelEntry(kind="folder", settings={"path": str(platform)})

    def posts(self, platform: Path) -> int:
        """Folders with an episode, that can be seen."""
        return len([path for path in platform.glob("*/episode.mp4") if not path.parent.name.startswith(".")])


FOLDER = FolderHarness()
