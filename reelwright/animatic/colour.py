"""Colours as float RGB triples from 0 to 1, mixed in a perceptual space so that blends stay clean."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[float, float, float]

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
    ]
)
_FROM_LMS = np.linalg.inv(_TO_LMS)
_FROM_LAB = np.linalg.inv(_TO_LAB)


def from_hex(text: str) -> Rgb:
    """Read `#rrggbb`."""
    return (int(text[1:3], 16) / 255, int(text[3:5], 16) / 255, int(text[5:7], 16) / 255)


def mix(first: Rgb, second: Rgb, share: float) -> Rgb:
    """Return the colour `share` of the way from `first` to `second`, through OKLab (Ottosson 2020)."""
    lab = (1 - share) * _oklab(first) + share * _oklab(second)
    return _rgb(lab)


def tint(colour: Rgb, lead: Rgb, share: float) -> Rgb:
    """Return `colour` in the hue of `lead`: `share` of its hue and chroma, and a quarter of that of its lightness.

    A straight mix of opposite hues is grey; here the hour keeps its light and the lead still shows.
    """
    own, led = _oklab(colour), _oklab(lead)
    light = own[0] + (led[0] - own[0]) * share / 4
    # Near black and near white the gamut has no room for chroma.
    room = 1 - min(abs(light - 0.6) * 1.1, 0.75)
    return _rgb(np.array([light, *(own[1:] * (1 - share) + led[1:] * share * room)]))


def ramp(stops: Sequence[Rgb], count: int) -> NDArray[np.float32]:
    """Return `count` colours evenly along `stops`, shape (count, 3)."""
    labs = np.array([_oklab(stop) for stop in stops])
    at = np.linspace(0, len(stops) - 1, count)
    channels = [np.interp(at, np.arange(len(stops)), labs[:, index]) for index in range(3)]
    return np.array([_rgb(lab) for lab in np.stack(channels, axis=1)], np.float32)


def shade(colour: Rgb, lightness: float = 0.0, chroma: float = 1.0) -> Rgb:
    """Return `colour` lighter or darker by `lightness` (OKLab L, -1 to 1) with its chroma multiplied."""
    lab = _oklab(colour)
    return _rgb(np.array([lab[0] + lightness, lab[1] * chroma, lab[2] * chroma]))


def lightness(colour: Rgb) -> float:
    """Return the OKLab lightness, 0 to 1."""
    return float(_oklab(colour)[0])


def hsv(hue_degrees: float, saturation: float, value: float) -> Rgb:
    """Return a colour by hue (degrees), saturation and value (0 to 1)."""
    return colorsys.hsv_to_rgb(hue_degrees % 360 / 360, saturation, value)


def _oklab(colour: Rgb) -> NDArray[np.float64]:
    channel = np.array(colour)
    linear = np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ linear))


def _rgb(lab: NDArray[np.float64]) -> Rgb:
    linear = np.clip(_FROM_LMS @ (_FROM_LAB @ lab) ** 3, 0, 1)
    channel = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = np.clip(channel, 0, 1)
    return (float(red), float(green), float(blue))
