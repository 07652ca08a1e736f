"""Whether two pictures, or two clips, show the same: a perceptual hash of 64 bits, and the colours of 4 x 4 fields.

The hash holds the signs of the lowest frequencies (discrete cosine transform). Measured: the same shot encoded anew
differs by less than 1 bit, graded, cropped a little and badly compressed by 4, another shot by 26 and more.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import cv2
import numpy as np

from reelwright.checks.picture_looks import Look
from reelwright.checks.picture_marks import Pixels

_SIDE, _KEPT, _FIELDS = 32, 8, 4
_MOMENTS = 6
_PLAIN = 6.0
"""Spread of grey levels under which a picture has no outlines whose likeness would mean anything."""


class Turn(NamedTuple):
    """How a picture has to be turned, clockwise in degrees, and then mirrored, to look like another one."""

    degrees: int
    mirrored: bool
    bits: int
    """How many of the 64 bits still differ."""


def hash_of(rgb: Pixels) -> int:
    """Return the perceptual hash of a picture."""
    grey = cv2.resize(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    waves = cv2.dct(np.asarray(grey, np.float32))[:_KEPT, :_KEPT].ravel()
    # The first one is the mean brightness: it says nothing of the outlines and would shift the middle.
    signs = waves > np.median(waves[1:])
    return int("".join("1" if sign else "0" for sign in signs), 2)


def is_plain(rgb: Pixels) -> bool:
    """Whether a picture has too little in it to be known again by its outlines."""
    return float(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).std()) < _PLAIN


def likeness(picture: Pixels, wanted: Pixels) -> Turn:
    """Return the turn by which `picture` comes nearest to `wanted`: none, unless another one is clearly nearer."""
    aim = hash_of(wanted)
    found = [Turn(0, mirrored=False, bits=(hash_of(_shaped(picture, wanted)) ^ aim).bit_count())]
    if found[0].bits < _CLEARLY:
        return found[0]
    for degrees, mirrored in product((0, 90, 180, 270), (False, True)):
        turned = np.rot90(picture, -degrees // 90)
        shown = np.ascontiguousarray(turned[:, ::-1] if mirrored else turned)
        found.append(Turn(degrees, mirrored, (hash_of(_shaped(shown, wanted)) ^ aim).bit_count()))
    best = min(found, key=lambda turn: turn.bits)
    return best if best.bits <= _SURELY and best.bits + _CLEARLY <= found[0].bits else found[0]


_SURELY, _CLEARLY = 14, 10
"""Bits: how near a turned picture has to come, and how much nearer than the picture as it is."""


def fingerprint(looks: Sequence[Look]) -> tuple[str, ...]:
    """Return what a clip is known by: hash and colours of six moments, as text."""
    places = np.linspace(0, len(looks) - 1, _MOMENTS).round().astype(int).tolist() if looks else []
    return tuple(f"{hash_of(looks[at].rgb):016x}{_colours(looks[at].rgb).tobytes().hex()}" for at in places)


def _shaped(picture: Pixels, wanted: Pixels) -> Pixels:
    """Cut the middle of the picture out in the wanted shape: a start frame is fitted so, or a clip's edges are."""
    height, width = picture.shape[:2]
    aspect = wanted.shape[1] / wanted.shape[0]
    across, down = min(width, max(round(height * aspect), 1)), min(height, max(round(width / aspect), 1))
    left, top = (width - across) // 2, (height - down) // 2
    return picture[top : top + down, left : left + across]


def _colours(rgb: Pixels) -> Pixels:
    return np.asarray(cv2.resize(rgb, (_FIELDS, _FIELDS), interpolation=cv2.INTER_AREA), np.uint8)
