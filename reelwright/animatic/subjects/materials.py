"""What a painter of subjects is given, and the colours of common materials."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reelwright.animatic.colour import Rgb

Paint = Callable[..., None]

Subject = Callable[[Paint, Rgb, np.random.Generator], None]


CRUST: Rgb = (0.74, 0.45, 0.2)
CRUMB: Rgb = (0.96, 0.86, 0.66)
WHITE: Rgb = (0.93, 0.91, 0.87)
METAL: Rgb = (0.68, 0.7, 0.74)
LEAF: Rgb = (0.36, 0.55, 0.3)
WOOD: Rgb = (0.5, 0.32, 0.2)
DARK: Rgb = (0.16, 0.15, 0.2)
FLAME: Rgb = (1.0, 0.72, 0.28)
