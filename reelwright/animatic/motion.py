"""How the camera moves: one eased number a frame, and a field that says where each pixel goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.animatic.scene import Scene, scene_for
from reelwright.canonical import key_of
from reelwright.storyboard import Camera
from reelwright.values import Asset, Size, Value

MEDIA_TYPE = "application/vnd.reelwright.animatic+json"
"""The media type of a motion document: a clip that is rendered where it is encoded, so no frame is encoded twice."""

_STEADY = 0.55
"""Share of constant speed in the easing: the ends never stand still, which a freeze detector would report."""

Field = NDArray[np.float32]


class Motion(Value):
    """A moving shot as a document: a painted scene, or a given picture, and the camera over it."""

    schema_version: Literal[1] = 1
    scene: Scene
    """What is painted; with `picture`, only its weather and seed count."""
    picture: Asset | None = None
    """A start frame made by another model, moved instead of a painting."""
    camera: Camera


def motion_for(
    prompt: str,
    *,
    camera: Camera = "auto",
    style: str = "",
    palette: tuple[str, ...] = (),
    seed: int | None = None,
    picture: Asset | None = None,
) -> Motion:
    """Return the motion document of a shot; `auto` chooses a camera by what is shot, never by where it stands."""
    scene = scene_for(prompt, style=style, palette=palette, seed=seed)
    return Motion(scene=scene, picture=picture, camera=choose_camera(scene) if camera == "auto" else camera)


def choose_camera(scene: Scene) -> Camera:
    """Return the camera that suits a scene: wide places are travelled through, close things are looked at."""
    wide: tuple[Camera, ...] = ("push", "pan-left", "pan-right", "pull", "tilt-up")
    close: tuple[Camera, ...] = ("push", "orbit", "drift", "pull", "push")
    choices = close if scene.place in {"table", "micro"} else wide
    return choices[int(key_of("camera", scene)[:8], 16) % len(choices)]


def position(index: int, count: int) -> float:
    """Return where the camera is at frame `index` of `count`: from -1 to 1, eased, always moving forward."""
    at = index / max(count - 1, 1)
    return 2 * (_STEADY * at + (1 - _STEADY) * at * at * (3 - 2 * at)) - 1


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
