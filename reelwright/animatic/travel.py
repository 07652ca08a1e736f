"""Where each pixel goes with the camera: one eased number a frame, and a field of directions."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.storyboard import Camera
from reelwright.values import Size

Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Move:
    """Half the way of a camera: shares of the width and height, zoom, and the swing of near against far."""

    across: float
    down: float
    zoom: float
    swing: float

    def times(self, amount: float) -> Move:
        """Return a smaller or larger move."""
        return Move(self.across * amount, self.down * amount, self.zoom * amount, self.swing * amount)

    def rigid(self, position: float, depth: float, painting: Size, size: Size) -> tuple[float, float, float]:
        """Return (scale, x, y) that bring a pixel of the painting at `depth` into the frame: p * scale + (x, y).

        The inverse of the field at one depth, so a subject stands still on the ground below its feet.
        """
        share = 0.25 + 0.75 * depth
        factor = 1 - position * self.zoom * share
        swing = (share - _MIDDLE) * self.swing / 0.75
        left = (painting.width - size.width) // 2 + position * (share * self.across + swing) * size.width
        top = (painting.height - size.height) // 2 + position * share * self.down * size.height
        left += position * self.zoom * share * size.width / 2
        top += position * self.zoom * share * size.height * _EYE
        return 1 / factor, -left / factor, -top / factor


def fields(move: Move, depth: Field, painting: Size, size: Size) -> tuple[Field, Field]:
    """Return (start, travel), each (height, width, 2): at `position` p the painting's pixel start + p * travel is seen.

    `depth` is 0 far to 1 near; near things travel further, which is the parallax.
    """
    left, top = (painting.width - size.width) // 2, (painting.height - size.height) // 2
    near = cv2.resize(depth, (painting.width, painting.height), interpolation=cv2.INTER_LINEAR)
    share = near[top : top + size.height, left : left + size.width] * np.float32(0.75) + np.float32(0.25)
    columns = np.arange(size.width, dtype=np.float32)[None, :]
    rows = np.arange(size.height, dtype=np.float32)[:, None]
    start = np.empty((size.height, size.width, 2), np.float32)
    start[..., 0], start[..., 1] = columns + left, rows + top
    travel = np.empty_like(start)
    travel[..., 0] = share * (move.across * size.width - (columns - size.width / 2) * move.zoom)
    travel[..., 0] += (share - np.float32(_MIDDLE)) * np.float32(move.swing / 0.75 * size.width)
    travel[..., 1] = share * (move.down * size.height - (rows - size.height * _EYE) * move.zoom)
    return start, travel


_MIDDLE = 0.625
_EYE = 0.4

MOVES: dict[Camera, Move] = {
    "auto": Move(0.0, 0.0, 0.05, 0.0),
    "push": Move(0.0, 0.0, 0.062, 0.0),
    "pull": Move(0.0, 0.0, -0.062, 0.0),
    "pan-left": Move(-0.05, 0.0, 0.012, 0.0),
    "pan-right": Move(0.05, 0.0, 0.012, 0.0),
    "tilt-up": Move(0.0, -0.042, 0.015, 0.0),
    "tilt-down": Move(0.0, 0.042, 0.015, 0.0),
    "orbit": Move(0.0, 0.0, 0.022, 0.07),
    "drift": Move(0.022, -0.012, 0.034, 0.0),
    "still": Move(0.0, 0.0, 0.014, 0.0),
}
"""What each camera of the storyboard does."""
