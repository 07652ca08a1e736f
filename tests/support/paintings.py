"""Scenes to paint, shots to draw of them, and how a picture moved as a whole."""

from __future__ import annotations

import io
from pathlib import Path
from typing import get_args

import numpy as np
from PIL import Image
from support.pictures import Plane, Rgb, drawn, luma_of

from reelwright.animatic.motion import Motion
from reelwright.animatic.render import start_frame_png
from reelwright.animatic.scene import Place, Scene, Weather
from reelwright.animatic.travel import MOVES
from reelwright.storyboard import Camera
from reelwright.values import Asset, Size

UPRIGHT, WIDE, TINY = Size(width=270, height=480), Size(width=480, height=270), Size(width=144, height=256)
PLACES, WEATHERS = get_args(Place), get_args(Weather)
CAMERAS: tuple[Camera, ...] = tuple(camera for camera in MOVES if camera != "auto")
PICTURE = Asset(sha256="0" * 64, media_type="image/png", size_bytes=1)


def scene(place: Place = "hills", *subjects: str, weather: Weather = "clear", palette: tuple[str, ...] = ()) -> Scene:
    """A scene by day; the same one every time."""
    return Scene(place=place, hour="day", weather=weather, subjects=subjects, palette=palette, seed=7)


def start_frame(painted: Scene, size: Size = UPRIGHT) -> Rgb:
    """Return a start frame's pixels."""
    return np.asarray(Image.open(io.BytesIO(start_frame_png(painted, size))))


def cropped(layer: Rgb, size: Size) -> Rgb:
    """Return what the camera sees half way of a layer of a painting."""
    top, left = (layer.shape[0] - size.height) // 2, (layer.shape[1] - size.width) // 2
    return layer[top : top + size.height, left : left + size.width]


def lumas(
    camera: Camera, count: int, size: Size = UPRIGHT, *, over: Scene | None = None, picture: Path | None = None
) -> list[Plane]:
    """Draw a shot and return its luma planes."""
    given = PICTURE if picture else None
    motion = Motion(scene=over or scene("hills", "house"), camera=camera, picture=given)
    return [luma_of(frame, size) for frame in drawn(motion, size, count, picture=picture)]


def shift_and_growth(moved: np.ndarray) -> tuple[float, float, float]:
    """Fit a plain zoom and shift to a flow field, in shares of the frame's width."""
    height, width = moved.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    ones = np.ones(height * width)
    x, y = (columns - width / 2).ravel(), (rows - height * 0.4).ravel()
    across = np.linalg.lstsq(np.stack([ones, x], 1), moved[..., 0].ravel(), rcond=None)[0]
    down = np.linalg.lstsq(np.stack([ones, y], 1), moved[..., 1].ravel(), rcond=None)[0]
    return across[0] / width, float(np.median(moved[..., 1])) / width, (across[1] + down[1]) / 2
