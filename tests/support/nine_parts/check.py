"""A check: it notes how orange a clip is above, and rejects none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reelwright import ClipSeen, Finding


def check(clip: ClipSeen, settings: Any) -> Iterator[Finding]:
    """Note the red that stands in the first picture's upper quarter."""
    del settings
    _, picture = next(iter(clip.pictures()))
    red = float(picture[: picture.shape[0] // 4, :, 0].mean())
    yield Finding(kind="orange_above", severity="note", message=f"it is {red:.0f} red above", measured=round(red))
