"""Look at a clip that a model sent: is it a video at all, long enough, of the right shape, and is there a picture?"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from reelwright.errors import MediaError
from reelwright.media.probe import VideoFacts, probe
from reelwright.values import Size

_LEAST_SHARE = Fraction(9, 10)
"""Vendors send up to a few frames less than asked; the last frame is held for them."""
_LARGEST_CROP = Fraction(5, 2)
"""A landscape clip in a portrait master would lose more than two thirds of its picture."""
_LOOKS, _LOOK_PIXELS = 12, 256
_BLACK, _FLAT, _FROZEN = 20.0, 2.5, 0.05
"""Grey levels of 255: the brightest mean that is black, the spread that is one flat tone, the change that is none."""


def inspect_clip(clip: Path, *, seconds: Fraction, size: Size) -> dict[str, Any]:
    """Return `faults` (why it cannot be used; empty for a good one) and `facts`, as plain JSON.

    The facts are those of `MediaFacts` and `score`: how sharp and how lively the picture is, to compare takes by.
    """
    try:
        facts = probe(clip)
        looks = list(_looks(clip)) if facts.video else []
    except MediaError as error:
        return {"faults": [error.message.rstrip(".")], "facts": {}}
    except FFmpegError as error:
        return {"faults": [f"it cannot be decoded: {error.strerror}"], "facts": {}}
    if facts.video is None or not looks:
        return {"faults": ["it has no picture"], "facts": facts.to_json()}
    found = _faults(facts.video, seconds, size) | _seen(looks)
    faults = [text for text, is_found in found.items() if is_found]
    return {"faults": faults, "facts": facts.to_json() | {"score": round(_score(looks), 3)}}


def _faults(video: VideoFacts, seconds: Fraction, size: Size) -> dict[str, bool]:
    lasts, shown = video.seconds, video.shown
    lost = max(shown.aspect / size.aspect, size.aspect / shown.aspect)
    return {
        f"it lasts {float(lasts):.1f} s instead of {float(seconds):g} s": lasts < seconds * _LEAST_SHARE,
        f"its picture is {shown}, where {size} was asked for": lost > _LARGEST_CROP,
    }


def _seen(looks: list[NDArray[np.float32]]) -> dict[str, bool]:
    changes = [float(np.abs(after - before).mean()) for before, after in itertools.pairwise(looks)]
    return {
        "it is black": all(float(look.mean()) < _BLACK and float(look.std()) < _FLAT * 2 for look in looks),
        "it shows one flat tone": all(float(look.std()) < _FLAT for look in looks),
        "it stands still": bool(changes) and max(changes) < _FROZEN,
    }


def _score(looks: list[NDArray[np.float32]]) -> float:
    """Sharpness, and a little for movement; both saturate, so that noise and flicker do not win."""
    sharp = float(np.median([cv2.Laplacian(look, cv2.CV_32F).std() for look in looks]))
    moved = [float(np.abs(after - before).mean()) for before, after in itertools.pairwise(looks)]
    return min(sharp, 30.0) / 30 + 0.3 * min(float(np.median(moved)) if moved else 0.0, 12.0) / 12


def _looks(clip: Path) -> Iterator[NDArray[np.float32]]:
    """Yield up to a dozen key pictures, small and grey, spread over the clip; the last one is near its end."""
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        count = max(stream.frames, 1)
        wanted = set(np.linspace(0, count - 1, min(_LOOKS, count)).astype(int).tolist())
        for index, frame in enumerate(container.decode(stream)):
            if index in wanted or (stream.frames == 0 and index % 24 == 0):
                scale = _LOOK_PIXELS / max(frame.width, frame.height)
                small = frame.reformat(max(int(frame.width * scale), 16), max(int(frame.height * scale), 16), "gray")
                yield np.asarray(small.to_ndarray(), np.float32)
