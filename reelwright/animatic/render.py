"""Frames of a motion document, one after the other, as the encoder takes them: yuv420p, BT.709, limited range."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from reelwright.animatic.camera import Camera, Frame
from reelwright.animatic.motion import Motion, position
from reelwright.animatic.painting import OVERSCAN, Painting, fetch, paint, save
from reelwright.animatic.scene import Scene
from reelwright.animatic.travel import MOVES
from reelwright.animatic.weather import Life
from reelwright.media.pictures import filled, read_picture
from reelwright.values import Size

_GIVEN_OVERSCAN = 1.09
"""A given picture loses less at its edges than a painting that was made with room round the frame."""


def frames(
    motion: Motion,
    *,
    size: Size,
    frame_rate: int,
    frame_count: int,
    picture: Path | None = None,
    kept: Path | None = None,
    first: int = 0,
) -> Iterator[memoryview]:
    """Yield `frame_count` frames of `size` (both sides even) as planar yuv420p; every yield reuses one buffer.

    `picture` is the file of `motion.picture`; `kept` is where `start_frame_png` may have left this scene's painting.
    The frames before `first` are left out.
    Memory does not grow with the length.
    """
    painting = _given(picture, size) if picture else (kept and fetch(kept)) or paint(motion.scene, size)
    amount = (_GIVEN_OVERSCAN - 1) / (OVERSCAN - 1) if picture else 1.0
    camera = Camera(painting, MOVES[motion.camera].times(amount), size)
    del painting
    life = Life(motion.scene.weather, motion.scene.seed, size.width, size.height)
    frame = Frame.empty(size)
    view = memoryview(frame.buffer)  # type: ignore[arg-type]  # numpy arrays are buffers; their stubs say so from 3.12 on
    for index in range(first, frame_count):
        camera.see(position(index, frame_count), frame)
        life.add(frame.luma, index / frame_rate)
        yield view


def start_frame_png(scene: Scene, size: Size, *, keep: Path | None = None) -> bytes:
    """Return the scene as the camera sees it half way, as PNG: the start frame of the shot.

    `keep` is where the painting is left for the shot that will be rendered of it.
    """
    painting = paint(scene, size)
    if keep is not None:
        save(painting, keep)
    picture = painting.subjects
    if picture is None:
        message = "a painting always has its subjects"
        raise AssertionError(message)
    left, top = (picture.shape[1] - size.width) // 2, (picture.shape[0] - size.height) // 2
    data = io.BytesIO()
    cropped = picture[top : top + size.height, left : left + size.width]
    Image.fromarray(cropped).save(data, "PNG", compress_level=1)
    return data.getvalue()


def _given(picture: Path, size: Size) -> Painting:
    """Read a given picture, cropped to fill, with a guessed depth: the foot and the middle are near."""
    width, height = (int(side * _GIVEN_OVERSCAN) // 2 * 2 for side in (size.width, size.height))
    pixels = np.asarray(filled(read_picture(picture), width, height))
    rows, columns = np.mgrid[0:1:48j, 0:1:27j].astype(np.float32)
    bump = np.exp(-(((columns - 0.5) / 0.3) ** 2) - ((rows - 0.45) / 0.25) ** 2)
    return Painting(place=pixels, depth=np.clip(0.25 + 0.35 * rows + 0.4 * bump, 0, 1).astype(np.float32))
