"""Text as a picture with transparency: what cover, cards and overlays are lettered with, in every script.

libass draws it, as it draws captions, once over black and once over white: the difference is the exact transparency.
"""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.media import ffmpeg
from reelwright.media.captions.ass import ass_document, burn_filter
from reelwright.media.captions.brand import brand_of
from reelwright.media.captions.fonts import Face, font_folder
from reelwright.media.captions.layout import Box, set_lines
from reelwright.recipe import Captions, OutputFormat
from reelwright.values import Size

_IN_RGB = ("YCbCr Matrix: TV.709", "YCbCr Matrix: None")
"""Captions are drawn on limited range; on full range the same header would make white grey."""

_MOST_LINES, _COLUMNS = 4, 13
"""How many lines a title may fill; letters in one, about."""
_BAND = 128
"""Rows that are worked on at a time."""

Pixels = NDArray[np.uint8]
"""Height x width x 4: red, green, blue, and how much is seen (straight alpha)."""


def lettered(
    text: str,
    box: Box,
    captions: Captions,
    output: OutputFormat,
    fonts: Path,
    *,
    pixels: float,
    most_lines: int = 3,
    position: str = "middle",
    language: str = "en",
) -> Pixels:
    """Return `text` in a picture of the output's size, set in `box` in the captions' font and colours.

    Args:
        text: What is written; smaller where it would need more than `most_lines`.
        box: Where on the picture.
        captions: Whose font, colour and outline are taken.
        output: The format of the picture.
        fonts: Folder for the fonts that libass is given.
        pixels: Height of an em, at most.
        most_lines: Into how many lines it may be broken.
        position: Where in the box: `upper`, `middle` or `lower`.
        language: BCP 47 tag; it chooses the regional form of a character.

    Raises:
        RecipeError: the font is not there.
        MediaError: ffmpeg failed.
    """
    brand, size = brand_of(captions.font), output.pixels
    cue = set_lines(text, box, Face(pixels, brand), most_lines=most_lines, position=position, language=language)
    if not cue.words:
        return np.zeros((size.height, size.width, 4), np.uint8)
    still = captions.model_copy(update={"preset": "sentence"})
    document = ass_document([cue], still, output, language=language, brand=brand).replace(*_IN_RGB)
    with tempfile.TemporaryDirectory(prefix="reelwright-") as folder:
        path = Path(folder) / "text.ass"
        path.write_text(document, "utf-8")
        drawn = "".join(word.text for word in cue.words)
        on_black, on_white = _drawn(burn_filter(path, font_folder(fonts, drawn, brand)), size, Path(folder) / "drawn")
    return _cut_out(on_black, on_white)


def lines_for(text: str) -> int:
    """Return into how many lines a title is broken: two words a line, about, rather than one."""
    columns = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
    return min(-(-columns // _COLUMNS), _MOST_LINES)


def ink_of(picture: Pixels) -> Box:
    """Return the smallest box that holds everything that is seen; an empty one for nothing."""
    rows, columns = (np.flatnonzero(picture[..., 3].any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return Box(left=0, top=0, right=0, bottom=0)
    return Box(left=int(columns[0]), top=int(rows[0]), right=int(columns[-1]) + 1, bottom=int(rows[-1]) + 1)


def laid_over(ground: NDArray[np.uint8], picture: Pixels, opacity: float = 1.0) -> NDArray[np.uint8]:
    """Return `ground` (red, green, blue) with a picture of the same size over it."""

    def mixed(rows: slice) -> NDArray[np.uint8]:
        below, above = ground[rows].astype(np.float32), picture[rows, :, :3]
        seen = picture[rows, :, 3:].astype(np.float32) * (opacity / 255)
        return np.asarray(np.rint(below + (above - below) * seen), np.uint8)

    return in_bands(len(ground), mixed)


def in_bands(height: int, make: Callable[[slice], NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Make a picture a band of rows at a time: what is computed on the way, in floats, is never a whole picture."""
    return np.concatenate([make(slice(top, top + _BAND)) for top in range(0, height, _BAND)])


def _drawn(burn: str, size: Size, into: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    shape = (size.height, size.width, 3)
    grounds = [np.full(shape, tone, np.uint8).tobytes() for tone in (0, 255)]
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24"]
    ffmpeg.run(
        [
            *("-y", *raw, "-video_size", str(size), "-framerate", "1000", "-i", "pipe:0"),
            *("-vf", burn, "-frames:v", "2", *raw, str(into)),
        ],
        frames=grounds,
    )
    black, white = np.fromfile(into, np.uint8).reshape(2, *shape)
    return black, white


def _cut_out(on_black: NDArray[np.uint8], on_white: NDArray[np.uint8]) -> Pixels:
    def cut(rows: slice) -> Pixels:
        black, white = on_black[rows].astype(np.float32), on_white[rows].astype(np.float32)
        seen = np.clip(255 - (white - black).mean(axis=2), 0, 255)
        colour = black * (255 / np.maximum(seen, 1))[..., None]
        return np.asarray(np.rint(np.dstack([np.clip(colour, 0, 255), seen])), np.uint8)

    return in_bands(len(on_black), cut)
