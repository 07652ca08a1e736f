"""The things a scene may show, each drawn from shaded parts; base line at y = 0, about two high, x from -1 to 1."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reelwright.animatic.brush import Canvas
from reelwright.animatic.colour import Rgb, mix, shade
from reelwright.animatic.shapes import Points, box, ellipse, placed, polygon, scattered, smooth, turned

Paint = Callable[..., None]
Subject = Callable[[Paint, Rgb, np.random.Generator], None]

CRUST: Rgb = (0.74, 0.45, 0.2)
CRUMB: Rgb = (0.96, 0.86, 0.66)
WHITE: Rgb = (0.93, 0.91, 0.87)
METAL: Rgb = (0.68, 0.7, 0.74)
LEAF: Rgb = (0.36, 0.55, 0.3)
WOOD: Rgb = (0.5, 0.32, 0.2)
DARK: Rgb = (0.16, 0.15, 0.2)
FLAME: Rgb = (1.0, 0.72, 0.28)


def _loaf(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    body = smooth(
        (-1.05, -0.05),
        (-1.0, -0.6),
        (-0.5, -1.0),
        (0.2, -1.02),
        (0.85, -0.75),
        (1.08, -0.2),
        (0.95, 0.02),
        (-0.9, 0.04),
    )
    paint(body, CRUST, volume=0.95, rim=0.25, shadow=0.75, fade=shade(CRUST, -0.3))
    for index in range(4):
        x = -0.6 + index * 0.38
        cut = smooth((x - 0.2, -0.5), (x - 0.02, -0.86), (x + 0.16, -0.97), (x + 0.1, -0.72), (x - 0.08, -0.42))
        paint(cut, mix(CRUMB, CRUST, 0.22), volume=0.5, rim=0.1, soft=0.002)
    for x, y in scattered(rng, 26, left=-0.85, right=0.9, top=-0.9, bottom=-0.15):
        if (x / 1.05) ** 2 + ((y + 0.4) / 0.55) ** 2 < 0.8:
            paint(ellipse(x, y, 0.022, 0.014), CRUMB, volume=0, rim=0, opacity=0.55)


def _slice(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    outline = [
        (-0.72, 0.0),
        (-0.74, -0.85),
        (-0.95, -1.1),
        (-0.8, -1.5),
        (0.0, -1.62),
        (0.8, -1.5),
        (0.95, -1.1),
        (0.74, -0.85),
        (0.72, 0.0),
    ]
    body = smooth(*outline, rounds=3)
    paint(body + (0.09, -0.02), shade(CRUST, -0.08), volume=0.3, rim=0.3, shadow=0.7)
    paint(body, CRUST, volume=0.3, rim=0.35)
    paint(body * (0.9, 0.91) + (0, -0.06), CRUMB, volume=0.28, rim=0.0, fade=mix(CRUMB, CRUST, 0.25))
    for x, y in scattered(rng, 60, left=-0.68, right=0.68, top=-1.4, bottom=-0.15):
        size = rng.uniform(0.012, 0.045)
        paint(
            ellipse(x, y, size, size * 0.7, turn=rng.uniform(0, 3)),
            mix(CRUMB, CRUST, 0.42),
            volume=-0.4,
            rim=0,
            opacity=0.7,
        )


def _toaster(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    for x in (-0.32, 0.32):
        toast = smooth(
            (x - 0.36, -0.8),
            (x - 0.38, -1.55),
            (x - 0.2, -1.78),
            (x + 0.2, -1.78),
            (x + 0.38, -1.55),
            (x + 0.36, -0.8),
            rounds=3,
        )
        paint(toast, CRUST, volume=0.4, rim=0.4, shadow=0.2)
        paint(toast * (0.86, 0.93) + (x * 0.14, -0.07), mix(CRUMB, CRUST, 0.35), volume=0.3, rim=0.0)
    body = smooth(
        (-1.0, 0.0), (-1.05, -0.55), (-0.95, -1.1), (-0.4, -1.22), (0.4, -1.22), (0.95, -1.1), (1.05, -0.55), (1.0, 0.0)
    )
    paint(body, mix(METAL, accent, 0.25), volume=1.15, rim=0.6, shadow=0.75)
    paint(box(-0.72, -1.2, 0.72, -1.12, radius=0.03), DARK, volume=0, rim=0, opacity=0.85)
    paint(box(-0.6, -1.19, 0.6, -1.14, radius=0.02), FLAME, volume=0, rim=0, opacity=0.8, soft=0.004)
    paint(ellipse(0.72, -0.35, 0.13), shade(METAL, -0.2), volume=0.8, rim=0.5)
    paint(box(-0.86, -0.8, -0.78, -0.35, radius=0.04), DARK, volume=0.2, rim=0.2)
    paint(box(-0.95, -0.72, -0.69, -0.62, radius=0.04), shade(METAL, -0.3), volume=0.6, rim=0.4)


def _cup(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    ring = np.concatenate([ellipse(0.72, -0.62, 0.36, 0.36), ellipse(0.72, -0.62, 0.21, 0.22)[::-1]])
    paint(ellipse(0, 0.02, 1.15, 0.17), mix(WHITE, accent, 0.25), volume=0.5, rim=0.4, shadow=0.6)
    paint(ring, mix(WHITE, accent, 0.5), volume=0.6, rim=0.4)
    paint(
        smooth((-0.72, -1.15), (0.72, -1.15), (0.66, -0.4), (0.4, 0.0), (-0.4, 0.0), (-0.66, -0.4)),
        mix(WHITE, accent, 0.45),
        volume=0.9,
        rim=0.4,
        shadow=0.3,
    )
    paint(ellipse(0, -1.06, 0.64, 0.16), mix(WHITE, accent, 0.3), volume=0.3, rim=0.3)
    paint(ellipse(0, -1.04, 0.56, 0.12), (0.28, 0.16, 0.1), volume=0.3, rim=0.1)


def _plate(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    paint(ellipse(0, -0.1, 1.35, 0.3), WHITE, volume=0.5, rim=0.4, shadow=0.7)
    paint(ellipse(0, -0.13, 1.0, 0.2), shade(WHITE, -0.06), volume=-0.4, rim=0.0)


def _fridge(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    body = box(-0.8, -2.5, 0.8, 0.0, radius=0.14)
    paint(body, mix(WHITE, accent, 0.3), volume=0.7, rim=0.5, shadow=0.8)
    paint(box(-0.78, -1.72, 0.78, -1.68), DARK, volume=0, rim=0, opacity=0.5)
    for top, bottom in ((-2.2, -1.85), (-1.45, -0.8)):
        paint(box(-0.64, top, -0.55, bottom, radius=0.04), METAL, volume=0.9, rim=0.6, shadow=0.4)
    paint(box(0.1, -1.4, 0.5, -1.1, radius=0.02), mix(WHITE, accent, 0.75), volume=0.1, rim=0.1, shadow=0.2)


def _bottle(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    body = smooth(
        (-0.42, 0.0), (-0.45, -1.1), (-0.18, -1.5), (-0.17, -2.0), (0.17, -2.0), (0.18, -1.5), (0.45, -1.1), (0.42, 0.0)
    )
    paint(body, mix(accent, (0.3, 0.5, 0.4), 0.4), volume=1.0, rim=0.7, shadow=0.7, opacity=0.92)
    paint(box(-0.38, -0.95, 0.38, -0.4), WHITE, volume=0.5, rim=0.0)
    paint(box(-0.19, -2.12, 0.19, -1.95, radius=0.04), shade(accent, -0.15), volume=0.6, rim=0.3)


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


def _apple(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    skin = mix((0.78, 0.2, 0.17), accent, 0.3)
    paint(
        smooth(
            (0, -1.35),
            (0.55, -1.55),
            (1.0, -1.0),
            (0.75, -0.2),
            (0.3, 0.02),
            (0, -0.06),
            (-0.3, 0.02),
            (-0.75, -0.2),
            (-1.0, -1.0),
            (-0.55, -1.55),
        ),
        skin,
        volume=1.1,
        rim=0.35,
        shadow=0.75,
    )
    paint(smooth((-0.04, -1.3), (0.04, -1.3), (0.16, -1.85), (0.06, -1.87)), WOOD, volume=0.4, rim=0.2)
    paint(smooth((0.08, -1.5), (0.4, -1.85), (0.75, -1.75), (0.5, -1.5)), LEAF, volume=0.6, rim=0.4)


def _egg(paint: Paint, accent: Rgb, rng: np.random.Generator) -> None:
    for x, y, lean in ((-0.55, 0.0, -0.2), (0.6, 0.02, 0.25), (0.05, 0.12, 0.0)):
        own = smooth((0, -1.25), (0.45, -0.75), (0.46, -0.25), (0, 0.02), (-0.46, -0.25), (-0.45, -0.75))
        paint(turned(own, lean) + (x, y), mix((0.93, 0.8, 0.66), accent, 0.12), volume=0.9, rim=0.2, shadow=0.6)


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
    "loaf": _loaf,
    "slice": _slice,
    "toaster": _toaster,
    "cup": _cup,
    "plate": _plate,
    "fridge": _fridge,
    "bottle": _bottle,
    "flask": _flask,
    "book": _book,
    "plant": _plant,
    "flower": _flower,
    "candle": _candle,
    "fire": _fire,
    "lamp": _lamp,
    "clock": _clock,
    "apple": _apple,
    "egg": _egg,
    "tree": _tree,
    "house": _house,
    "castle": _castle,
    "boat": _boat,
    "fish": _fish,
    "bird": _bird,
    "cat": _cat,
    "person": _person,
    "rocket": _rocket,
    "planet": _planet,
    "car": _car,
    "phone": _phone,
    "coin": _coin,
    "heart": _heart,
    "chain": _chain,
    "crystal": _crystal,
    "mountain": _mountain,
}
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
_FLOATING = {"planet", "bird", "fish", "rocket", "heart", "chain"}


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
    foot = y * canvas.tall + (scale * 0.9 if name in _FLOATING - {"chain"} else 0)

    def paint(points: Points, colour: Rgb, **how: object) -> None:
        if "soft" in how:
            how["soft"] = float(str(how["soft"])) * max(size / 0.2, 0.6)
        canvas.shape(placed(points, x * canvas.width, foot, scale, mirror=mirror), colour, **how)  # type: ignore[arg-type]

    DRAWN[name](paint, accent, np.random.default_rng(seed))
