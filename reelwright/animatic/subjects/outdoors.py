"""What stands outside, drives, sails or flies. Base line at y = 0, about two high, x from -1 to 1."""

from __future__ import annotations

import numpy as np

from reelwright.animatic.colour import Rgb, mix, shade
from reelwright.animatic.shapes import box, ellipse, polygon, smooth, turned
from reelwright.animatic.subjects.materials import DARK, FLAME, METAL, WHITE, WOOD, Paint, Subject


def _house(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    paint(box(-0.85, -1.0, 0.85, 0.02), mix(WHITE, accent, 0.25), volume=0.3, rim=0.3, shadow=0.6)
    paint(box(0.4, -1.95, 0.62, -1.2), (0.55, 0.33, 0.28), volume=0.4, rim=0.3)
    paint(
        polygon((-1.08, -0.95), (0, -1.85), (1.08, -0.95)),
        mix((0.6, 0.28, 0.22), accent, 0.3),
        volume=0.3,
        rim=0.4,
        shadow=0.4,
    )
    for x in (-0.5, 0.5):
        paint(box(x - 0.2, -0.72, x + 0.2, -0.35), FLAME, volume=0, rim=0.2)
        paint(box(x - 0.02, -0.72, x + 0.02, -0.35), WOOD, volume=0, rim=0)
    paint(box(-0.15, -0.55, 0.15, 0.02, radius=0.02), WOOD, volume=0.4, rim=0.3)


def _castle(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    stone = mix((0.55, 0.53, 0.55), accent, 0.2)
    for x, width, height in (
        (-0.85, 0.24, 1.5),
        (0.85, 0.24, 1.4),
        (-0.3, 0.22, 1.9),
        (0.35, 0.2, 1.75),
        (0, 0.95, 0.95),
    ):
        paint(
            box(x - width, -height, x + width, 0.02),
            shade(stone, rng.uniform(-0.04, 0.04)),
            volume=0.5,
            rim=0.35,
            shadow=0.3,
        )
        if width < 0.5:
            paint(
                polygon((x - width * 1.25, -height), (x, -height - 0.55), (x + width * 1.25, -height)),
                mix((0.4, 0.2, 0.3), accent, 0.4),
                volume=0.5,
                rim=0.4,
            )
        paint(box(x - 0.05, -height * 0.7, x + 0.05, -height * 0.55, radius=0.04), FLAME, volume=0, rim=0)
    paint(smooth((-0.2, 0.02), (-0.2, -0.4), (0.2, -0.4), (0.2, 0.02)), DARK, volume=0, rim=0.1)


def _boat(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    paint(polygon((0.02, -0.35), (0.06, -0.35), (0.05, -2.1), (0.02, -2.1)), WOOD, volume=0.3, rim=0.3)
    paint(
        smooth((0.1, -0.45), (0.12, -2.0), (0.35, -1.5), (0.95, -0.5), rounds=2),
        WHITE,
        volume=0.6,
        rim=0.3,
        shadow=0.15,
    )
    paint(
        smooth((-0.02, -0.5), (-0.02, -1.75), (-0.35, -1.1), (-0.7, -0.55), rounds=2),
        mix(WHITE, accent, 0.55),
        volume=0.6,
        rim=0.3,
    )
    paint(
        smooth((-1.0, -0.42), (1.1, -0.45), (0.8, 0.02), (-0.7, 0.05)),
        mix(WOOD, accent, 0.3),
        volume=0.6,
        rim=0.4,
        shadow=0.4,
    )


def _rocket(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    for size, colour in ((1.0, (0.98, 0.5, 0.15)), (0.6, (1.0, 0.85, 0.5))):
        paint(
            smooth((-0.22 * size, -0.35), (0.22 * size, -0.35), (0, -0.35 + 0.85 * size)),
            colour,
            volume=0,
            rim=0,
            soft=0.008,
        )
    for side in (-1, 1):
        paint(
            smooth((side * 0.3, -1.0), (side * 0.75, -0.45), (side * 0.7, -0.25), (side * 0.28, -0.45)),
            accent,
            volume=0.5,
            rim=0.4,
        )
    paint(
        smooth((0, -2.45), (0.38, -1.7), (0.4, -0.9), (0.25, -0.38), (-0.25, -0.38), (-0.4, -0.9), (-0.38, -1.7)),
        WHITE,
        volume=1.0,
        rim=0.5,
        shadow=0.2,
    )
    paint(ellipse(0, -1.5, 0.19), METAL, volume=0.6, rim=0.4)
    paint(ellipse(0, -1.5, 0.14), (0.3, 0.55, 0.75), volume=0.8, rim=0.4)


def _planet(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    ring = np.concatenate([ellipse(0, 0, 1.7, 0.36), ellipse(0, 0, 1.3, 0.24)[::-1]])
    paint(ellipse(0, -1.0, 1.0), accent, volume=1.4, rim=0.5, fade=shade(accent, -0.45))
    for index in range(5):
        y, half = -1.6 + index * 0.3, float(np.sqrt(max(1 - (index * 0.3 - 0.6) ** 2, 0.05)))
        band = smooth(
            (-half * 0.96, y),
            (0, y + 0.1),
            (half * 0.96, y),
            (half * 0.9, y + 0.11),
            (0, y + 0.22),
            (-half * 0.9, y + 0.11),
        )
        paint(band, shade(accent, rng.uniform(-0.12, 0.12)), volume=0.3, rim=0, opacity=0.35, soft=0.006)
    front = turned(ring[(ring[:, 1] > -0.02)], -0.35) + (0, -1)
    paint(front, mix(accent, WHITE, 0.6), volume=0.2, rim=0.4, opacity=0.75, soft=0.002)


def _car(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    paint(
        smooth(
            (-1.3, -0.15),
            (-1.28, -0.55),
            (-0.75, -0.68),
            (-0.4, -1.1),
            (0.45, -1.1),
            (0.8, -0.68),
            (1.3, -0.55),
            (1.35, -0.15),
        ),
        accent,
        volume=0.8,
        rim=0.5,
        shadow=0.7,
    )
    paint(
        smooth((-0.6, -0.66), (-0.34, -1.0), (0.0, -1.0), (0.0, -0.66), rounds=2),
        (0.6, 0.75, 0.85),
        volume=0.3,
        rim=0.3,
    )
    paint(
        smooth((0.08, -0.66), (0.08, -1.0), (0.4, -1.0), (0.66, -0.66), rounds=2),
        (0.6, 0.75, 0.85),
        volume=0.3,
        rim=0.3,
    )
    for x in (-0.8, 0.8):
        paint(ellipse(x, -0.16, 0.27), DARK, volume=0.5, rim=0.3)
        paint(ellipse(x, -0.16, 0.13), METAL, volume=0.7, rim=0.4)
    paint(ellipse(1.22, -0.42, 0.1, 0.07), (1, 0.95, 0.75), volume=0, rim=0, soft=0.003)


def _mountain(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    rock = mix((0.4, 0.42, 0.5), accent, 0.3)
    paint(
        polygon((-1.9, 0.1), (-0.9, -1.2), (-0.6, -1.0), (0, -2.3), (0.45, -1.5), (0.7, -1.6), (1.9, 0.1)),
        rock,
        volume=0.6,
        rim=0.3,
    )
    paint(
        polygon((-0.28, -1.68), (0, -2.3), (0.33, -1.72), (0.15, -1.8), (0.02, -1.6), (-0.12, -1.85)),
        WHITE,
        volume=0.3,
        rim=0.3,
    )


DRAWN: dict[str, Subject] = {
    "house": _house,
    "castle": _castle,
    "boat": _boat,
    "rocket": _rocket,
    "planet": _planet,
    "car": _car,
    "mountain": _mountain,
}
"""Each by its name in `scene.SUBJECTS`."""
