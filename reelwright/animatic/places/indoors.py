"""A table in a room."""

from __future__ import annotations

import numpy as np

from reelwright.animatic.brush import Canvas
from reelwright.animatic.colour import lightness, mix, shade
from reelwright.animatic.places.tones import Ground, Tones
from reelwright.animatic.scene import Scene
from reelwright.animatic.shapes import box, ellipse, polygon, scattered


def table(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator) -> Ground:
    """A table top with a room, a window or a shelf behind it."""
    edge = 0.545
    canvas.gradient([tones.high, tones.middle, tones.low, mix(tones.middle, tones.ground, 0.5)], 0, edge + 0.01)
    canvas.depth_rows(0, edge, 0.12, 0.16)
    canvas.picture[: canvas.row(edge)] += canvas.noise(scene.seed, scale=0.22, strength=0.018)[
        : canvas.row(edge), :, None
    ]
    left = rng.random() < 0.5
    canvas.light = (-0.75 if left else 0.75, -0.65)
    _window(canvas, scene, tones, rng, 0.06 if left else 0.6)
    _shelf(canvas, tones, rng, 0.56 if left else 0.02)
    top = box(-20, edge * canvas.tall, canvas.width + 20, canvas.height + 20)
    grain = canvas.noise(scene.seed + 3, scale=0.008, strength=0.035, stretch=28) + canvas.noise(
        scene.seed + 4, scale=0.05, strength=0.03, stretch=14
    )
    canvas.shape(top, tones.ground, volume=0, rim=0.5, fade=shade(tones.ground, -0.24), texture=grain)
    canvas.depth_rows(edge, 1.0, 0.42, 1.0)
    for index in range(3):
        x = (0.0 if left else 0.45) + index * 0.2
        slant = 0.22 if left else -0.22
        beam = polygon(
            (x * canvas.width, (edge + 0.004) * canvas.tall),
            ((x + 0.14) * canvas.width, (edge + 0.004) * canvas.tall),
            ((x + 0.2 + slant) * canvas.width, 0.86 * canvas.tall),
            ((x + slant) * canvas.width, 0.86 * canvas.tall),
        )
        canvas.shape(beam, tones.light, volume=0, rim=0, opacity=0.16 if scene.hour != "night" else 0.08, soft=0.008)
    return Ground(y=0.61, size=0.26)


def _window(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator, x: float) -> None:
    width, height = canvas.width, canvas.tall
    left, right, top, bottom = x * width, (x + 0.34) * width, 0.14 * height, 0.44 * height
    outside = mix(tones.low, tones.light, 0.6) if scene.hour != "night" else mix(tones.high, tones.middle, 0.5)
    canvas.glow(x + 0.17, 0.29, 0.42, tones.light, 0.5 if scene.hour != "night" else 0.22)
    frame = mix((0.85, 0.82, 0.76), tones.middle, 0.45)
    canvas.shape(
        box(left - 0.02 * width, top - 0.011 * height, right + 0.02 * width, bottom + 0.011 * height),
        frame,
        volume=0.2,
        rim=0.3,
        shadow=0.4,
    )
    canvas.shape(box(left, top, right, bottom), outside, volume=0, rim=0, fade=mix(outside, tones.accent, 0.25))
    for across, down in scattered(rng, 7, left=left, right=right, top=bottom - 0.1 * height, bottom=bottom):
        size = float(rng.uniform(0.03, 0.06)) * canvas.unit
        canvas.shape(
            ellipse(min(max(across, left + size), right - size), min(down, bottom - size), size),
            mix(outside, (0.3, 0.45, 0.3), 0.4),
            volume=0.2,
            rim=0,
            soft=0.008,
            opacity=0.6,
        )
    middle = (left + right) / 2
    for bar in (
        box(middle - 0.006 * width, top, middle + 0.006 * width, bottom),
        box(left, top + 0.14 * height, right, top + 0.147 * height),
    ):
        canvas.shape(bar, frame, volume=0.2, rim=0.4)
    sill = box(left - 0.04 * width, bottom + 0.008 * height, right + 0.04 * width, bottom + 0.022 * height)
    canvas.shape(sill, shade(frame, 0.03), volume=0.3, rim=0.5, shadow=0.5)


def _shelf(canvas: Canvas, tones: Tones, rng: np.random.Generator, x: float) -> None:
    dim = 0.0 if lightness(tones.middle) > 0.5 else -0.08
    for y in (0.25, 0.37):
        board = box(x * canvas.width, y * canvas.tall, (x + 0.42) * canvas.width, (y + 0.01) * canvas.tall)
        canvas.shape(
            board,
            shade(mix(tones.ground, tones.middle, 0.35), dim),
            volume=0.2,
            rim=0.3,
            shadow=0.5,
            soft=0.002,
        )
        at = x + 0.03
        while at < x + 0.36:
            across, tall = float(rng.uniform(0.03, 0.07)), float(rng.uniform(0.03, 0.075))
            jar = box(
                at * canvas.width,
                (y - tall) * canvas.tall,
                (at + across) * canvas.width,
                y * canvas.tall,
                radius=0.014 * canvas.unit,
            )
            colour = mix(mix(tones.accent, tones.low, float(rng.uniform(0.1, 0.8))), tones.middle, 0.45)
            canvas.shape(jar, shade(colour, dim), volume=0.6, rim=0.25, shadow=0.3, soft=0.003)
            at += across + float(rng.uniform(0.01, 0.04))
