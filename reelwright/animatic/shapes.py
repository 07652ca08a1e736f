"""Outlines: closed curves as points (n, 2), in a subject's own space (x right, y down, about -1 to 1) or in pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def polygon(*corners: tuple[float, float]) -> Points:
    """Return straight edges between the corners."""
    return np.array(corners, np.float64)


def smooth(*corners: tuple[float, float], rounds: int = 4) -> Points:
    """Return a closed curve that rounds the corners (Chaikin's corner cutting)."""
    points = np.array(corners, np.float64)
    for _ in range(rounds):
        following = np.roll(points, -1, axis=0)
        cut = np.empty((len(points) * 2, 2))
        cut[0::2] = points * 0.75 + following * 0.25
        cut[1::2] = points * 0.25 + following * 0.75
        points = cut
    return points


def ellipse(x: float, y: float, across: float, down: float | None = None, *, turn: float = 0.0) -> Points:
    """Return an ellipse by centre and half axes, turned by `turn` radians."""
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    points = np.stack([np.cos(angle) * across, np.sin(angle) * (across if down is None else down)], axis=1)
    return turned(points, turn) + (x, y)


def box(left: float, top: float, right: float, bottom: float, *, radius: float = 0.0) -> Points:
    """Return a rectangle with rounded corners."""
    if not radius:
        return polygon((left, top), (right, top), (right, bottom), (left, bottom))
    corners = []
    for x, y, start in ((right, top, -90), (right, bottom, 0), (left, bottom, 90), (left, top, 180)):
        angle = np.radians(np.linspace(start, start + 90, 9))
        centre = (
            x - np.sign(x - left or -1) * radius if x == right else x + radius,
            y + radius if y == top else y - radius,
        )
        corners.append(np.stack([centre[0] + np.cos(angle) * radius, centre[1] + np.sin(angle) * radius], axis=1))
    return np.concatenate(corners)


def star(x: float, y: float, outer: float, inner: float, points: int, *, turn: float = 0.0) -> Points:
    """Return a star."""
    angle = np.linspace(0, 2 * np.pi, points * 2, endpoint=False) - np.pi / 2 + turn
    radius = np.where(np.arange(points * 2) % 2 == 0, outer, inner)
    return np.stack([x + np.cos(angle) * radius, y + np.sin(angle) * radius], axis=1)


def turned(points: Points, angle: float) -> Points:
    """Return the points turned round the origin by `angle` radians."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.asarray(points @ np.array([[cosine, sine], [-sine, cosine]]))


def ridge(
    rng: np.random.Generator, width: float, base: float, height: float, *, roughness: float, peaks: int
) -> Points:
    """Return a mountain line from x = 0 to `width`, closed far below; midpoint displacement with `roughness` 0 to 1."""
    line = rng.uniform(0.25, 1.0, peaks + 1)
    for step in range(6):
        between = (line[:-1] + line[1:]) / 2 + rng.normal(0, roughness * 0.22 / 2**step, len(line) - 1)
        merged = np.empty(len(line) + len(between))
        merged[0::2], merged[1::2] = line, between
        line = merged
    x = np.linspace(-0.02 * width, width * 1.02, len(line))
    y = base - line * height
    return np.concatenate(
        [np.stack([x, y], axis=1), [[width * 1.02, base * 3 + 9999], [-0.02 * width, base * 3 + 9999]]]
    )


def scattered(rng: np.random.Generator, count: int, *, left: float, right: float, top: float, bottom: float) -> Points:
    """Return `count` points spread evenly over a rectangle (best of several random candidates each)."""
    chosen: list[NDArray[np.float64]] = []
    for _ in range(count):
        candidates = rng.uniform((left, top), (right, bottom), (8, 2))
        if chosen:
            gaps = np.min(np.linalg.norm(candidates[:, None] - np.array(chosen)[None], axis=2), axis=1)
            chosen.append(candidates[int(np.argmax(gaps))])
        else:
            chosen.append(candidates[0])
    return np.array(chosen).reshape(-1, 2)


def placed(points: Points, x: float, y: float, scale: float, *, turn: float = 0.0, mirror: bool = False) -> Points:
    """Move an outline from a subject's own space to pixels."""
    own = points * ((-1, 1) if mirror else (1, 1))
    return turned(own, turn) * scale + (x, y)


def joined(parts: Sequence[Points]) -> Points:
    """Return all points of several outlines, e.g. to know their extent."""
    return np.concatenate(list(parts))
