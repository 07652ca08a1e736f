"""What stands in a kitchen. Base line at y = 0, about two high, x from -1 to 1."""

from __future__ import annotations

import numpy as np

from reelwright.animatic.colour import Rgb, mix, shade
from reelwright.animatic.shapes import box, ellipse, scattered, smooth, turned
from reelwright.animatic.subjects.materials import CRUMB, CRUST, DARK, FLAME, LEAF, METAL, WHITE, WOOD, Paint, Subject


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


DRAWN: dict[str, Subject] = {
    "loaf": _loaf,
    "slice": _slice,
    "toaster": _toaster,
    "cup": _cup,
    "plate": _plate,
    "fridge": _fridge,
    "bottle": _bottle,
    "apple": _apple,
    "egg": _egg,
}
"""Each by its name in `scene.SUBJECTS`."""
