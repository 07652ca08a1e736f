"""What lives. Base line at y = 0, about two high, x from -1 to 1."""

from __future__ import annotations

import numpy as np

from reelwright.animatic.colour import Rgb, mix, shade
from reelwright.animatic.shapes import box, ellipse, polygon, scattered, smooth, turned
from reelwright.animatic.subjects.materials import DARK, LEAF, WHITE, WOOD, Paint, Subject


def _plant(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    for index in range(11):
        angle = np.pi * (index / 10 - 0.5) * 0.9
        length = 1.5 - abs(angle) * 0.35 + rng.uniform(-0.1, 0.1)
        leaf = smooth((0, 0), (-0.16, -length * 0.55), (0, -length), (0.16, -length * 0.55))
        paint(turned(leaf, angle) + (0, -0.75), shade(LEAF, rng.uniform(-0.08, 0.1)), volume=0.6, rim=0.4, shadow=0.15)
    paint(
        polygon((-0.5, -0.85), (0.5, -0.85), (0.38, 0), (-0.38, 0)),
        mix((0.72, 0.4, 0.28), accent, 0.25),
        volume=0.8,
        rim=0.3,
        shadow=0.6,
    )
    paint(
        box(-0.56, -0.98, 0.56, -0.8, radius=0.05),
        mix((0.78, 0.46, 0.33), accent, 0.25),
        volume=0.5,
        rim=0.4,
        shadow=0.3,
    )


def _flower(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    for x, height in ((-0.5, 1.2), (0.45, 1.4), (0.0, 1.85)):
        paint(
            polygon((x * 0.3 - 0.03, 0), (x * 0.3 + 0.03, 0), (x + 0.025, -height), (x - 0.025, -height)),
            LEAF,
            volume=0.2,
            rim=0.2,
        )
        paint(
            smooth((x * 0.5, -height * 0.4), (x * 0.5 + 0.4, -height * 0.7), (x * 0.5 + 0.1, -height * 0.35)),
            LEAF,
            volume=0.4,
            rim=0.3,
        )
        for petal in range(9):
            own = ellipse(0, -0.24, 0.12, 0.22)
            paint(
                turned(own, petal * 2 * np.pi / 9) + (x, -height),
                shade(accent, rng.uniform(-0.03, 0.1)),
                volume=0.5,
                rim=0.35,
                shadow=0.12,
            )
        paint(ellipse(x, -height, 0.13), (0.93, 0.72, 0.25), volume=0.8, rim=0.3)


def _tree(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    paint(
        smooth((-0.2, 0.05), (-0.1, -0.8), (-0.3, -1.3), (0.3, -1.3), (0.1, -0.8), (0.22, 0.05)),
        WOOD,
        volume=0.7,
        rim=0.3,
        shadow=0.3,
    )
    for x, y in scattered(rng, 26, left=-0.75, right=0.75, top=-2.3, bottom=-1.1):
        size = rng.uniform(0.24, 0.42)
        colour = mix(shade(LEAF, 0.1 * (-1.6 - y) + rng.uniform(-0.04, 0.04)), accent, 0.18)
        paint(ellipse(x, y, size, size * 0.85), colour, volume=0.55, rim=0.2, shadow=0.12)


def _fish(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    paint(smooth((0.65, -1.0), (1.15, -1.45), (1.05, -1.0), (1.15, -0.55)), shade(accent, -0.08), volume=0.4, rim=0.3)
    paint(smooth((-0.1, -1.4), (0.15, -1.75), (0.4, -1.3)), shade(accent, -0.08), volume=0.4, rim=0.3)
    paint(
        smooth((-1.0, -0.98), (-0.4, -1.5), (0.4, -1.35), (0.85, -1.0), (0.4, -0.65), (-0.4, -0.5)),
        accent,
        volume=0.9,
        rim=0.4,
        shadow=0.2,
        fade=WHITE,
    )
    paint(ellipse(-0.62, -1.08, 0.09), WHITE, volume=0.2, rim=0)
    paint(ellipse(-0.64, -1.08, 0.05), DARK, volume=0, rim=0)


def _bird(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    for x, y, size in ((0.0, -1.5, 0.62), (-0.7, -1.9, 0.36), (0.65, -1.95, 0.3)):
        wing = smooth(
            (-1, -0.25),
            (-0.55, -0.45),
            (-0.1, -0.05),
            (0, 0.05),
            (0.1, -0.05),
            (0.55, -0.5),
            (1, -0.3),
            (0.5, -0.22),
            (0, 0.24),
            (-0.5, -0.18),
        )
        paint(wing * size + (x, y), mix(DARK, accent, 0.35), volume=0.3, rim=0.5)


def _cat(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    fur = mix((0.8, 0.5, 0.25), accent, 0.3)
    paint(
        smooth((0.4, -0.15), (0.9, -0.1), (1.15, -0.7), (1.0, -1.0), (0.95, -0.6), (0.5, -0.35)),
        shade(fur, -0.05),
        volume=0.6,
        rim=0.4,
    )
    paint(
        smooth((-0.5, 0.02), (-0.45, -0.9), (0.0, -1.25), (0.5, -0.7), (0.62, 0.02)),
        fur,
        volume=0.8,
        rim=0.35,
        shadow=0.6,
    )
    for x in (-0.52, -0.02):
        paint(polygon((x - 0.16, -1.55), (x - 0.06 + x * 0.1, -1.98), (x + 0.18, -1.6)), fur, volume=0.4, rim=0.3)
    paint(ellipse(-0.27, -1.36, 0.46, 0.38), shade(fur, 0.03), volume=0.7, rim=0.35, shadow=0.25)
    for x in (-0.43, -0.12):
        paint(ellipse(x, -1.4, 0.065, 0.085), (0.75, 0.85, 0.4), volume=0, rim=0)
        paint(ellipse(x, -1.4, 0.025, 0.075), DARK, volume=0, rim=0)
    paint(polygon((-0.32, -1.28), (-0.22, -1.28), (-0.27, -1.22)), (0.75, 0.4, 0.4), volume=0, rim=0)


def _person(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    coat = mix(accent, DARK, 0.35)
    for x in (-0.16, 0.16):
        paint(box(x - 0.13, -0.85, x + 0.13, 0.02, radius=0.08), shade(DARK, 0.05), volume=0.5, rim=0.35, shadow=0.4)
    paint(smooth((-0.42, -1.6), (0.42, -1.6), (0.46, -0.7), (-0.46, -0.7)), coat, volume=0.7, rim=0.5, shadow=0.3)
    for x in (-0.48, 0.48):
        paint(
            smooth((x * 0.7, -1.62), (x * 1.05, -1.5), (x * 1.2, -0.85), (x * 0.95, -0.82)),
            shade(coat, -0.03),
            volume=0.5,
            rim=0.4,
        )
    paint(ellipse(0, -1.88, 0.22, 0.26), (0.8, 0.6, 0.48), volume=0.7, rim=0.4, shadow=0.2)
    paint(
        smooth((-0.25, -1.85), (-0.22, -2.15), (0.05, -2.24), (0.25, -2.05), (0.22, -1.92), (0.0, -2.05)),
        mix(DARK, WOOD, 0.5),
        volume=0.4,
        rim=0.3,
    )


DRAWN: dict[str, Subject] = {
    "plant": _plant,
    "flower": _flower,
    "tree": _tree,
    "fish": _fish,
    "bird": _bird,
    "cat": _cat,
    "person": _person,
}
"""Each by its name in `scene.SUBJECTS`."""
