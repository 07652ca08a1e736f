"""What stands in a room or a laboratory, and signs. Base line at y = 0, about two high, x from -1 to 1."""

from __future__ import annotations

import numpy as np

from reelwright.animatic.colour import Rgb, mix, shade
from reelwright.animatic.shapes import box, ellipse, polygon, scattered, smooth, turned
from reelwright.animatic.subjects.materials import CRUMB, DARK, FLAME, METAL, WHITE, WOOD, Paint, Subject


def _flask(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    glass = smooth(
        (-0.85, 0.0), (-0.8, -0.25), (-0.2, -1.2), (-0.2, -1.9), (0.2, -1.9), (0.2, -1.2), (0.8, -0.25), (0.85, 0.0)
    )
    paint(glass, mix(WHITE, accent, 0.2), volume=0.5, rim=0.8, shadow=0.5, opacity=0.55)
    paint(
        smooth((-0.8, -0.02), (-0.72, -0.3), (-0.42, -0.75), (0.42, -0.75), (0.72, -0.3), (0.8, -0.02)),
        accent,
        volume=0.8,
        rim=0.3,
        opacity=0.9,
    )
    for x, y in scattered(rng, 9, left=-0.4, right=0.4, top=-0.7, bottom=-0.1):
        paint(ellipse(x, y, rng.uniform(0.03, 0.07)), shade(accent, 0.3), volume=0.7, rim=0.5, opacity=0.7)


def _book(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    for index, colour in enumerate((accent, mix(accent, WOOD, 0.7), mix(accent, WHITE, 0.4))):
        y, lean = -index * 0.34, rng.uniform(-0.08, 0.08)
        paint(box(-1 + lean, y - 0.3, 0.95 + lean, y, radius=0.03), colour, volume=0.5, rim=0.4, shadow=0.5)
        paint(box(-0.9 + lean, y - 0.25, 1.0 + lean, y - 0.05), CRUMB, volume=0.1, rim=0.0)
        paint(box(-1 + lean, y - 0.3, -0.8 + lean, y, radius=0.03), shade(colour, -0.05), volume=0.6, rim=0.3)


def _candle(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    for x, height in ((-0.5, 0.9), (0.5, 0.7), (0.0, 1.3)):
        paint(
            box(x - 0.2, -height, x + 0.2, 0, radius=0.05),
            CRUMB,
            volume=0.8,
            rim=0.3,
            shadow=0.5,
            fade=shade(CRUMB, -0.2),
        )
        flame = smooth((x, -height - 0.5), (x + 0.13, -height - 0.15), (x, -height - 0.02), (x - 0.13, -height - 0.15))
        paint(flame, FLAME, volume=0, rim=0, soft=0.004)
        paint(flame * (0.5, 0.55) + (x * 0.5, -(height + 0.05) * 0.45), (1, 0.95, 0.8), volume=0, rim=0, soft=0.003)


def _fire(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    for turn in (-0.25, 0.25):
        paint(turned(box(-0.9, -0.12, 0.9, 0.1, radius=0.1), turn) + (0, -0.1), WOOD, volume=0.7, rim=0.3, shadow=0.5)
    for size, colour in ((1.0, (0.93, 0.36, 0.12)), (0.74, (1.0, 0.6, 0.18)), (0.45, (1.0, 0.88, 0.5))):
        tongue = smooth(
            (0, -1.9),
            (0.32, -1.2),
            (0.5, -0.9),
            (0.62, -0.4),
            (0.3, 0),
            (-0.35, 0),
            (-0.62, -0.45),
            (-0.34, -0.8),
            (-0.28, -1.3),
        )
        paint(tongue * size + (0, -0.08), colour, volume=0, rim=0, soft=0.006)


def _lamp(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    paint(ellipse(0, -1.35, 0.72), (1.0, 0.9, 0.6), volume=0.2, rim=0.5, shadow=0.1, opacity=0.92)
    paint(
        smooth((-0.12, -1.2), (-0.2, -1.5), (0, -1.35), (0.2, -1.5), (0.12, -1.2), (0, -1.28)),
        (1, 1, 0.92),
        volume=0,
        rim=0,
        soft=0.004,
    )
    paint(polygon((-0.42, -0.8), (0.42, -0.8), (0.3, -0.5), (-0.3, -0.5)), (1.0, 0.88, 0.6), volume=0.2, rim=0.3)
    for index in range(3):
        paint(box(-0.3, -0.52 + index * 0.15, 0.3, -0.4 + index * 0.15, radius=0.05), METAL, volume=0.8, rim=0.5)
    paint(ellipse(0, -0.02, 0.18, 0.09), DARK, volume=0.4, rim=0.2)


def _clock(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    paint(ellipse(0, -1, 1.0), mix(accent, METAL, 0.4), volume=0.9, rim=0.6, shadow=0.7)
    paint(ellipse(0, -1, 0.84), CRUMB, volume=0.15, rim=0.0)
    for index in range(12):
        paint(turned(box(-0.025, -0.76, 0.025, -0.64), index * np.pi / 6) + (0, -1), DARK, volume=0, rim=0)
    for length, width, angle in ((0.45, 0.045, rng.uniform(0, 6)), (0.66, 0.03, rng.uniform(0, 6))):
        paint(
            turned(box(-width, -length, width, 0.08, radius=0.02), angle) + (0, -1),
            DARK,
            volume=0.2,
            rim=0.2,
            shadow=0.3,
        )
    paint(ellipse(0, -1, 0.06), accent, volume=0.6, rim=0.4)


def _phone(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    own = box(-0.55, -2.1, 0.55, 0.0, radius=0.14)
    paint(turned(own, 0.08), DARK, volume=0.4, rim=0.8, shadow=0.7)
    paint(
        turned(box(-0.48, -2.0, 0.48, -0.1, radius=0.08), 0.08),
        mix(accent, WHITE, 0.35),
        volume=0.2,
        rim=0.0,
        fade=shade(accent, -0.15),
    )
    for index in range(4):
        paint(
            turned(box(-0.36, -1.8 + index * 0.4, 0.36 - index % 2 * 0.25, -1.55 + index * 0.4, radius=0.06), 0.08),
            WHITE,
            volume=0.2,
            rim=0,
            opacity=0.75,
        )


def _coin(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    gold = mix((0.9, 0.68, 0.25), accent, 0.15)
    for column, count in ((-0.7, 4), (0.7, 6), (0.0, 8)):
        for index in range(count):
            paint(
                ellipse(column + rng.uniform(-0.03, 0.03), -0.12 - index * 0.16, 0.42, 0.15),
                shade(gold, -0.1),
                volume=0.6,
                rim=0.3,
                shadow=0.3,
            )
            paint(ellipse(column, -0.17 - index * 0.16, 0.4, 0.13), gold, volume=0.6, rim=0.6)


def _heart(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    paint(
        smooth(
            (0, 0.0), (-1.0, -0.9), (-1.05, -1.6), (-0.5, -1.95), (0, -1.45), (0.5, -1.95), (1.05, -1.6), (1.0, -0.9)
        ),
        mix((0.82, 0.22, 0.28), accent, 0.3),
        volume=1.1,
        rim=0.5,
        shadow=0.5,
    )


def _chain(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    for strand in range(4):
        phase, lift = rng.uniform(0, 6), -0.25 - strand * 0.52
        across = np.linspace(-2.1, 2.1, 30)
        wave = lift + 0.3 * np.sin(across * 1.7 + phase) + 0.12 * np.sin(across * 4.1 + phase)
        colour = shade(accent, 0.1 - strand * 0.07)
        for index, (x, y) in enumerate(zip(across, wave, strict=True)):
            size = 0.125 + 0.03 * np.sin(index * 1.3 + phase)
            paint(ellipse(x, y, size), colour, volume=1.0, rim=0.55, shadow=0.3)


def _crystal(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    for x, height, lean, width in (
        (-0.85, 1.2, -0.4, 0.24),
        (0.8, 1.4, 0.38, 0.26),
        (-0.4, 1.8, -0.15, 0.28),
        (0.4, 2.0, 0.16, 0.3),
        (0, 2.4, 0.0, 0.34),
    ):
        colour = mix(accent, (0.75, 0.9, 1.0), 0.45)
        points = ((-width, 0.05), (-width, -height * 0.75), (0, -height), (width, -height * 0.75), (width, 0.05))
        paint(turned(polygon(*points), lean) + (x * 0.6, 0), colour, volume=0.5, rim=0.8, shadow=0.25, opacity=0.93)
        paint(
            turned(
                polygon(
                    (-width * 0.15, 0.05),
                    (-width * 0.15, -height * 0.7),
                    (0, -height),
                    (width, -height * 0.75),
                    (width, 0.05),
                ),
                lean,
            )
            + (x * 0.6, 0),
            shade(colour, -0.12),
            volume=0.2,
            rim=0.2,
            opacity=0.8,
        )
        paint(
            turned(
                polygon(
                    (-width * 0.8, -0.1),
                    (-width * 0.8, -height * 0.7),
                    (-width * 0.55, -height * 0.76),
                    (-width * 0.55, -0.1),
                ),
                lean,
            )
            + (x * 0.6, 0),
            WHITE,
            volume=0,
            rim=0,
            opacity=0.45,
        )


DRAWN: dict[str, Subject] = {
    "flask": _flask,
    "book": _book,
    "candle": _candle,
    "fire": _fire,
    "lamp": _lamp,
    "clock": _clock,
    "phone": _phone,
    "coin": _coin,
    "heart": _heart,
    "chain": _chain,
    "crystal": _crystal,
}
"""Each by its name in `scene.SUBJECTS`."""
