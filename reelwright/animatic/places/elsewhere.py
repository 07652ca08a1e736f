"""A city, the space between stars, the inside of small things."""

from __future__ import annotations

import numpy as np

from reelwright.animatic.brush import Canvas
from reelwright.animatic.colour import Rgb, mix, shade
from reelwright.animatic.places.sky import sky, stars
from reelwright.animatic.places.tones import Ground, Tones
from reelwright.animatic.scene import Scene
from reelwright.animatic.shapes import box, ellipse, polygon, scattered, smooth


def city(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator) -> Ground:
    """Towers in three depths with lit windows, a street in front."""
    horizon = 0.6
    sky(canvas, scene, tones, rng, horizon)
    lit = 0.55 if scene.hour in {"night", "dusk"} else 0.16
    for index, (top, spread) in enumerate(((0.34, 0.1), (0.3, 0.15), (0.4, 0.13))):
        colour = mix(mix(tones.low, tones.middle, 0.6), tones.dark, 0.25 + 0.3 * index)
        x = -0.05
        while x < 1.05:
            width = float(rng.uniform(0.07, 0.15)) * (0.8 + 0.25 * index)
            roof = top + float(rng.uniform(0, spread)) + (0.1 if index == 2 and 0.25 < x < 0.65 else 0)
            _tower(
                canvas,
                rng,
                (x, roof, width, horizon + 0.1),
                colour,
                tones,
                lit * (0.4 + 0.3 * index),
                0.15 + index * 0.16,
            )
            x += width * float(rng.uniform(0.92, 1.2))
    road = mix(tones.dark, (0.2, 0.2, 0.24), 0.5)
    texture = canvas.noise(scene.seed, scale=0.012, strength=0.015, stretch=6)
    ground = box(-10, (horizon + 0.03) * canvas.tall, canvas.width + 10, canvas.height + 10)
    canvas.shape(ground, road, volume=0, rim=0.2, fade=shade(road, -0.1), texture=texture)
    canvas.depth_rows(horizon + 0.03, 1, 0.6, 1.0)
    for index in range(7):
        y = horizon + 0.1 + index * 0.05
        half = 0.01 + index * 0.008
        mark = polygon(
            ((0.5 - half) * canvas.width, y * canvas.tall),
            ((0.5 + half) * canvas.width, y * canvas.tall),
            ((0.5 + half * 1.5) * canvas.width, (y + 0.022) * canvas.tall),
            ((0.5 - half * 1.5) * canvas.width, (y + 0.022) * canvas.tall),
        )
        canvas.shape(mark, tones.light, volume=0, rim=0, opacity=0.45)
    return Ground(y=0.655, size=0.2)


def _tower(
    canvas: Canvas,
    rng: np.random.Generator,
    place: tuple[float, float, float, float],
    colour: Rgb,
    tones: Tones,
    lit: float,
    depth: float,
) -> None:
    x, roof, width, foot = place
    left, right, top, bottom = x * canvas.width, (x + width) * canvas.width, roof * canvas.tall, foot * canvas.tall
    canvas.shape(box(left, top, right, bottom), colour, volume=0.25, rim=0.3, fade=mix(colour, tones.low, 0.4))
    step = 0.021 * canvas.unit
    glow = mix((1.0, 0.84, 0.5), tones.light, 0.3)
    for y in np.arange(top + step, bottom - step, step * 1.5):
        for window in np.arange(left + step * 0.5, right - step, step * 1.1):
            if rng.random() < lit:
                pane = box(window, y, window + step * 0.55, y + step * 0.8)
                canvas.shape(pane, glow, volume=0, rim=0, opacity=float(rng.uniform(0.4, 1.0)))


def space(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator) -> Ground:
    """Stars, a nebula and a planet far off."""
    black = mix(tones.dark, (0.01, 0.01, 0.04), 0.8)
    canvas.gradient([black, mix(black, tones.high, 0.4), black])
    canvas.depth_rows(0, 1, 0.12, 0.3)
    cloud = canvas.noise(scene.seed, scale=0.32, strength=0.5) + canvas.noise(scene.seed + 1, scale=0.12, strength=0.22)
    cloud += canvas.noise(scene.seed + 2, scale=0.045, strength=0.09)
    veil = np.clip(cloud, 0, 1)[..., None]
    canvas.picture += veil * np.array(mix(tones.accent, tones.middle, 0.4), np.float32) * 0.5
    canvas.picture += np.clip(-cloud - 0.25, 0, 1)[..., None] * np.array(shade(tones.middle, 0.05), np.float32) * 0.35
    stars(canvas, rng, 420, 1.0)
    for x, y in rng.uniform((0.05, 0.05), (0.95, 0.95), (7, 2)):
        canvas.glow(float(x), float(y), 0.02, tones.light, 0.8)
    centre, radius = (float(rng.uniform(0.2, 0.8)) * canvas.width, 1.18 * canvas.tall), 0.52 * canvas.tall
    canvas.light = (-0.7, -0.7)
    world = mix(tones.middle, tones.ground, 0.5)
    canvas.glow(centre[0] / canvas.width, 0.72, 0.6, tones.accent, 0.25)
    canvas.shape(
        ellipse(*centre, radius),
        world,
        volume=0.9,
        rim=0.9,
        depth=0.8,
        texture=canvas.noise(scene.seed + 5, scale=0.06, strength=0.05, stretch=3),
        fade=black,
    )
    return Ground(y=0.56, size=0.2)


def micro(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator) -> Ground:
    """The inside of a small thing: cells in a warm fluid."""
    deep = mix(shade(tones.accent, -0.42), tones.dark, 0.55)
    canvas.gradient([shade(deep, -0.05), mix(deep, tones.accent, 0.25), shade(deep, -0.08)])
    canvas.depth_rows(0, 1, 0.1, 0.45)
    canvas.glow(0.5, 0.42, 0.62, mix(tones.accent, tones.light, 0.4), 0.55)
    for layer, (count, soft, depth) in enumerate(((22, 0.03, 0.15), (14, 0.012, 0.32), (6, 0.004, 0.5))):
        for x, y in scattered(rng, count, left=0, right=1, top=0, bottom=1):
            size = float(rng.uniform(0.025, 0.11)) * (0.7 + 0.3 * layer) * canvas.unit
            corners = [
                (np.cos(a) * size * rng.uniform(0.8, 1.2), np.sin(a) * size * rng.uniform(0.8, 1.2))
                for a in np.linspace(0, 6.28, 9)[:-1]
            ]
            cell = smooth(*corners) + (x * canvas.width, y * canvas.tall)
            colour = mix(tones.accent, tones.light, float(rng.uniform(0, 0.5)))
            away = abs(y - 0.42) + abs(x - 0.5) * 0.5
            canvas.shape(
                cell, colour, volume=0.7, rim=0.8, opacity=0.26 + 0.1 * layer - 0.12 * away, soft=soft, depth=depth
            )
            if layer:
                inner = ellipse(x * canvas.width, y * canvas.tall, size * 0.34)
                canvas.shape(inner, shade(colour, -0.12), volume=0.6, rim=0.3, opacity=0.4, soft=soft * 0.6)
    return Ground(y=0.56, size=0.25)
