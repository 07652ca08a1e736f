"""What the picture check is told and what it hands on: values, so that who only reads them loads no decoder."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Literal

from reelwright.fit import Bars, Fit
from reelwright.recipe import Checks
from reelwright.values import Exact, Size, Value

Corner = Literal["bottom-right", "bottom-left", "top-right", "top-left"]


SURVEY = "survey"
"""The name under which a clip's facts hold its survey."""


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


class Scene(Value):
    """A part of a clip without a cut in it."""

    first: Exact
    """When the new scene is surely seen, in seconds."""
    last: Exact
    """Until when nothing else is surely seen, in seconds."""
    subject: tuple[float, float] | None = None
    """Middle of the window that holds the subject, as shares of width and height; `None`: the middle of the picture."""


class Survey(Value):
    """What one look through a clip found for its fitting. All times in seconds from the first frame."""

    seconds: Exact
    """By the time stamps of its frames, whatever its header says."""
    aspect: Exact | None = None
    """Width over height of the window that the subjects were sought for; `None`: they were not."""
    scenes: tuple[Scene, ...] = ()
    calm: tuple[Exact, ...] = ()
    """Moments at which the picture moves least: where a cut is hardly felt."""
    dark_until: Exact = Fraction(0)
    """Until when it is black at its beginning."""
    bars: Bars = Bars()
    glide: float | None = None
    """How fast the whole picture glides, in picture widths a second; `None`: it does not move as one."""
    interlaced: bool = False
    turned: Literal[0, 90, 180, 270] = 0
    """Degrees to turn it clockwise to see it as its start frame was, beyond what the file says."""
    mirrored: bool = False
    fingerprint: tuple[str, ...] = ()
