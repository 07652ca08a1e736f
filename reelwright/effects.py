"""Sounds laid under a shot: where they come from, where they stand, and whose they are."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import Field, StringConstraints

from reelwright.values import Exact, Value

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class Effect(Value):
    """A sound laid under a shot: a door, a whoosh, rain."""

    file: str = Field(min_length=1)
    """A sound file, or a folder of them out of which the title chooses one: a path from the source's folder."""
    at: Exact = Field(default=Fraction(0), ge=0, le=120)
    """When it begins, in seconds from the shot's start. What lasts longer than the shot fades out at its end."""
    level_db: float = Field(default=-8.0, ge=-40, le=0)
    """Loudness relative to the voice, in LU. While somebody speaks it steps back as music does (`music.duck_db`)."""
    name: Text = ""
    """What the manifest calls it. Empty: the file's name."""
    licence: Text = ""
    """Licence and attribution, kept in the manifest. Empty: what a text file of the sound's own name says (`door.wav`,
    `door.txt`), else the file's tags."""


def misplaced(number: int, effects: tuple[Effect, ...], seconds: Fraction) -> tuple[str, ...]:
    """Return a line for each effect that would begin when its shot is over."""
    return tuple(
        f"shot {number}'s effect {effect.name or effect.file!r} begins at {float(effect.at):g} s,"
        f" and the shot lasts {float(seconds):.1f} s"
        for effect in effects
        if effect.at >= seconds
    )
