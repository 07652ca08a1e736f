"""Pictures that servers send: a plain ground with one thing to look at."""

from __future__ import annotations

import functools
import io

import numpy as np
from PIL import Image, ImageDraw

SUBJECT = (214, 90, 60)


@functools.cache
def picture(width: int, height: int, *, at: tuple[float, float] = (0.5, 0.5), form: str = "PNG") -> bytes:
    """A picture of this size with a disc whose middle lies at a share of width and height."""
    noise = np.random.default_rng(7).integers(-5, 6, (height, width, 1))
    ground = np.clip(np.array([96, 118, 128]) + noise, 0, 255).astype(np.uint8)
    made = Image.fromarray(ground)
    radius = min(width, height) // 8
    x, y = round(width * at[0]), round(height * at[1])
    ImageDraw.Draw(made).ellipse((x - radius, y - radius, x + radius, y + radius), fill=SUBJECT)
    buffer = io.BytesIO()
    made.save(buffer, form, **({"compress_level": 1} if form == "PNG" else {}))
    return buffer.getvalue()


def middle_of_subject(data: bytes) -> tuple[float, float, float]:
    """Where the disc lies, as shares of width and height, and what share of the picture it fills."""
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.int16)
    seen = np.abs(pixels - np.array(SUBJECT)).max(axis=2) < 40
    ys, xs = np.nonzero(seen)
    return float(xs.mean() / pixels.shape[1]), float(ys.mean() / pixels.shape[0]), float(seen.mean())


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height."""
    with Image.open(io.BytesIO(data)) as image:
        width, height = image.size
        return width, height


def require_picture(data: bytes, forms: tuple[str, ...] = ("PNG", "JPEG", "WEBP")) -> None:
    """Raise ValueError unless these are the bytes of a whole picture in one of the forms."""
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        if image.format not in forms:
            message = f"{image.format} is not one of {forms}"
            raise ValueError(message)
