# ruff: noqa: INP001 - a file that a recipe names, not a package
"""A transition of one's own: the next shot opens like an iris, from the middle.

`transition: {kind: examples/own_transition.py, seconds: 0.5}` in a recipe uses it, as `examples/own-look.yaml` does.
"""

from __future__ import annotations

import numpy as np

from reelwright import Moment, Picture


def blend(before: Picture, after: Picture, moment: Moment) -> Picture:
    """Show the next shot inside a circle that grows until it reaches the corners."""
    height, width = before.shape[:2]
    rows, columns = np.ogrid[:height, :width]
    away = np.hypot(rows - height / 2, columns - width / 2)
    is_open = away < moment.at * np.hypot(height, width) / 2
    return np.where(is_open[..., None], after, before)
