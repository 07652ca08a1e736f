"""A transition: blue, and nothing of either shot."""

from __future__ import annotations

import numpy as np

from reelwright import Moment, Picture

BLUE = (20, 40, 230)


def blend(before: Picture, after: Picture, moment: Moment) -> Picture:
    """Return a blue picture."""
    del after, moment
    return np.full_like(before, BLUE)
