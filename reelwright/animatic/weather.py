"""Gentle life in the picture: dust in the light, steam, snow, rain, sparks; soft lights added to the luma plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.animatic.scene import Weather

Plane = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Kind:
    count: int
    radius: tuple[float, float]
    """Of the soft light, in shares of the shorter side."""
    strength: tuple[float, float]
    """Luma steps (0 to 255) at its middle."""
    speed: tuple[float, float]
    """Across and down, in shorter sides a second."""
    life_seconds: float
    area: tuple[float, float, float, float]
    """Left, top, right, bottom where they begin, in shares of the picture."""
    stretch: float = 1.0
    sway: float = 0.012


_KINDS: dict[Weather, _Kind] = {
    "clear": _Kind(14, (0.0015, 0.003), (14, 34), (0.008, -0.012), 6.0, (0, 0.1, 1, 0.8)),
    "dust": _Kind(34, (0.0014, 0.0042), (16, 44), (0.012, -0.018), 6.0, (0, 0.12, 1, 0.8)),
    "steam": _Kind(9, (0.035, 0.075), (9, 17), (0.006, -0.085), 4.2, (0.36, 0.46, 0.64, 0.52), stretch=1.6, sway=0.03),
    "snow": _Kind(90, (0.0022, 0.0075), (40, 105), (0.02, 0.14), 7.0, (-0.05, -0.2, 1.05, 0.75)),
    "rain": _Kind(80, (0.0011, 0.0016), (26, 55), (0.05, 1.6), 0.9, (-0.05, -0.3, 1.05, 0.6), stretch=22.0, sway=0.0),
    "spark": _Kind(38, (0.0022, 0.006), (45, 110), (0.01, -0.03), 3.6, (0, 0.1, 1, 0.85)),
}


class Life:
    """The particles of one shot: the same ones at the same frame on every run."""

    def __init__(self, weather: Weather, seed: int, width: int, height: int) -> None:
        self._kind = _KINDS[weather]
        rng = np.random.default_rng(seed + 77)
        self._dice = rng.random((self._kind.count, 7))
        self._width, self._height, self._unit = width, height, min(width, height)

    def add(self, luma: Plane, seconds: float) -> None:
        """Add the lights of this moment to the luma plane (height, width), in place."""
        kind = self._kind
        left, top, right, bottom = kind.area
        for dice in self._dice:
            age = (seconds / (kind.life_seconds * (0.7 + 0.6 * dice[0])) + dice[1]) % 1.0
            passed = age * kind.life_seconds
            x = (left + (right - left) * dice[2]) * self._width + kind.speed[0] * (
                dice[3] * 2 - 0.6
            ) * passed * self._unit
            x += np.sin(passed * (0.8 + dice[4]) + dice[5] * 6.3) * kind.sway * self._unit
            y = (top + (bottom - top) * dice[6]) * self._height + kind.speed[1] * (
                0.6 + 0.8 * dice[4]
            ) * passed * self._unit
            radius = (kind.radius[0] + (kind.radius[1] - kind.radius[0]) * dice[5] ** 2) * self._unit
            fade = np.sin(np.pi * age)
            self._light(
                luma,
                float(x),
                float(y),
                radius,
                (kind.strength[0] + (kind.strength[1] - kind.strength[0]) * dice[3]) * fade,
            )

    def _light(self, luma: Plane, x: float, y: float, radius: float, strength: float) -> None:
        tall = radius * self._kind.stretch
        left, right = max(int(x - radius * 2.6), 0), min(int(x + radius * 2.6) + 2, luma.shape[1])
        top, bottom = max(int(y - tall * 2.6), 0), min(int(y + tall * 2.6) + 2, luma.shape[0])
        if right - left < 2 or bottom - top < 2:
            return
        across = np.exp(-(((np.arange(left, right, dtype=np.float32) - np.float32(x)) / np.float32(radius)) ** 2))
        down = np.exp(-(((np.arange(top, bottom, dtype=np.float32) - np.float32(y)) / np.float32(tall)) ** 2))
        region = luma[top:bottom, left:right]
        lit = region + (down * np.float32(strength))[:, None] * across[None, :] + np.float32(0.5)
        np.minimum(lit, 235, out=lit)
        region[...] = lit
