"""Picture files as people see them: upright, in 8-bit RGB, whatever they were stored as."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from reelwright.errors import MediaError

_DEEP = frozenset({"I;16", "I;16L", "I;16B", "I"})
"""Pillow's modes of 16-bit grey; its own conversion to RGB would burn all of it out to white."""


def read_picture(path: Path) -> Image.Image:
    """Read a picture as RGB, turned as its EXIF orientation says.

    Raises:
        MediaError: not a picture that Pillow can read, or cut off.
    """
    try:
        with Image.open(path) as image:
            upright = ImageOps.exif_transpose(image)
            if upright.mode in _DEEP:
                upright = Image.fromarray(np.asarray(np.asarray(upright, np.uint32) >> 8, np.uint8))
            return upright.convert("RGB")
    except UnidentifiedImageError as error:
        raise MediaError(f"{path.name} is no picture that can be read.") from error
    except (OSError, SyntaxError, ValueError) as error:
        # Pillow's readers say so when bytes are missing or wrong; their text names what.
        raise MediaError(f"The picture {path.name} cannot be read: {error}.") from error


def filled(picture: Image.Image, width: int, height: int) -> Image.Image:
    """Return a picture of this size: scaled to fill it, and cut at the sides that stand over."""
    return ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)
