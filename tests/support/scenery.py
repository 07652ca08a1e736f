"""Moving pictures that look like something: a painted landscape, and a camera that glides over it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from reelwright.media import ffmpeg
from reelwright.values import Size

Rgb = NDArray[np.uint8]

SIZE = Size(width=270, height=480)
RATE = 24
QUICK = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-crf", "23", "-pix_fmt", "yuv420p")
"""The preset has no B-frames of its own; vendors' clips have."""


@functools.cache
def landscape(seed: int, size: Size = SIZE) -> Rgb:
    """Return a picture half as large again as `size`: soft hills of noise in some colours, and shapes with edges."""
    dice = np.random.default_rng(seed)
    height, width = size.height * 3 // 2, size.width * 3 // 2
    picture = np.zeros((height, width, 3), np.float32)
    for cells, strength in ((3, 60), (7, 40), (17, 25), (45, 14), (150, 9)):
        grid = dice.normal(0, strength, (cells * height // width + 1, cells, 3)).astype(np.float32)
        picture += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    made = np.clip(picture + dice.uniform(80, 160, 3), 0, 255).astype(np.uint8)
    for _ in range(14):
        colour = tuple(int(part) for part in dice.integers(0, 256, 3))
        x, y, radius = int(dice.integers(width)), int(dice.integers(height)), int(dice.integers(8, width // 7))
        if dice.random() < 0.5:
            cv2.circle(made, (x, y), radius, colour, -1, cv2.LINE_AA)
        else:
            cv2.rectangle(made, (x, y), (x + radius, y + 2 * radius), colour, -1, cv2.LINE_AA)
    return made


def glide(
    seed: int = 1,
    count: int = 72,
    *,
    size: Size = SIZE,
    across: float = 1.0,
    down: float = 0.4,
    zoom: float = 0.0,
    first: int = 0,
) -> Iterator[Rgb]:
    """Yield pictures of a camera that goes so many pixels a picture, and `zoom` of its size nearer each picture."""
    whole = landscape(seed, size)
    for index in range(first, first + count):
        scale = 1 / (1 + zoom * index)
        left, top = size.width * 0.2 + across * index, size.height * 0.2 + down * index
        middle = (left + size.width / 2 * (1 - scale), top + size.height / 2 * (1 - scale))
        matrix = np.array([[scale, 0, middle[0]], [0, scale, middle[1]]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        yield np.asarray(
            cv2.warpAffine(whole, matrix, (size.width, size.height), flags=flags, borderMode=cv2.BORDER_REFLECT),
            np.uint8,
        )


def first_of(frames: Iterable[Rgb], into: Path) -> Path:
    """Write the first picture as PNG: the start frame that a model was told."""
    Image.fromarray(next(iter(frames))).save(into)
    return into


def film(
    into: Path,
    frames: Iterable[Rgb],
    *,
    size: Size = SIZE,
    rate: int | str = RATE,
    filters: str = "null",
    options: Sequence[str] = QUICK,
    more: Sequence[str] = (),
) -> Path:
    """Encode pictures as a clip; BT.709 in the limited range, and tagged so, unless `filters` say otherwise."""
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", str(size), "-framerate", str(rate), "-i", "pipe:0"]
    colours = "scale=out_color_matrix=bt709:out_range=tv,format=yuv444p"
    tags = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    chain = f"{colours},{tags},{filters}"
    raw = (memoryview(np.ascontiguousarray(frame)) for frame in frames)
    ffmpeg.run(["-y", *source, *more, "-vf", chain, *options, str(into)], frames=raw)
    return into


def changed(frames: Iterable[Rgb], change: Callable[[int, Rgb], Rgb]) -> Iterator[Rgb]:
    """Yield pictures, each changed by its number."""
    for index, frame in enumerate(frames):
        yield change(index, frame)
