"""Pictures as numbers: drawn frames, decoded frames, how they differ and how far things moved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from reelwright.animatic.motion import Motion
from reelwright.animatic.render import frames
from reelwright.media import ffmpeg
from reelwright.values import Size

Plane = NDArray[np.uint8]
Rgb = NDArray[np.uint8]
Field = NDArray[np.float64]


def drawn(motion: Motion, size: Size, count: int, **more: Any) -> list[Plane]:
    """Draw a motion document: flat yuv420p frames that may be kept, at 30 frames a second."""
    rate = more.pop("frame_rate", 30)
    made = frames(motion, size=size, frame_rate=rate, frame_count=count, **more)
    return [np.frombuffer(view, np.uint8).copy() for view in made]


def luma_of(frame: Plane, size: Size) -> Plane:
    """Return the luma plane of a flat yuv420p frame."""
    return frame[: size.width * size.height].reshape(size.height, size.width)


def rgb_of(frame: Plane, size: Size) -> Rgb:
    """Convert a flat yuv420p frame (BT.709, limited range) as ITU-R BT.709-6 says, chroma by bilinear interpolation."""
    luma = (luma_of(frame, size).astype(np.float32) - 16) / 219
    halves = (
        frame[size.width * size.height :].reshape(2, size.height // 2, size.width // 2).astype(np.float32) - 128
    ) / 224
    blue, red = (cv2.resize(half, (size.width, size.height)) for half in halves)
    r, b = luma + 1.5748 * red, luma + 1.8556 * blue
    g = (luma - 0.2126 * r - 0.0722 * b) / 0.7152
    return np.asarray(np.round(np.clip(np.stack([r, g, b], axis=-1), 0, 1) * 255), np.uint8)


def read_rgb(path: Path) -> Rgb:
    """Read a picture file."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def decoded(path: Path) -> list[Plane]:
    """Decode every frame of a yuv420p video, flat."""
    with av.open(str(path)) as container:
        return [np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8).ravel() for frame in container.decode(video=0)]


def losslessly(
    made: Sequence[Plane], size: Size, scratch: Path, *, burn: str | None, frame_rate: int = 30
) -> list[Plane]:
    """Let ffmpeg draw `burn` on yuv420p frames (BT.709, limited) and return what it drew, not encoded."""
    source = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-color_range", "tv", "-colorspace", "bt709"]
    source += ["-video_size", str(size), "-framerate", str(frame_rate), "-i", "pipe:0"]
    filters = ["-vf", burn] if burn else []
    ffmpeg.run(
        ["-y", *source, *filters, "-pix_fmt", "yuv420p", "-f", "rawvideo", str(scratch)],
        frames=[memoryview(frame) for frame in made],  # type: ignore[arg-type]
    )
    shown = np.fromfile(scratch, np.uint8).reshape(-1, size.width * size.height * 3 // 2)
    scratch.unlink()
    return list(shown)


def flow(first: Plane, last: Plane) -> NDArray[np.float32]:
    """Return how far each pixel went from one luma plane to another: (height, width, 2), x and y in pixels."""
    finder = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return np.asarray(finder.calc(first, last, None), np.float32)


def dotted(into: Path, size: Size, spacing: int = 80) -> Path:
    """Write a black picture with soft white dots, whose middles can be found to a hundredth of a pixel."""
    rows, columns = np.mgrid[0 : size.height, 0 : size.width]
    light = np.zeros((size.height, size.width))
    for y in range(spacing, size.height - spacing // 2, spacing):
        for x in range(spacing, size.width - spacing // 2, spacing):
            light += 255 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 2 / 4.5**2)
    Image.fromarray(np.asarray(np.clip(light, 0, 255), np.uint8)).save(into)
    return into


def dots(luma: Plane) -> Field:
    """Return the middles of the dots that lie whole in the frame: (number, 2), x and y."""
    light = np.clip(luma.astype(np.float64) - 80, 0, None)
    _, labels, boxes, _ = cv2.connectedComponentsWithStats((light > 20).astype(np.uint8))
    rows, columns = np.indices(light.shape)
    found = []
    for label, (left, top, width, height, area) in enumerate(boxes.tolist()):
        whole = left > 3 and top > 3 and left + width < light.shape[1] - 3 and top + height < light.shape[0] - 3
        if label and whole and area > 60:
            weight = np.where(cv2.dilate((labels == label).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0, light, 0)
            found.append(((weight * columns).sum() / weight.sum(), (weight * rows).sum() / weight.sum()))
    return np.array(found)


def followed(lumas: Sequence[Plane]) -> Field:
    """Follow the dots that are seen from the first frame to the last: (dots, frames, 2)."""
    seen = [dots(luma) for luma in lumas]
    paths = []
    for start in seen[0]:
        path = [start]
        for middles in seen[1:]:
            away = np.hypot(*(middles - path[-1]).T)
            if away.min() > 8:
                break
            path.append(middles[away.argmin()])
        if len(path) == len(lumas):
            paths.append(path)
    return np.array(paths)
