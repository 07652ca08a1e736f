"""The things a scene may show, each drawn from shaded parts."""

from __future__ import annotations

import numpy as np

from reelwright.animatic.brush import Canvas
from reelwright.animatic.colour import Rgb
from reelwright.animatic.shapes import Points, placed
from reelwright.animatic.subjects import kitchen, living, outdoors, room
from reelwright.animatic.subjects.materials import Subject

DRAWN: dict[str, Subject] = {**kitchen.DRAWN, **room.DRAWN, **living.DRAWN, **outdoors.DRAWN}
"""Every subject by its name in `scene.SUBJECTS`."""

_SIZE = {
    "planet": 0.9,
    "phone": 0.85,
    "fridge": 1.0,
    "chain": 1.0,
    "crystal": 0.85,
    "mountain": 1.1,
    "boat": 0.85,
    "car": 0.8,
    "person": 1.0,
}

_LOWERED: dict[str, float] = {"planet": 0.9, "fish": 0.9, "rocket": 0.9, "heart": 0.9}
"""How far below the ground line, in half widths, the base of what floats lies."""


def draw_subject(
    canvas: Canvas,
    name: str,
    accent: Rgb,
    *,
    x: float,
    y: float,
    size: float,
    seed: int,
    mirror: bool = False,
) -> None:
    """Draw a subject with its base at (`x`, `y`) in shares of the picture; `size` is half its width in units."""
    scale = size * _SIZE.get(name, 1.0) * canvas.unit
    foot = y * canvas.tall + scale * _LOWERED.get(name, 0.0)
    if name == "bird":
        # High in the air, but inside the picture, whose edges are the camera's room.
        foot = max(foot - scale * 0.9, canvas.height * 0.1 + scale * 2.2)

    def paint(points: Points, colour: Rgb, **how: object) -> None:
        if "soft" in how:
            how["soft"] = float(str(how["soft"])) * max(size / 0.2, 0.6)
        canvas.shape(placed(points, x * canvas.width, foot, scale, mirror=mirror), colour, **how)  # type: ignore[arg-type]

    DRAWN[name](paint, accent, np.random.default_rng(seed))
