"""A moving shot as a document: what is painted or given, and how the camera moves over it."""

from __future__ import annotations

from typing import Literal

from reelwright.animatic.scene import Scene, scene_for
from reelwright.canonical import key_of
from reelwright.storyboard import Camera
from reelwright.values import Asset, Value

MEDIA_TYPE = "application/vnd.reelwright.animatic+json"
"""The media type of a motion document: a clip that is rendered where it is encoded, so no frame is encoded twice."""

_STEADY = 0.55
"""Share of constant speed in the easing: the ends never stand still, which a freeze detector would report."""


class Motion(Value):
    """A moving shot as a document: a painted scene, or a given picture, and the camera over it."""

    schema_version: Literal[1] = 1
    scene: Scene
    """What is painted; with `picture`, only its weather and seed count."""
    picture: Asset | None = None
    """A start frame made by another model, moved instead of a painting."""
    camera: Camera


def motion_for(
    prompt: str,
    *,
    camera: Camera = "auto",
    style: str = "",
    palette: tuple[str, ...] = (),
    seed: int | None = None,
    picture: Asset | None = None,
) -> Motion:
    """Return the motion document of a shot; `auto` chooses a camera by what is shot, never by where it stands."""
    scene = scene_for(prompt, style=style, palette=palette, seed=seed)
    return Motion(scene=scene, picture=picture, camera=choose_camera(scene) if camera == "auto" else camera)


def choose_camera(scene: Scene) -> Camera:
    """Return the camera that suits a scene: wide places are travelled through, close things are looked at."""
    wide: tuple[Camera, ...] = ("push", "pan-left", "pan-right", "pull", "tilt-up")
    close: tuple[Camera, ...] = ("push", "orbit", "drift", "pull", "push")
    choices = close if scene.place in {"table", "micro"} else wide
    return choices[int(key_of("camera", scene)[:8], 16) % len(choices)]


def position(index: int, count: int) -> float:
    """Return where the camera is at frame `index` of `count`: from -1 to 1, eased, always moving forward."""
    at = index / max(count - 1, 1)
    return 2 * (_STEADY * at + (1 - _STEADY) * at * at * (3 - 2 * at)) - 1
