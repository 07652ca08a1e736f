"""A scene painted whole, in two layers: the place with its depth, and the subjects in front of it."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.animatic.brush import Canvas
from reelwright.animatic.places import paint_place
from reelwright.animatic.places.tones import Ground, Tones, tones_of
from reelwright.animatic.scene import Scene
from reelwright.animatic.subjects import draw_subject
from reelwright.values import Size

OVERSCAN = 1.16
"""How much larger the painting is than the frame, each way: room for the camera."""

_KEPT_SECONDS = 3600
_TURNED = {"clock", "book", "phone"}


@dataclass(frozen=True, slots=True)
class Painting:
    """Two layers of one picture.

    `place` is RGB (height, width, 3; 8 bit) and `depth` how near it is (0 far to 1 near, any smaller size).
    `subjects` is the whole picture with the things in it, `matte` (0 to 255) where they cover the place, and
    `standing` how near they are.
    """

    place: NDArray[np.uint8]
    depth: NDArray[np.float32]
    subjects: NDArray[np.uint8] | None = None
    matte: NDArray[np.uint8] | None = None
    standing: float = 0.0


def paint(scene: Scene, size: Size) -> Painting:
    """Paint the scene for a frame of `size`; both layers are `OVERSCAN` times as large."""
    width, height = (int(side * OVERSCAN) // 2 * 2 for side in (size.width, size.height))
    canvas = Canvas(width, height)
    tones = tones_of(scene)
    canvas.light_colour = tones.light
    ground = paint_place(canvas, scene, tones)
    canvas.lift()
    _arrange(canvas, scene, ground, tones)
    if canvas.bare is None or canvas.matte is None:
        message = "lift() makes both layers"
        raise AssertionError(message)
    return Painting(
        place=canvas.finish(canvas.bare, scene.seed),
        depth=np.asarray(cv2.GaussianBlur(canvas.depth, (0, 0), 5), np.float32),
        subjects=canvas.finish(canvas.picture, scene.seed),
        matte=np.asarray(canvas.matte * 255 + 0.5, np.uint8),
        standing=canvas.depth_at(ground.y),
    )


def save(painting: Painting, path: Path) -> None:
    """Keep a painting for whoever renders it next; what nobody fetched within an hour is swept away."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob("*.npz"):
        with contextlib.suppress(FileNotFoundError):
            if old.stat().st_mtime < time.time() - _KEPT_SECONDS:
                old.unlink()
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        fields = {name: value for name in Painting.__slots__ if (value := getattr(painting, name)) is not None}
        np.savez(file, allow_pickle=False, **fields)
    Path(name).replace(path)


def fetch(path: Path) -> Painting | None:
    """Return a kept painting and forget it; `None` if it is not there, or not whole."""
    try:
        # numpy leaves a file that it cannot read open; ours is closed whatever it is.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            fields = {name: kept[name] for name in kept.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None
    path.unlink(missing_ok=True)
    return Painting(**{**fields, "standing": float(fields["standing"])})


def _arrange(canvas: Canvas, scene: Scene, ground: Ground, tones: Tones) -> None:
    """Put the most important subject in front and near the middle, the others behind it and smaller."""
    right = scene.seed % 2 == 0
    side = 1 if right else -1
    middle = (0.5 if canvas.height > canvas.width else 0.56) + 0.03 * side
    places = (
        (middle, ground.y, ground.size),
        (0.5 - 0.3 * side, ground.y - 0.045, ground.size * 0.5),
        (0.5 + 0.3 * side, ground.y - 0.035, ground.size * 0.46),
    )
    for index in reversed(range(len(scene.subjects))):
        x, y, size = places[index]
        name = scene.subjects[index]
        draw_subject(
            canvas,
            name,
            tones.accent,
            x=x,
            y=y,
            size=size,
            seed=scene.seed + index,
            mirror=right and name not in _TURNED,
        )
