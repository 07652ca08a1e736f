"""The painter's hand: shapes with volume, rim light and soft shadows on a canvas that knows its depth."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.animatic.colour import Rgb, mix, ramp, shade
from reelwright.animatic.shapes import Points

Picture = NDArray[np.float32]
_DEPTH_SCALE = 8


@dataclass(slots=True)
class Canvas:
    """A picture being painted: float RGB (height, width, 3) from 0 to 1, and its depth at an eighth of the size.

    Depth is 0 for what is endlessly far and 1 for what is nearest; the camera moves near things more.
    """

    width: int
    height: int
    light: tuple[float, float] = (-0.6, -0.8)
    """Where light comes from, in picture directions (x right, y down)."""
    light_colour: Rgb = (1.0, 0.93, 0.8)
    shadow_colour: Rgb = (0.08, 0.07, 0.14)
    picture: Picture = field(init=False)
    depth: Picture = field(init=False)
    matte: Picture | None = None
    """How much of each pixel the subjects cover, once `lift` was called."""
    bare: Picture | None = None
    """The place without the subjects but with their shadows, once `lift` was called."""

    def __post_init__(self) -> None:
        self.picture = np.zeros((self.height, self.width, 3), np.float32)
        self.depth = np.zeros((self.height // _DEPTH_SCALE + 1, self.width // _DEPTH_SCALE + 1), np.float32)

    @property
    def tall(self) -> float:
        """The height that places are composed in: an upright picture keeps its foot free for captions and buttons."""
        return self.height * (0.875 if self.height > self.width else 1.0)

    def row(self, share: float) -> int:
        """Return the pixel row at a share of the composed height; 1 and more is the foot of the picture."""
        return self.height if share >= 1 else max(int(share * self.tall), 0)

    @property
    def unit(self) -> float:
        """The length that subjects are measured in: the shorter side, in pixels."""
        return float(min(self.width, self.height))

    def gradient(self, stops: list[Rgb], top: float = 0.0, bottom: float = 1.0) -> None:
        """Fill the rows from `top` to `bottom` (shares of the height) with a vertical gradient."""
        first, last = self.row(top), self.row(bottom)
        self.picture[first:last] = ramp(stops, max(last - first, 1))[:, None, :]

    def lift(self) -> None:
        """From here on, paint subjects: keep the place without them in `bare`, and what covers it in `matte`."""
        self.matte = np.zeros((self.height, self.width), np.float32)
        self.bare = self.picture.copy()

    def depth_at(self, y: float) -> float:
        """Return how near the ground is at `y` (share of the height), in the middle of the picture."""
        row = min(self.row(y) // _DEPTH_SCALE, self.depth.shape[0] - 1)
        return float(self.depth[row, self.depth.shape[1] // 2])

    def depth_rows(self, top: float, bottom: float, far: float, near: float) -> None:
        """Give the rows from `top` to `bottom` a depth that runs from `far` to `near`."""
        first, last = (-(-self.row(share) // _DEPTH_SCALE) for share in (top, bottom))
        last = min(max(last + 1, first + 1), self.depth.shape[0])
        self.depth[first:last] = np.linspace(far, near, last - first, dtype=np.float32)[:, None]

    def glow(self, x: float, y: float, radius: float, colour: Rgb, strength: float) -> None:
        """Add soft light around a point; `x`, `y` are shares of the picture, `radius` is in units."""
        reach, foot = radius * self.unit * 2.6, y * self.tall
        box = self._box(x * self.width - reach, foot - reach, x * self.width + reach, foot + reach)
        if box is None:
            return
        left, top, right, bottom = box
        across = (np.arange(left, right, dtype=np.float32) - np.float32(x * self.width)) / np.float32(
            radius * self.unit
        )
        down = (np.arange(top, bottom, dtype=np.float32) - np.float32(foot)) / np.float32(radius * self.unit)
        light = np.exp(-(across**2))[None, :] * (np.exp(-(down**2)) * np.float32(strength))[:, None]
        region = self.picture[top:bottom, left:right]
        # Screen blending: light adds up and never burns out to a hard edge.
        for channel in range(3):
            plane = region[..., channel]
            plane += (1 - plane) * (light * np.float32(colour[channel]))

    def shape(
        self,
        points: Points,
        colour: Rgb,
        *,
        volume: float = 0.5,
        rim: float = 0.35,
        shadow: float = 0.0,
        depth: float | None = None,
        opacity: float = 1.0,
        soft: float = 0.0,
        fade: Rgb | None = None,
        texture: Picture | None = None,
    ) -> None:
        """Paint a closed shape given in pixels.

        `volume` rounds it towards the light, `rim` lights its edge, `shadow` throws a soft shadow below it, `soft`
        blurs its edge (in units), `fade` is the colour at its foot, `texture` (values round 0) varies its lightness.
        """
        extent = float(max(np.ptp(points[:, 0]), np.ptp(points[:, 1]), 2.0))
        pad = extent * 0.35 * (1 if shadow else 0.2) + soft * self.unit * 3 + 4
        box = self._box(*(points.min(0) - pad), *(points.max(0) + pad))
        if box is None:
            return
        left, top, right, bottom = box
        mask = self._mask(points - (left, top), right - left, bottom - top)
        if soft:
            mask = cv2.GaussianBlur(mask, (0, 0), max(soft * self.unit, 0.3))
        region = self.picture[top:bottom, left:right]
        if shadow:
            fallen = _fallen(mask, extent, self.light)
            for layer in (self.picture, self.bare):
                if layer is not None:
                    _cast(layer[top:bottom, left:right], fallen, self.shadow_colour, shadow)
        paint = _lit(mask, colour, fade, volume, rim, extent, self.light, self.light_colour)
        if texture is not None:
            paint += cv2.resize(texture, (mask.shape[1], mask.shape[0]))[..., None]
        np.clip(paint, 0, 1, out=paint)
        # In place: a shape as large as the canvas would need its memory five times over.
        paint -= region
        paint *= (mask * np.float32(opacity))[..., None]
        region += paint
        if self.matte is not None:
            cover = self.matte[top:bottom, left:right]
            cover += (1 - cover) * mask * np.float32(opacity)
        if depth is not None:
            self._stamp_depth(mask, box, depth)

    def noise(self, seed: int, *, scale: float, strength: float, stretch: float = 1.0) -> Picture:
        """Return smooth noise of the canvas's size; `scale` is the size of its grains in units."""
        rng = np.random.default_rng(seed)
        rows = max(int(self.height / (scale * self.unit)) + 2, 2)
        columns = max(int(self.width / (scale * self.unit * stretch)) + 2, 2)
        coarse = rng.standard_normal((rows, columns)).astype(np.float32)
        return np.asarray(cv2.resize(coarse, (self.width, self.height), interpolation=cv2.INTER_CUBIC) * strength)

    def finish(self, picture: Picture, seed: int, *, grain: float = 0.006, vignette: float = 0.32) -> NDArray[np.uint8]:
        """Return a picture of the canvas's size as 8-bit RGB with vignette and grain."""
        across = np.linspace(-1, 1, self.width, dtype=np.float32) ** 2
        down = np.linspace(-1, 1, self.height, dtype=np.float32) ** 2
        falloff = 1 - vignette * np.clip((across[None, :] * 0.8 + down[:, None] * 0.9) - 0.35, 0, 1) ** 1.3
        rng = np.random.default_rng(seed)
        tile = rng.standard_normal((512, 512)).astype(np.float32)
        tile = cv2.GaussianBlur(np.pad(tile, 8, mode="wrap"), (0, 0), 0.9)[8:-8, 8:-8]
        tile *= grain / float(tile.std())
        repeats = (self.height // 512 + 1, self.width // 512 + 1)
        rows = np.ascontiguousarray(np.tile(tile, repeats)[: self.height, : self.width])
        falloff *= np.float32(255)
        rows *= np.float32(255)
        graded = cv2.multiply(picture, cv2.merge([falloff] * 3))
        cv2.add(graded, cv2.merge([rows] * 3), dst=graded)
        # convertScaleAbs would fold what is below black back up; this rounds and saturates.
        return np.asarray(cv2.convertScaleAbs(np.maximum(graded, 0, out=graded)))

    def _mask(self, points: Points, width: int, height: int) -> Picture:
        mask = np.zeros((height, width), np.uint8)
        cv2.fillPoly(mask, [np.round(points * 256).astype(np.int32)], 255, lineType=cv2.LINE_AA, shift=8)
        return mask.astype(np.float32) * np.float32(1 / 255)

    def _box(self, left: float, top: float, right: float, bottom: float) -> tuple[int, int, int, int] | None:
        box = (max(int(left), 0), max(int(top), 0), min(int(right) + 1, self.width), min(int(bottom) + 1, self.height))
        return box if box[2] - box[0] > 1 and box[3] - box[1] > 1 else None

    def _stamp_depth(self, mask: Picture, box: tuple[int, int, int, int], depth: float) -> None:
        left, top, right, bottom = (edge // _DEPTH_SCALE for edge in box)
        region = self.depth[top : bottom + 1, left : right + 1]
        small = cv2.resize(mask, (region.shape[1], region.shape[0]), interpolation=cv2.INTER_AREA)
        # A margin of the background moves with the subject, so that its edge is never stretched.
        covered = cv2.dilate(small, np.ones((5, 5), np.uint8)) > 0.05
        region[covered] = depth


def _cast(region: Picture, fallen: Picture, colour: Rgb, strength: float) -> None:
    dark = fallen * np.float32(strength)
    for channel in range(3):
        plane = region[..., channel]
        plane += (np.float32(colour[channel]) - plane) * dark


def _fallen(mask: Picture, extent: float, light: tuple[float, float]) -> Picture:
    """Return the soft shadow of an outline, away from the light; so soft that a smaller picture of it will do."""
    step = max(int(extent * 0.045 / 4), 1)
    small = cv2.resize(mask, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA) if step > 1 else mask
    away = np.array([[1, 0, -light[0] * extent * 0.07 / step], [0, 1, extent * 0.045 / step]], np.float32)
    moved = cv2.warpAffine(small, away, (small.shape[1], small.shape[0]))
    soft = cv2.GaussianBlur(moved, (0, 0), max(extent * 0.045 / step, 1))
    return np.asarray(soft if step == 1 else cv2.resize(soft, (mask.shape[1], mask.shape[0])))


def _lit(
    mask: Picture,
    colour: Rgb,
    fade: Rgb | None,
    volume: float,
    rim: float,
    extent: float,
    light: tuple[float, float],
    light_colour: Rgb,
) -> Picture:
    height, width = mask.shape
    dark = fade or mix(shade(colour, -0.2, 1.05), (0.1, 0.08, 0.2), 0.18)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    paint = np.array(shade(colour, 0.03), np.float32) * (1 - down * 0.55) + np.array(dark, np.float32) * down * 0.55
    paint = np.broadcast_to(paint, (height, width, 3)).copy()
    if volume:
        _add(paint, _relief(mask, extent * 0.13, light) * np.float32(volume), mix(colour, light_colour, 0.6))
    if rim:
        edge = _relief(mask, max(extent * 0.014, 1.2), light)
        _add(paint, np.clip(edge, 0, 1) * np.float32(rim), light_colour)
    return paint


def _add(paint: Picture, amount: Picture, colour: Rgb) -> None:
    for channel in range(3):
        paint[..., channel] += amount * np.float32(colour[channel])


def _relief(mask: Picture, radius: float, light: tuple[float, float]) -> Picture:
    """Return how much a rounded body of this outline faces the light, about -0.5 to 0.5."""
    # A blur this wide is as smooth at a quarter of the size.
    step = max(int(radius / 6), 1)
    less = (max(mask.shape[1] // step, 1), max(mask.shape[0] // step, 1))  # a wave far off is one row high
    small = mask if step == 1 else cv2.resize(mask, less, interpolation=cv2.INTER_AREA)
    # Beyond the canvas a shape goes on: its cut is no edge that could catch light.
    soft = cv2.GaussianBlur(small, (0, 0), max(radius / step, 0.6), borderType=cv2.BORDER_REPLICATE)
    shift = radius / step * 0.9
    size = (soft.shape[1], soft.shape[0])
    moved = [
        cv2.warpAffine(
            soft,
            np.array([[1, 0, way * light[0] * shift], [0, 1, way * light[1] * shift]], np.float32),
            size,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for way in (1, -1)
    ]
    # Moved away from the light, the body is thinner on the side that faces it: that side is lit.
    facing = moved[0] - moved[1]
    return facing if step == 1 else np.asarray(cv2.resize(facing, (mask.shape[1], mask.shape[0])))
