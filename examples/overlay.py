# ruff: noqa: INP001 - a script, not a package
"""An overlay of one's own: a ring that closes while its shot lasts. `examples/overlay.yaml` is a recipe that names it.

`reelwright make script.md --recipe examples/overlay.yaml`, from the folder that holds `examples`.
"""

from __future__ import annotations

import numpy as np
from moviepy import ColorClip, VideoClip
from numpy.typing import NDArray

AMBER = (255, 210, 63)
INNER, OUTER = 0.7, 0.95
"""Of the ring, as shares of its square's half side."""


def countdown(size: tuple[int, int], fps: int, seconds: float, texts: dict[str, str]) -> VideoClip:
    """Return a ring in the middle of the picture's upper half that closes clockwise."""
    del fps, texts  # it is the same at any rate, and writes nothing
    side = size[0] // 6
    down, right = np.mgrid[0:side, 0:side] - (side - 1) / 2
    radius = np.hypot(down, right) / (side / 2)
    ring = (radius > INNER) & (radius < OUTER)
    turn = np.arctan2(right, -down) / (2 * np.pi) % 1  # 0 at the top, growing clockwise

    def shown(at: float) -> NDArray[np.float64]:
        return np.where(ring & (turn <= at / seconds), 1.0, 0.0)

    mask = VideoClip(shown, is_mask=True, duration=seconds)
    place = ((size[0] - side) // 2, size[1] // 4 - side // 2)
    return ColorClip((side, side), AMBER, duration=seconds).with_mask(mask).with_position(place)
