"""What a clip is held against: what was asked of the model, what the master needs, and the recipe's limits."""

from __future__ import annotations

from pathlib import Path

from reelwright.checks.picture_marks import Corner
from reelwright.recipe import Checks, Fit
from reelwright.values import Exact, Size, Value


class PictureWanted(Value):
    """What the picture check is told."""

    seconds: Exact
    """The length that was asked of the model."""
    size: Size
    """The master's; the model's nearest may have been another."""
    fit: Fit = "auto"
    checks: Checks = Checks()
    start_frame: Path | None = None
    """The picture that the model was told to start from, if it takes one."""
    corner: Corner | None = None
    """Where a mark of this vendor may be."""
