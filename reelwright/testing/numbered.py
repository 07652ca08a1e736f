"""Clips whose pixels tell the time: every picture shows its own number, which is read from the pixels again.

A number is drawn as a square of 4 x 4 black and white fields in the middle, 16 bits: it outlives any codec, a cut at
the edges and another size. What a part did with time (a picture lost, shown twice, shifted) is seen in the numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from reelwright.media import ffmpeg
from reelwright.values import Size

BITS = 4
"""Fields of the square, each way."""
BLACK, GREY, WHITE = 16, 110, 235

Plane = NDArray[np.uint8]


def numbered_clip(
    into: Path,
    *,
    size: str = "180x320",
    rate: int = 24,
    pictures: int = 48,
    filters: str = "null",
    options: tuple[str, ...] = ("-pix_fmt", "yuv420p"),
) -> Path:
    """Encode a clip (H.264) of pictures numbered from 0, as a vendor may send it.

    Args:
        into: The file to write.
        size: Width and height in pixels.
        rate: Pictures a second.
        pictures: How many.
        filters: An ffmpeg filter that they go through, such as `fps=12`.
        options: What ffmpeg is told of the encoding besides.

    Raises:
        MediaError: ffmpeg could not.
    """
    drawn = Size.parse(size)
    source = ["-f", "rawvideo", "-pix_fmt", "yuv444p", "-color_range", "tv", "-colorspace", "bt709"]
    source += ["-video_size", size, "-framerate", str(rate), "-i", "pipe:0"]
    frames = (_full(number, drawn) for number in range(pictures))
    ffmpeg.run(
        ["-y", *source, "-vf", filters, "-c:v", "libx264", "-preset", "ultrafast", *options, str(into)], frames=frames
    )
    return into


def numbers_in(path: Path, *, shown: Size | None = None) -> list[int]:
    """Decode a video and read every picture's number; `shown` is the size it was drawn in, if it was fitted since."""
    return [number for _, number in timed_numbers(path, shown=shown)]


def timed_numbers(path: Path, *, shown: Size | None = None) -> list[tuple[Fraction, int]]:
    """Decode a video and read when each picture is shown (in seconds), and its number."""
    found = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            luma = np.asarray(frame.to_ndarray(format="gray"), np.uint8)
            moment = Fraction(frame.pts or 0) * (frame.time_base or 0)
            found.append((moment, _read(luma, shown or Size(width=frame.width, height=frame.height))))
    return found


def numbered_pictures(numbers: Iterable[int], size: Size) -> Iterator[memoryview]:
    """Yield a raw yuv420p picture (limited range) for each number; its field 0 is the lowest bit."""
    for number in numbers:
        yield memoryview(np.concatenate([_numbered(number, size).ravel(), _chroma(number, size)]).tobytes())


def _numbered(number: int, size: Size) -> Plane:
    luma = np.full((size.height, size.width), GREY, np.uint8)
    side, left, top = _square(size)
    field = side // BITS
    for bit in range(BITS * BITS):
        row, column = divmod(bit, BITS)
        tone = WHITE if number >> bit & 1 else BLACK
        luma[top + row * field : top + (row + 1) * field, left + column * field : left + (column + 1) * field] = tone
    return luma


def _chroma(number: int, size: Size) -> Plane:
    return np.full(size.width // 2 * (size.height // 2) * 2, 100 + number % 56, np.uint8)


def _full(number: int, size: Size) -> memoryview:
    luma = _numbered(number, size)
    return memoryview(np.concatenate([luma, np.full_like(luma, 128), np.full_like(luma, 128)]).tobytes())


def _square(size: Size) -> tuple[int, int, int]:
    side = min(size.width, size.height) // 2 // BITS * BITS
    return side, (size.width - side) // 2, (size.height - side) // 2


def _read(luma: Plane, shown: Size) -> int:
    height, width = luma.shape
    side = min(shown.width, shown.height) / 2 * max(width / shown.width, height / shown.height)
    field, number = side / BITS, 0
    for bit in range(BITS * BITS):
        row, column = divmod(bit, BITS)
        y, x = (int((total - side) / 2 + (at + 0.5) * field) for total, at in ((height, row), (width, column)))
        number |= int(luma[y - 1 : y + 2, x - 1 : x + 2].mean() > (BLACK + WHITE) / 2) << bit
    return number
