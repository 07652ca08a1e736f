"""The cover picture: the sharpest and most colourful of the pictures there are, as JPEG in the master's size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from reelwright.errors import MediaError
from reelwright.media.pictures import filled, read_picture
from reelwright.values import Size

_CANDIDATES = 6
_QUALITY = 90

Pixels = NDArray[np.uint8]


def make_cover(master: Path, pictures: Sequence[Path], size: Size, into: Path) -> None:
    """Write the cover to `into`: of `pictures` (start frames, without captions) if there are any, else of the master.

    Raises:
        MediaError: there is no picture in either.
    """
    candidates = [_fitted(path, size) for path in pictures[:12]] or _frames_of(master)
    if not candidates:
        raise MediaError("There is no picture to make a cover of.")
    Image.fromarray(max(candidates, key=appeal)).save(into, "JPEG", quality=_QUALITY, optimize=True)


def appeal(rgb: Pixels) -> float:
    """Return how well a picture draws the eye: detail, contrast and colour, each on a scale where 1 is ordinary."""
    small = cv2.resize(rgb, (180, 320), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    detail = float(cv2.Laplacian(grey, cv2.CV_32F).std()) / 12
    contrast = float(grey.std()) / 50
    colour = float(cv2.cvtColor(small, cv2.COLOR_RGB2HSV)[..., 1].mean()) / 90
    return min(detail, 3) + min(contrast, 2) + min(colour, 2)


def _fitted(path: Path, size: Size) -> Pixels:
    return np.asarray(filled(read_picture(path), size.width, size.height))


def _frames_of(master: Path) -> list[Pixels]:
    found = []
    with av.open(str(master)) as container:
        stream = container.streams.video[0]
        length = stream.duration or 0
        for index in range(_CANDIDATES):
            container.seek(int(length * (index + 0.5) / _CANDIDATES), stream=stream)
            frame = next(iter(container.decode(stream)), None)
            if frame is not None:
                found.append(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))
    return found
