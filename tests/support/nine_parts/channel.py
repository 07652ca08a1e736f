"""A channel: a folder like ours, with a bell beside each episode that is there."""

from __future__ import annotations

from pathlib import Path

from reelwright.publishing import folder
from reelwright.publishing.contract import Bench, ChannelEntry, Handle, Post
from reelwright.publishing.folder import FolderChannel, Settings
from reelwright.publishing.registry import read_settings

RULES = folder.RULES.model_copy(update={"title": "Belfry"})
BELL = "bell.txt"

__all__ = ["RULES", "Settings", "build"]


class Belfry(FolderChannel):
    """A folder with a bell."""

    def __init__(self, name: str, root: Path) -> None:
        super().__init__(name, root)
        self._bell = root / BELL

    async def submit(self, handle: Handle, post: Post) -> Handle:
        """Let people see it, and ring."""
        shown = await super().submit(handle, post)
        self._bell.write_text(post.title, "utf-8")
        return shown


def build(entry: ChannelEntry, bench: Bench) -> Belfry:
    """Return the channel of an entry."""
    del bench
    return Belfry(entry.called, read_settings(entry, Settings).path)
