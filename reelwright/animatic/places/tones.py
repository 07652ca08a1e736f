"""The colours of a place at an hour, and where things stand in it."""

from __future__ import annotations

from dataclasses import dataclass

from reelwright.animatic.colour import Rgb, from_hex, mix, shade, tint
from reelwright.animatic.scene import Hour, Scene


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
    leaf: Rgb
    """What grows wild."""


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
    leaf: Rgb = (0.2, 0.32, 0.18)
    given = [from_hex(text) for text in scene.palette]
    if given:
        lead = given[0]
        high, middle, low, ground = (
            tint(tone, lead, share) for tone, share in ((high, 0.75), (middle, 0.78), (low, 0.6), (ground, 0.6))
        )
        leaf = tint(leaf, lead, 0.6)
        accent = mix(accent, given[1] if len(given) > 1 else lead, 0.75)
    turn = (scene.seed % 7 - 3) * 0.012
    return Tones(high, shade(middle, turn), shade(low, turn), ground, accent, light, shade(high, -0.1), leaf)
