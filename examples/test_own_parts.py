# ruff: noqa: INP001, RUF012 - a test, not a package; what a suite is told is never changed
"""The check, captions and transition of this folder keep their contracts: `pytest examples/test_own_parts.py`."""

from __future__ import annotations

from pathlib import Path

from reelwright.media import ffmpeg
from reelwright.testing import CaptionContract, CheckContract, TransitionContract, numbered_clip

FOLDER = Path(__file__).parent


def green(into: Path) -> None:
    """A screen that somebody forgot to key out."""
    numbered_clip(into, filters="drawbox=color=0x00dd20:t=fill")


def humming(into: Path) -> None:
    """Numbers on grey, and the mains."""
    numbers = numbered_clip(into.with_name("mute.mp4"))
    hum = ["-f", "lavfi", "-i", "sine=frequency=50:duration=2:sample_rate=48000"]
    ffmpeg.run(["-y", "-i", str(numbers), *hum, "-c:v", "copy", str(into)])


class TestOurCheck(CheckContract):
    """It finds green screens and hum."""

    check = str(FOLDER / "own_check.py")
    settings = {"most_green": 0.3}
    wrong_settings = ({"most_green": 3}, {"most_geen": 0.3})
    good = {"numbers on grey": numbered_clip}
    bad = {"green_screen": green, "hum": humming}


class TestOurCaptions(CaptionContract):
    """Words pop in when they are spoken."""

    preset = str(FOLDER / "own_captions.py")


class TestOurTransition(TransitionContract):
    """An iris opens."""

    transition = str(FOLDER / "own_transition.py")
