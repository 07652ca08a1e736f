"""The places of a scene: sky, land, rooms, far to near; each leaves a ground for the subjects to stand on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reelwright.animatic.brush import Canvas
from reelwright.animatic.colour import Rgb, from_hex, lightness, mix, shade
from reelwright.animatic.scene import Hour, Place, Scene
from reelwright.animatic.shapes import box, ellipse, polygon, ridge, scattered, smooth


@dataclass(frozen=True, slots=True)
class Tones:
    """The colours of a scene, from the hour and the palette."""

    high: Rgb
    """The upper sky, or the darkest wall."""
    middle: Rgb
    low: Rgb
    """The horizon, or the lit wall."""
    ground: Rgb
    accent: Rgb
    light: Rgb
    dark: Rgb


@dataclass(frozen=True, slots=True)
class Ground:
    """Where subjects stand: the base line and their half width, as shares of the height and in units."""

    y: float
    size: float


_HOURS: dict[Hour, tuple[str, str, str, str, str, str]] = {
    # high, middle, low, ground, accent, light
    "morning": ("#5c86a8", "#d9b48c", "#ffe3b3", "#8a6844", "#d98848", "#fff0cf"),
    "day": ("#2f78b7", "#7fb6d6", "#dff0ee", "#6f8f55", "#e0a13f", "#fffbe8"),
    "dusk": ("#2c2a56", "#8f4f78", "#f2936a", "#4a3350", "#e2725b", "#ffd2a1"),
    "night": ("#0a1026", "#17264d", "#37588a", "#1a2238", "#5f8fd0", "#bcd6ff"),
}
_INDOORS: dict[Hour, tuple[str, str, str, str, str, str]] = {
    "morning": ("#5a4436", "#a98562", "#ead1a6", "#8d6038", "#d98848", "#fff0cf"),
    "day": ("#43575c", "#88a29c", "#dfe6d6", "#9a7448", "#d9a441", "#fffaf0"),
    "dusk": ("#2b2338", "#6a4a5c", "#c98a6a", "#5c3d34", "#d9725b", "#ffcf9f"),
    "night": ("#0f1626", "#22304c", "#4b6488", "#33303c", "#6f9bd4", "#cfe2ff"),
}


def tones_of(scene: Scene) -> Tones:
    """Return the scene's colours; the palette's first colour leads the sky, the second the subjects."""
    table = _INDOORS if scene.place == "table" else _HOURS
    high, middle, low, ground, accent, light = (from_hex(text) for text in table[scene.hour])
    given = [from_hex(text) for text in scene.palette]
    if given:
        lead = given[0]
        high = mix(high, shade(lead, -0.25), 0.5)
        middle = mix(middle, lead, 0.42)
        low = mix(low, shade(lead, 0.25), 0.35)
        ground = mix(ground, shade(lead, -0.2), 0.35)
        accent = mix(accent, given[1] if len(given) > 1 else lead, 0.75)
    turn = (scene.seed % 7 - 3) * 0.012
    return Tones(high, shade(middle, turn), shade(low, turn), ground, accent, light, shade(high, -0.1))


def paint_place(canvas: Canvas, scene: Scene, tones: Tones) -> Ground:
    """Paint everything but the subjects and say where they stand."""
    return _PAINTED[scene.place](canvas, scene, tones, np.random.default_rng(scene.seed))


def _sky(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator, horizon: float) -> float:
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
        _stars(canvas, rng, 150, horizon * 0.9)
    _clouds(canvas, scene, tones, rng, horizon)
    return x


def _stars(canvas: Canvas, rng: np.random.Generator, count: int, bottom: float) -> None:
    for x, y in rng.uniform((0, 0), (1, bottom), (count, 2)):
        size = float(rng.uniform(0.0007, 0.0026)) * canvas.unit
        spot = ellipse(x * canvas.width, y * canvas.tall, size)
        canvas.shape(spot, (1, 0.98, 0.92), volume=0, rim=0, opacity=float(rng.uniform(0.35, 1)))


def _clouds(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator, horizon: float) -> None:
    bright = mix(tones.low, (1, 1, 1), 0.35 if scene.hour != "night" else 0.0)
    for _ in range(5):
        x, y = rng.uniform(0, 1), rng.uniform(0.05, horizon * 0.8)
        for _ in range(9):
            dx, dy = rng.normal(0, 0.14), rng.normal(0, 0.014)
            across = rng.uniform(0.06, 0.17) * canvas.unit
            puff = ellipse((x + dx) * canvas.width, (y + dy) * canvas.tall, across, across * rng.uniform(0.16, 0.3))
            canvas.shape(puff, bright, volume=0.25, rim=0.0, soft=0.016, opacity=0.4, depth=0.1)


def _hills(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator) -> Ground:
    horizon = 0.46
    _sky(canvas, scene, tones, rng, horizon)
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


def _sea(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator) -> Ground:
    horizon = 0.44
    sun = _sky(canvas, scene, tones, rng, horizon)
    deep = mix(tones.high, (0.04, 0.2, 0.28), 0.5)
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


def _city(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator) -> Ground:
    horizon = 0.6
    _sky(canvas, scene, tones, rng, horizon)
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


def _space(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator) -> Ground:
    black = mix(tones.dark, (0.01, 0.01, 0.04), 0.8)
    canvas.gradient([black, mix(black, tones.high, 0.4), black])
    canvas.depth_rows(0, 1, 0.12, 0.3)
    cloud = canvas.noise(scene.seed, scale=0.32, strength=0.5) + canvas.noise(scene.seed + 1, scale=0.12, strength=0.22)
    cloud += canvas.noise(scene.seed + 2, scale=0.045, strength=0.09)
    veil = np.clip(cloud, 0, 1)[..., None]
    canvas.picture += veil * np.array(mix(tones.accent, tones.middle, 0.4), np.float32) * 0.5
    canvas.picture += np.clip(-cloud - 0.25, 0, 1)[..., None] * np.array(shade(tones.middle, 0.05), np.float32) * 0.35
    _stars(canvas, rng, 420, 1.0)
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


def _micro(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator) -> Ground:
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


def _forest(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator) -> Ground:
    mist = mix(tones.low, tones.middle, 0.4)
    canvas.gradient(
        [
            mix(tones.middle, (0.2, 0.3, 0.2), 0.35),
            mist,
            mix(mist, tones.light, 0.3),
            mix(tones.ground, (0.15, 0.25, 0.15), 0.4),
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
                mix(colour, mix((0.22, 0.4, 0.2), tones.accent, 0.25), 0.6),
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
    _meadow(canvas, scene, tones, rng, mix(shade(tones.ground, -0.05), (0.2, 0.3, 0.16), 0.5), 0.58)
    return Ground(y=0.64, size=0.18)


def _table(canvas: Canvas, scene: Scene, tones: Tones, rng: np.random.Generator) -> Ground:
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
    return Ground(y=0.635, size=0.26)


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


_PAINTED: dict[Place, Callable[[Canvas, Scene, Tones, np.random.Generator], Ground]] = {
    "table": _table,
    "hills": _hills,
    "sea": _sea,
    "city": _city,
    "space": _space,
    "micro": _micro,
    "forest": _forest,
}
