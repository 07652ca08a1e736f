"""The frames of a transition: two pictures that run on, blended frame by frame, in yuv420p of limited range."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.errors import MediaError
from reelwright.fit import MIDDLE, FitPlan
from reelwright.media import ffmpeg
from reelwright.media.fit_filters import fit_filters
from reelwright.media.probe import probe
from reelwright.recipe import OutputFormat
from reelwright.values import Size

Plane = NDArray[np.uint8]

_BLACK, _NEUTRAL = 16, 128
_SHUTTER = 0.9
"""Which share of a frame's time the whip's camera is open: nearly all of it, so that nothing strobes."""


def blended(kind: str, before: Iterable[Plane], after: Iterable[Plane], count: int, size: Size) -> Iterator[Plane]:
    """Yield `count` frames that lead from one picture to the other; each is the caller's until the next.

    `kind` is one of those that come with Reelwright; others are in `reelwright.media.own_transitions`.

    `before` and `after` yield frames as flat arrays; their buffers may be reused between two frames.
    """
    for index, (one, other) in enumerate(itertools.islice(zip(before, after, strict=False), count)):
        at = (index + 1) / (count + 1)
        match kind:
            case "dissolve":
                yield _mixed(one, other, _eased(at))
            case "dip":
                yield (
                    _mixed(one, _black(size), _eased(2 * at))
                    if at < 1 / 2
                    else _mixed(_black(size), other, _eased(2 * at - 1))
                )
            case "cut":
                yield one if at < 1 / 2 else other
            case "whip":
                yield _whipped(one, other, index, count, size)


def fitted(
    clip: Path, output: OutputFormat, frames: int, first: int, count: int, *, plan: FitPlan = MIDDLE
) -> Iterator[Plane]:
    """Yield `count` frames from frame `first` of a clip that was fitted to the output and to `frames` frames.

    Raises:
        MediaError: the clip has no picture or cannot be decoded.
    """
    facts = probe(clip).video
    if facts is None:
        raise MediaError("The clip has no picture.")
    chain = ",".join([*fit_filters(facts, output, frames, plan), f"trim=start_frame={first}:end_frame={first + count}"])
    with tempfile.TemporaryDirectory(prefix="reelwright-") as folder:
        raw = Path(folder) / "frames"
        ffmpeg.run(["-y", "-i", str(clip), "-an", "-vf", chain, "-fps_mode", "passthrough", "-f", "rawvideo", str(raw)])
        length = output.pixels.width * output.pixels.height * 3 // 2
        with raw.open("rb") as file:
            while len(data := file.read(length)) == length:
                yield np.frombuffer(data, np.uint8)


def _eased(at: float) -> float:
    return at * at * (3 - 2 * at)


def _mixed(one: Plane, other: Plane, share: float) -> Plane:
    return np.asarray(cv2.addWeighted(one, 1 - share, other, share, 0), np.uint8).reshape(-1)


def _black(size: Size) -> Plane:
    flat = np.full(size.width * size.height * 3 // 2, _NEUTRAL, np.uint8)
    flat[: size.width * size.height] = _BLACK
    return flat


def _whipped(one: Plane, other: Plane, index: int, count: int, size: Size) -> Plane:
    """Pan from one picture to the other that stands right of it, blurred along the way it moves in this frame."""
    opens, closes = (_travelled((index + moment) / count) for moment in (1 / 2 - _SHUTTER / 2, 1 / 2 + _SHUTTER / 2))
    parts = zip(_planes(one, size), _planes(other, size), strict=True)
    return np.concatenate([_panned(left, right, opens, closes).ravel() for left, right in parts])


def _travelled(at: float) -> float:
    """Return how far the pan has come: slow, very fast, slow (a smootherstep, taken once more)."""
    once = at * at * at * (at * (6 * at - 15) + 10)
    return (once + _eased(once)) / 2


def _panned(left: Plane, right: Plane, opens: float, closes: float) -> Plane:
    width = left.shape[1]
    blur = max(round((closes - opens) * width), 1)
    middle = round((opens + closes) / 2 * width)
    # Mirrored at both ends: the blur never reaches over an edge into nothing.
    strip = np.hstack([left[:, ::-1], left, right, right[:, ::-1]])
    first = width + middle - blur
    seen = strip[:, first : first + width + 2 * blur]
    return np.asarray(cv2.blur(seen, (blur, 1))[:, blur : blur + width] if blur > 1 else seen[:, blur:-blur], np.uint8)


def _planes(flat: Plane, size: Size) -> tuple[Plane, Plane, Plane]:
    luma, half = size.width * size.height, (size.height // 2, size.width // 2)
    chroma = half[0] * half[1]
    return (
        flat[:luma].reshape(size.height, size.width),
        flat[luma : luma + chroma].reshape(half),
        flat[luma + chroma :].reshape(half),
    )
