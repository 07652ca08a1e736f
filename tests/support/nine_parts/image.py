"""An image model: orange above, teal below, and enough on them to tell where is up."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from reelwright import Entry
from reelwright.models.bench import Bench
from reelwright.models.images.contract import ImageRequest, Picture
from reelwright.models.video.contract import FREE

ABOVE, BELOW, DARK = (240, 140, 20), (10, 120, 130), (20, 20, 40)


class Painter:
    """Draws the same, whatever it is asked."""

    identity = "nine-parts-image/1"

    def __init__(self, name: str) -> None:
        self.name = name

    async def draw(self, request: ImageRequest, *, idempotency_key: str = "") -> Picture:
        """Draw, at no cost."""
        del idempotency_key
        width, height = request.size.width, request.size.height
        picture = Image.new("RGB", (width, height), ABOVE)
        picture.paste(BELOW, (0, height // 2, width, height))
        draw = ImageDraw.Draw(picture)
        draw.ellipse((0, height * 5 // 8, width // 2, height * 7 // 8), DARK)
        draw.polygon(((width, height * 3 // 8), (width, height * 7 // 8), (width * 3 // 4, height * 7 // 8)), DARK)
        file = io.BytesIO()
        picture.save(file, "PNG")
        return Picture(data=file.getvalue(), media_type="image/png", charge=FREE)

    async def aclose(self) -> None:
        """Nothing is open."""


def build(entry: Entry, bench: Bench) -> Painter:
    """Return the image model of an entry."""
    del bench
    return Painter(entry.name)
