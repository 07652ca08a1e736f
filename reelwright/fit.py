"""How a clip is fitted to a shot, as a value: which part of it is seen, how fast, and what of its picture."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from pydantic import Field

from reelwright.values import Exact, Value

Fit = Literal["auto", "crop", "blur"]
"""How a clip of another shape fills the picture."""


class Bars(Value):
    """Black bars that are part of the picture: their widths as shares of its sides."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0

    def __bool__(self) -> bool:
        """Whether there are any."""
        return any((self.left, self.top, self.right, self.bottom))


class Window(Value):
    """Where the picture is cut out from a moment on."""

    since: Exact = Fraction(0)
    """In seconds of the clip."""
    x: float = Field(default=0.5, ge=0, le=1)
    """The window's middle, as a share of the picture's width."""
    y: float = Field(default=0.5, ge=0, le=1)


class FitPlan(Value):
    """How a clip becomes the frames of its shot. The default takes its beginning and the middle of its picture."""

    start: Exact = Fraction(0)
    """The first moment of the clip that is seen, in seconds."""
    until: Exact | None = None
    """From here on nothing of it is seen, in seconds of the clip; the last picture before is held."""
    speed: Exact = Fraction(1)
    """How fast it is played; under 1 it is slowed down."""
    blended: bool = False
    """Whether pictures between two of the clip are blended of both, rather than one of them repeated."""
    blurred: bool = False
    """Whether all of the picture is shown, before a blurred copy of itself."""
    windows: tuple[Window, ...] = ()
    """Where the picture is cut out; empty: in the middle."""
    bars: Bars = Bars()
    """What is cut off first."""
    turned: Literal[0, 90, 180, 270] = 0
    """By how many degrees it is turned clockwise, beyond what the file says."""
    mirrored: bool = False
    interlaced: bool = False


MIDDLE = FitPlan()
"""What is done with a clip of which nothing is known."""
