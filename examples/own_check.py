# ruff: noqa: INP001 - a file that a recipe names, not a package
"""A check of one's own: the picture shall keep the house's colours, and the clip's own sound shall not drone.

`checks: {own: [examples/own_check.py]}` in a recipe uses it, as `examples/own-look.yaml` does.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pydantic import Field

from reelwright import ClipSeen, Finding, Value

_GREEN, _ABOVE_THE_OTHERS = 150, 80
_HUM_HERTZ = 50


class Settings(Value):
    """What the recipe may say under `settings`."""

    most_green: float = Field(default=0.3, ge=0, le=1)
    """The share of a picture that may be bright green: a screen that somebody forgot to key out."""
    hum_db: float = -30.0
    """How strong mains hum may be against all that is heard."""


def check(clip: ClipSeen, settings: Settings) -> Iterator[Finding]:
    """Look at two pictures of each second, then listen."""
    for seconds, picture in clip.pictures(per_second=2):
        red, green, blue = (picture[..., channel].astype(int) for channel in range(3))
        share = float(((green > _GREEN) & (green - np.maximum(red, blue) > _ABOVE_THE_OTHERS)).mean())
        if share > settings.most_green:
            message = f"a green screen fills {share:.0%} of it"
            yield Finding(kind="green_screen", severity="reject", message=message, at_seconds=seconds)
            break
    sound = clip.sound().mean(axis=1)
    if sound.size and sound.any():
        spectrum = np.abs(np.fft.rfft(sound)) ** 2
        place = round(_HUM_HERTZ * sound.size / 48_000)
        hum = 10 * np.log10(spectrum[place - 2 : place + 3].sum() / spectrum.sum() + 1e-12)
        if hum > settings.hum_db:
            yield Finding(kind="hum", severity="note", message="its sound hums", measured=float(hum), unit="dB")
