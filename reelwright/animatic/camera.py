"""The camera over a painting: for each position the frame it sees, as yuv420p planes (BT.709, limited range)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.animatic.painting import Painting
from reelwright.animatic.travel import Move, fields
from reelwright.values import Size

# Rec. ITU-R BT.709, limited range: luma 16 to 235, chroma 16 to 240.
_LUMA = np.array([0.2126, 0.7152, 0.0722]) * 219
_BLUE = np.array([-0.2126, -0.7152, 0.9278]) / 1.8556 * 224
_RED = np.array([0.7874, -0.7152, -0.0722]) / 1.5748 * 224

Plane = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame in one buffer (width x height x 3/2 bytes), and its planes as views of it."""

    buffer: Plane
    luma: Plane
    blue: Plane
    red: Plane

    @classmethod
    def empty(cls, size: Size) -> Frame:
        """Return an unpainted frame."""
        pixels = size.width * size.height
        buffer = np.empty(pixels * 3 // 2, np.uint8)
        blue, red = buffer[pixels:].reshape(2, size.height // 2, size.width // 2)
        return cls(buffer, buffer[:pixels].reshape(size.height, size.width), blue, red)


class Camera:
    """Sees the place through a field (parallax) and the subjects, which are rigid, through a plain zoom and shift."""

    def __init__(self, painting: Painting, move: Move, size: Size) -> None:
        full = Size(width=painting.place.shape[1], height=painting.place.shape[0])
        self._size = size
        self._start, self._travel = fields(move, painting.depth, full, size)
        # The chroma planes are half as large; their field is every second pixel of the luma's.
        self._half_start, self._half_travel = (
            np.ascontiguousarray(field[::2, ::2] / 2) for field in (self._start, self._travel)
        )
        self._luma, self._chroma = _planes(painting.place)
        self._where, self._half_where = np.empty_like(self._start), np.empty_like(self._half_start)
        self._half = np.empty((size.height // 2, size.width // 2, 2), np.uint8)
        self._cutout = _Cutout.of(painting, move, size)

    def see(self, position: float, frame: Frame) -> None:
        """Paint into `frame` what is seen at `position` (-1 to 1)."""
        for start, travel, where in (
            (self._start, self._travel, self._where),
            (self._half_start, self._half_travel, self._half_where),
        ):
            cv2.scaleAdd(travel, position, start, where)
        sharp: dict[str, Any] = {"interpolation": cv2.INTER_LINEAR, "borderMode": cv2.BORDER_REPLICATE}
        cv2.remap(self._luma, self._where, None, dst=frame.luma, **sharp)
        cv2.remap(self._chroma, self._half_where, None, dst=self._half, **sharp)
        frame.blue[...], frame.red[...] = self._half[..., 0], self._half[..., 1]
        if self._cutout is not None:
            self._cutout.lay(position, frame)


@dataclass(frozen=True, slots=True)
class _Cutout:
    """The subjects as one rigid layer: luma and cover at full size, chroma and cover at half."""

    full: NDArray[np.float32]
    half: NDArray[np.float32]
    corner: tuple[int, int]
    """Where its left top corner lies in the painting."""
    painting: Size
    size: Size
    move: Move
    standing: float

    @classmethod
    def of(cls, painting: Painting, move: Move, size: Size) -> _Cutout | None:
        if painting.matte is None or painting.subjects is None:
            return None
        rows, columns = np.flatnonzero(painting.matte.max(1)), np.flatnonzero(painting.matte.max(0))
        if not len(rows):
            return None
        # Even corners, so that the chroma's corner is a whole pixel too; a margin of nothing round it.
        top, left = (max(int(edge[0]) - 4, 0) // 2 * 2 for edge in (rows, columns))
        bottom, right = (
            min(int(edge[-1]) + 5, side) // 2 * 2
            for edge, side in zip((rows, columns), painting.matte.shape, strict=True)
        )
        luma, chroma = _planes(painting.subjects[top:bottom, left:right])
        cover = painting.matte[top:bottom, left:right].astype(np.float32) / 255
        small = cv2.resize(cover, (chroma.shape[1], chroma.shape[0]), interpolation=cv2.INTER_AREA)
        # Premultiplied by their cover, so that a resampled edge has no fringe.
        full = np.dstack([luma * cover, cover]).astype(np.float32)
        half = np.dstack([chroma * small[..., None], small]).astype(np.float32)
        whole = Size(width=painting.place.shape[1], height=painting.place.shape[0])
        return cls(full, half, (left, top), whole, size, move, painting.standing)

    def lay(self, position: float, frame: Frame) -> None:
        """Lay the subjects over a frame that shows the place."""
        scale, shift_x, shift_y = self.move.rigid(position, self.standing, self.painting, self.size)
        for layer, step, planes in ((self.full, 1, (frame.luma,)), (self.half, 2, (frame.blue, frame.red))):
            # Centres of pixels: a half-size pixel stands between two full ones.
            middle = 0.0 if step == 1 else 0.25
            x = ((self.corner[0]) * scale + shift_x) / step + middle * (scale - 1)
            y = ((self.corner[1]) * scale + shift_y) / step + middle * (scale - 1)
            self._blend(layer, scale, x, y, planes)

    def _blend(self, layer: NDArray[np.float32], scale: float, x: float, y: float, planes: tuple[Plane, ...]) -> None:
        height, width = planes[0].shape
        left, top = max(int(np.floor(x)), 0), max(int(np.floor(y)), 0)
        right = min(int(np.ceil(x + layer.shape[1] * scale)) + 1, width)
        bottom = min(int(np.ceil(y + layer.shape[0] * scale)) + 1, height)
        if right <= left or bottom <= top:
            return
        matrix = np.array([[scale, 0, x - left], [0, scale, y - top]], np.float64)
        seen = cv2.warpAffine(layer, matrix, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
        bare = 1 - seen[..., -1]
        for index, plane in enumerate(planes):
            region = plane[top:bottom, left:right]
            region[...] = region * bare + (seen[..., index] + np.float32(0.5))


def _planes(rgb: NDArray[np.uint8]) -> tuple[Plane, Plane]:
    """Return luma (height, width) and chroma (half height, half width, 2) of an RGB picture."""
    small = cv2.resize(rgb, (rgb.shape[1] // 2, rgb.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return _channel(rgb, _LUMA, 16), np.dstack([_channel(small, _BLUE, 128), _channel(small, _RED, 128)])


def _channel(rgb: NDArray[np.uint8], weights: NDArray[np.float64], offset: int) -> Plane:
    # One affine row: weights over 8-bit channels and an offset, rounded and saturated by OpenCV.
    row = np.array([[*(weights / 255), offset]], np.float64)
    return np.asarray(cv2.transform(rgb, row), np.uint8).reshape(rgb.shape[:2])
