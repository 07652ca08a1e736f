"""The places a scene may be in, each painted from back to front."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reelwright.animatic.brush import Canvas
from reelwright.animatic.places.elsewhere import city, micro, space
from reelwright.animatic.places.indoors import table
from reelwright.animatic.places.nature import forest, hills, sea
from reelwright.animatic.places.tones import Ground, Tones
from reelwright.animatic.scene import Place, Scene

_PAINTED: dict[Place, Callable[[Canvas, Scene, Tones, np.random.Generator], Ground]] = {
    "table": table,
    "hills": hills,
    "sea": sea,
    "city": city,
    "space": space,
    "micro": micro,
    "forest": forest,
}


def paint_place(canvas: Canvas, scene: Scene, tones: Tones) -> Ground:
    """Paint everything but the subjects and say where they stand."""
    return _PAINTED[scene.place](canvas, scene, tones, np.random.default_rng(scene.seed))
