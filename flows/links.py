"""Where people can see a file in their browser: what `reelwright up` serves."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from reelwright.settings import Settings


def link_to(path: str | Path) -> str:
    """Return the address of a file, or nothing where nobody serves it."""
    settings, file = Settings(), Path(path).resolve()
    if not settings.episodes_url or settings.episodes is None:
        return ""
    folder = settings.episodes.resolve()
    if not file.is_relative_to(folder):
        return ""
    return f"{settings.episodes_url.rstrip('/')}/{quote(file.relative_to(folder).as_posix())}"
