"""Hills, sea and forest."""

from __future__ import annotations

import numpy as np

from reelwright.animatic.brush import Canvas
from reelwright.animatic.colour import Rgb, mix, shade
from reelwright.animatic.places.sky import sky
from reelwright.animatic.places.tones import Ground, Tones
from reelwright.animatic.scene import Scene
from reelwright.animatic.shapes import ellipse, polygon, ridge, scattered, smooth


def hills(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator) -> Ground:
    """Ranges of hills that fade into the distance, a meadow in front."""
    horizon = 0.46
    sky(canvas, scene, tones, rng, horizon)
    winter = scene.weather == "snow"
    near = mix(tones.ground, (0.9, 0.93, 1.0), 0.7) if winter else tones.ground
    for index, (base, height) in enumerate(((0.5, 0.2), (0.53, 0.15), (0.57, 0.1), (0.62, 0.065))):
        share = index / 3
        colour = mix(mix(tones.low, tones.middle, 0.5), near, 0.2 + 0.75 * share)
        line = ridge(rng, canvas.width, base * canvas.tall, height * canvas.tall, roughness=0.75 - 0.5 * share, peaks=4)
        texture = canvas.noise(scene.seed + index, scale=0.05, strength=0.012 + 0.012 * share, stretch=2)
        canvas.shape(
            line,
            colour,
            volume=0.1,
            rim=0.14,
            depth=0.16 + 0.14 * index,
            fade=mix(colour, tones.low, 0.45),
            texture=texture,
        )
        if index in {2, 3} and not winter:
            _treeline(canvas, rng, shade(colour, -0.1), base - height * 0.35, 0.012 + 0.01 * index, 0.3 + 0.12 * index)
    _meadow(canvas, scene, tones, rng, near, 0.6)
    return Ground(y=0.64, size=0.17)


def _treeline(canvas: Canvas, rng: np.random.Generator, colour: Rgb, y: float, size: float, depth: float) -> None:
    for x in np.sort(rng.uniform(0, 1, 34)):
        height = size * rng.uniform(0.8, 2.0) * canvas.unit
        foot, centre = (y + rng.uniform(0.0, 0.02)) * canvas.tall, x * canvas.width
        fir = polygon((centre - height * 0.28, foot), (centre, foot - height * 1.5), (centre + height * 0.28, foot))
        canvas.shape(fir, colour, volume=0.3, rim=0.2, depth=depth)


def _meadow(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator, colour: Rgb, y: float) -> None:
    line = ridge(rng, canvas.width, (y + 0.06) * canvas.tall, 0.05 * canvas.tall, roughness=0.12, peaks=2)
    texture = canvas.noise(scene.seed + 9, scale=0.02, strength=0.02, stretch=3)
    canvas.shape(line, colour, volume=0.12, rim=0.3, depth=0.72, fade=shade(colour, -0.26), texture=texture)
    canvas.depth_rows(y + 0.06, 1.0, 0.72, 1.0)
    for x in rng.uniform(0, 1, 150):
        foot = float(rng.uniform(y + 0.08, 1.14))
        size = (0.01 + (foot - y) * 0.09) * canvas.unit
        lean = rng.uniform(-0.6, 0.6) * size
        left = x * canvas.width
        blade = smooth(
            (left - size * 0.08, foot * canvas.tall),
            (left + lean, foot * canvas.tall - size),
            (left + size * 0.1, foot * canvas.tall),
            rounds=2,
        )
        canvas.shape(blade, shade(colour, float(rng.uniform(-0.1, 0.1))), volume=0.2, rim=0.25, opacity=0.8)


def sea(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator) -> Ground:
    """A sea under a wide sky, with the light on its waves."""
    horizon = 0.44
    sun = sky(canvas, scene, tones, rng, horizon)
    deep = mix(tones.high, (0.04, 0.2, 0.28), 0.2 if scene.palette else 0.5)
    canvas.gradient([mix(tones.low, deep, 0.3), mix(tones.middle, deep, 0.6), deep, shade(deep, -0.12)], horizon, 1.0)
    canvas.depth_rows(horizon, 1.0, 0.1, 1.0)
    for side in (0.0, 1.0):
        line = ridge(rng, canvas.width * 0.5, horizon * canvas.tall, 0.07 * canvas.tall, roughness=0.7, peaks=3)
        line = line[:-2] + (side * canvas.width * 0.62 - (1 - side) * canvas.width * 0.1, 0.004 * canvas.tall)
        coast = np.concatenate(
            [line, [[line[-1, 0], horizon * canvas.tall + 2], [line[0, 0], horizon * canvas.tall + 2]]]
        )
        canvas.shape(coast, mix(tones.middle, deep, 0.4), volume=0.2, rim=0.1, depth=0.14)
    for _ in range(420):
        y = horizon + (1 - horizon) * float(rng.beta(1.0, 1.7))
        near = (y - horizon) / (1 - horizon)
        towards_sun = rng.random() < 0.45 * (1 - near)
        x = rng.normal(sun, 0.05 + 0.12 * near) if towards_sun else rng.uniform(-0.1, 1.1)
        across = (0.015 + 0.2 * near) * float(rng.uniform(0.4, 1.2)) * canvas.unit
        colour = tones.light if towards_sun else mix(tones.low if rng.random() < 0.5 else deep, deep, 0.45)
        wave = ellipse(x * canvas.width, y * canvas.tall, across, across * 0.05 + 0.7)
        canvas.shape(wave, colour, volume=0.2, rim=0.1, opacity=0.6 if towards_sun else 0.3, soft=0.0012)
    return Ground(y=0.6, size=0.24)


def forest(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator) -> Ground:
    """Trunks in mist, lit from between them."""
    mist = mix(tones.low, tones.middle, 0.4)
    canvas.gradient(
        [
            mix(tones.middle, tones.leaf, 0.35),
            mist,
            mix(mist, tones.light, 0.3),
            mix(tones.ground, shade(tones.leaf, -0.06), 0.4),
        ]
    )
    canvas.depth_rows(0, 0.6, 0.05, 0.1)
    canvas.glow(float(rng.uniform(0.3, 0.7)), 0.3, 0.5, tones.light, 0.6)
    bark = mix(tones.dark, (0.2, 0.16, 0.13), 0.5)
    for layer, (count, width) in enumerate(((16, 0.018), (9, 0.036), (5, 0.075))):
        colour = mix(mist, bark, (0.25, 0.6, 0.95)[layer])
        foot = 0.56 + 0.05 * layer
        for x in rng.uniform(-0.02, 1.02, count):
            if layer == 2 and 0.24 < x < 0.76:
                continue
            half, lean = width * float(rng.uniform(0.7, 1.2)) * 0.5, float(rng.uniform(-0.02, 0.02))
            trunk = polygon(
                ((x - half + lean) * canvas.width, -20),
                ((x + half * 0.9 + lean) * canvas.width, -20),
                ((x + half) * canvas.width, foot * canvas.tall),
                ((x + half * 2) * canvas.width, (foot + 0.02) * canvas.tall),
                ((x - half * 2) * canvas.width, (foot + 0.02) * canvas.tall),
                ((x - half) * canvas.width, foot * canvas.tall),
            )
            canvas.shape(trunk, colour, volume=0.5, rim=0.35, depth=0.2 + 0.2 * layer, fade=mix(colour, mist, 0.25))
        for x, y in scattered(rng, 16, left=-0.05, right=1.05, top=-0.02, bottom=0.2 - layer * 0.04):
            across = float(rng.uniform(0.09, 0.2)) * canvas.unit
            crown = ellipse(x * canvas.width, y * canvas.tall, across, across * 0.6)
            canvas.shape(
                crown,
                mix(colour, mix(shade(tones.leaf, 0.07, 1.2), tones.accent, 0.25), 0.6),
                volume=0.5,
                rim=0.3,
                soft=0.005,
                opacity=0.85,
                depth=0.25 + 0.2 * layer,
            )
    for index in range(5):
        x = 0.1 + index * 0.2 + float(rng.uniform(-0.06, 0.06))
        beam = polygon(
            (x * canvas.width, -10),
            ((x + 0.06) * canvas.width, -10),
            ((x + 0.3) * canvas.width, 0.72 * canvas.tall),
            ((x + 0.16) * canvas.width, 0.72 * canvas.tall),
        )
        canvas.shape(beam, tones.light, volume=0, rim=0, opacity=0.1, soft=0.012)
    _meadow(canvas, scene, tones, rng, mix(shade(tones.ground, -0.05), tones.leaf, 0.5), 0.58)
    return Ground(y=0.64, size=0.18)
