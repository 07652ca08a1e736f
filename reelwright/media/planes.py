"""Pictures between RGB and the planes that are encoded: full range and limited range, BT.709."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.values import Size

_RED, _GREEN, _BLUE = 0.2126, 0.7152, 0.0722
"""ITU-R BT.709-6, 3.2."""
_BLUE_SPAN, _RED_SPAN = 1.8556, 1.5748


def to_planes(rgb: NDArray[Any]) -> NDArray[np.uint8]:
    """Convert full-range RGB (ITU-R BT.709-6, 3.2 and 3.4) to flat yuv420p; a colour is the mean of its four pixels."""
    red, green, blue = (rgb[..., channel].astype(np.float32) for channel in range(3))
    luma = _RED * red + _GREEN * green + _BLUE * blue
    small = [cv2.resize(part, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for part in (blue - luma, red - luma)]
    chroma = [128 + part / span * 224 / 255 for part, span in zip(small, (_BLUE_SPAN, _RED_SPAN), strict=True)]
    flat = np.concatenate([(16 + luma * 219 / 255).ravel(), *(part.ravel() for part in chroma)])
    return np.asarray(np.clip(np.rint(flat), 0, 255), np.uint8)


def to_rgb(flat: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Convert flat yuv420p of limited range to RGB, height x width x 3."""
    count, half = size.width * size.height, (size.height // 2, size.width // 2)
    luma = (flat[:count].reshape(size.height, size.width).astype(np.float32) - 16) * (255 / 219)
    blue, red = (
        cv2.resize(part.reshape(half).astype(np.float32) - 128, (size.width, size.height)) * (255 / 224)
        for part in np.split(flat[count:], 2)
    )
    red, blue = luma + _RED_SPAN * red, luma + _BLUE_SPAN * blue
    green = (luma - _RED * red - _BLUE * blue) / _GREEN
    return np.asarray(np.clip(np.rint(np.dstack([red, green, blue])), 0, 255), np.uint8)
