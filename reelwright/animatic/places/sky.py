"""The sky over a place."""

from __future__ import annotations

import numpy as np

from reelwright.animatic.brush import Canvas
from reelwright.animatic.colour import mix
from reelwright.animatic.places.tones import Tones
from reelwright.animatic.scene import Scene
from reelwright.animatic.shapes import ellipse


def sky(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator, horizon: float) -> float:
    """Paint sky, sun or moon, stars and clouds down to the horizon; return where the light stands (share of width)."""
    canvas.gradient([tones.high, tones.middle, tones.low], 0, horizon + 0.02)
    canvas.depth_rows(0, horizon, 0.04, 0.08)
    x = float(rng.uniform(0.22, 0.78))
    y = horizon - {"morning": 0.1, "dusk": 0.07, "day": 0.3, "night": 0.3}[scene.hour]
    canvas.light = (-0.8 if x < 0.5 else 0.8, -0.6)
    canvas.glow(x, y, 0.55, tones.light, 0.5 if scene.hour != "night" else 0.22)
    canvas.glow(x, y, 0.16, tones.light, 0.6)
    disc = 0.075 if scene.hour == "night" else 0.06
    canvas.shape(
        ellipse(x * canvas.width, y * canvas.tall, disc * canvas.unit), tones.light, volume=0.1, rim=0, soft=0.0015
    )
    if scene.hour == "night":
        stars(canvas, rng, 150, horizon * 0.9)
    clouds(canvas, scene, tones, rng, horizon)
    return x


def stars(canvas: Canvas, rng: np.random.Generator, count: int, bottom: float) -> None:
    """Scatter stars above `bottom` (share of the height)."""
    for x, y in rng.uniform((0, 0), (1, bottom), (count, 2)):
        size = float(rng.uniform(0.0007, 0.0026)) * canvas.unit
        spot = ellipse(x * canvas.width, y * canvas.tall, size)
        canvas.shape(spot, (1, 0.98, 0.92), volume=0, rim=0, opacity=float(rng.uniform(0.35, 1)))


def clouds(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator, horizon: float) -> None:
    """Lay soft clouds over the horizon."""
    bright = mix(tones.low, (1, 1, 1), 0.35 if scene.hour != "night" else 0.0)
    for _ in range(5):
        x, y = rng.uniform(0, 1), rng.uniform(0.05, horizon * 0.8)
        for _ in range(9):
            dx, dy = rng.normal(0, 0.14), rng.normal(0, 0.014)
            across = rng.uniform(0.06, 0.17) * canvas.unit
            puff = ellipse((x + dx) * canvas.width, (y + dy) * canvas.tall, across, across * rng.uniform(0.16, 0.3))
            canvas.shape(puff, bright, volume=0.25, rim=0.0, soft=0.016, opacity=0.4, depth=0.1)
