"""A vendor's mark burned into a corner: thin bright strokes that stand still while what is behind them moves."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.checks.picture_values import Corner

Pixels = NDArray[np.uint8]
_DOWN, _ACROSS = 0.14, 0.5
"""Shares of the picture's sides that a corner's band takes."""
_BAND_PIXELS = 540
_FEWEST = 5
_SAME, _STEADY, _STROKE = 12.0, 0.85, 9.0
"""The least mean gradient of a stroke, how alike it is in all pictures, and how much lighter than what is round it."""
_MOVES, _MOVING_SHARE = 3.5, 0.5
_LEAST_SHARE = 0.004


def band_of(grey: Pixels, corner: Corner) -> Pixels:
    """Cut the band of a corner out of a picture."""
    height, width = grey.shape
    down, across = round(height * _DOWN), round(width * _ACROSS)
    rows = slice(height - down, height) if corner.startswith("bottom") else slice(down)
    columns = slice(width - across, width) if corner.endswith("right") else slice(across)
    band = grey[rows, columns]
    scale = min(_BAND_PIXELS / across, 1.0)
    size = (max(round(across * scale), 8), max(round(down * scale), 8))
    return np.asarray(cv2.resize(band, size, interpolation=cv2.INTER_AREA), np.uint8)


def mark_share(bands: Sequence[Pixels]) -> float | None:
    """Return what share of a corner's band is a mark; `None`: what is behind it stands still, so nobody can tell."""
    if len(bands) < _FEWEST:
        return None
    tones = np.stack(bands).astype(np.float32)
    moving = tones.std(axis=0) > _MOVES
    if float(moving.mean()) < _MOVING_SHARE:
        return None
    across, down, strength = _gradients(tones)
    steady = np.hypot(across, down)
    mean = tones.mean(axis=0)
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (15, 15))
    stroke = cv2.dilate(cv2.morphologyEx(mean, cv2.MORPH_TOPHAT, kernel), np.ones((3, 3), np.uint8))
    found = (steady > _SAME) & (steady > _STEADY * strength) & (stroke > _STROKE)
    return float(found.mean())


def is_mark(share: float | None) -> bool:
    """Whether so much of the band is a mark."""
    return share is not None and share >= _LEAST_SHARE


def _gradients(tones: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return the mean gradient over time, across and down, and its mean strength."""
    across = np.stack([cv2.Scharr(tone, cv2.CV_32F, 1, 0, scale=1 / 16) for tone in tones])
    down = np.stack([cv2.Scharr(tone, cv2.CV_32F, 0, 1, scale=1 / 16) for tone in tones])
    return across.mean(axis=0), down.mean(axis=0), np.hypot(across, down).mean(axis=0)
