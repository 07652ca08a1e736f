"""Clips of four colour patches in every kind of coding, and the patches read back from a segment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from support.pictures import decoded, rgb_of

from reelwright.media import ffmpeg
from reelwright.values import Size

PATCHES = ((200, 40, 40), (40, 170, 60), (40, 60, 200), (128, 128, 128))
"""Red, green; blue, grey: two rows of R'G'B', 8 bits, BT.709."""

Light = NDArray[np.float64]


def patches(size: Size) -> NDArray[np.uint8]:
    """Return a picture of the four patches."""
    picture = np.empty((size.height, size.width, 3), np.uint8)
    rows, columns = (
        (slice(size.height // 2), slice(size.height // 2, None)),
        (slice(size.width // 2), slice(size.width // 2, None)),
    )
    for index, colour in enumerate(PATCHES):
        picture[rows[index // 2], columns[index % 2]] = colour
    return picture


def patch_clip(into: Path, size: str, filters: str, options: tuple[str, ...] = (), *, pictures: int = 12) -> Path:
    """Encode patches at 24 frames a second; `filters` say how R'G'B' becomes what is stored."""
    frame = memoryview(patches(Size.parse(size)).tobytes())
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", size, "-framerate", "24", "-i", "pipe:0"]
    codec = options or ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "8")
    ffmpeg.run(["-y", *source, "-vf", filters, *codec, str(into)], frames=[frame] * pictures)
    return into


def hdr_clip(into: Path, size: str, transfer: Literal["smpte2084", "arib-std-b67"], *, tagged: bool = True) -> Path:
    """Encode patches as HDR, white at 203 nits (ITU-R BT.2408), coded here by the formulas of ITU-R BT.2100."""
    wanted = Size.parse(size)
    light = (patches(wanted) / 255.0) ** 2.4 @ _TO_2020.T * 203
    coded = (_pq if transfer == "smpte2084" else _hlg)(light)
    luma = coded @ _LUMA_2020
    blue, red = (coded[..., 2] - luma) / 1.8814, (coded[..., 0] - luma) / 1.4746
    planes = (64 + 876 * luma, 512 + 896 * blue, 512 + 896 * red)
    frame = memoryview(b"".join(np.round(plane).astype("<u2").tobytes() for plane in planes))
    source = ["-f", "rawvideo", "-pix_fmt", "yuv444p10le", "-color_range", "tv", "-video_size", size, "-i", "pipe:0"]
    rest = ":colorspace=bt2020nc:color_primaries=bt2020" if tagged else ""
    filters = f"setparams=range=tv:color_trc={transfer}{rest},format=yuv420p10le"
    codec = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "8"]
    ffmpeg.run(["-y", *source, "-vf", filters, *codec, str(into)], frames=[frame] * 12)
    return into


def patches_in(segment: Path, size: Size) -> list[tuple[int, ...]]:
    """Decode a segment and return the colour in the middle of each quarter of its middle frame."""
    frames = decoded(segment)
    rgb = rgb_of(frames[len(frames) // 2], size)
    middles = [(y, x) for y in (size.height // 4, size.height * 3 // 4) for x in (size.width // 4, size.width * 3 // 4)]
    return [tuple(int(part) for part in np.median(rgb[y - 6 : y + 6, x - 6 : x + 6], (0, 1))) for y, x in middles]


_TO_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
_LUMA_2020 = np.array([0.2627, 0.6780, 0.0593])


def _pq(nits: Light) -> Light:
    share = np.clip(nits / 10_000, 0, 1) ** 0.1593017578125
    return np.asarray(((0.8359375 + 18.8515625 * share) / (1 + 18.6875 * share)) ** 78.84375)


def _hlg(nits: Light) -> Light:
    shown = nits / 1000
    luma = (shown @ _LUMA_2020)[..., None]
    scene = shown * np.maximum(luma, 1e-9) ** ((1 - 1.2) / 1.2)
    curve = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.asarray(np.where(scene <= 1 / 12, np.sqrt(3 * scene), curve))
