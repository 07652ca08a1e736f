"""Captions as a viewer sees them: burnt over flat grey by ffmpeg, read back as pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, features
from support.pictures import Plane, losslessly, luma_of, rgb_of

from reelwright.media.captions import fonts
from reelwright.media.captions.ass import ass_document, burn_filter
from reelwright.media.captions.brand import brand_of
from reelwright.media.captions.layout import Cue, PlacedWord, layout
from reelwright.media.captions.parts import is_right_to_left
from reelwright.recipe import Captions, OutputFormat
from reelwright.timing import estimate_words
from reelwright.values import Size, Word

GREY = 110
"""Luma of the ground."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Burnt:
    """A captioned shot: what was set, and the frames that ffmpeg drew."""

    cues: tuple[Cue, ...]
    output: OutputFormat
    frames: list[Plane]

    @property
    def size(self) -> Size:
        """Of the picture."""
        return self.output.pixels

    def changed(self) -> Mask:
        """Return which pixels anything was ever drawn on."""
        width, height = self.size.width, self.size.height
        luma, chroma = np.zeros(width * height, np.bool_), np.zeros(width * height // 2, np.bool_)
        for frame in self.frames:
            luma |= frame[: width * height] != GREY
            chroma |= frame[width * height :] != 128
        halves = chroma.reshape(2, height // 2, width // 2).any(0)
        return luma.reshape(height, width) | halves.repeat(2, 0).repeat(2, 1)

    def at(self, moment: Fraction) -> int:
        """Return the number of the frame shown at a moment."""
        return min(int(moment * self.output.frame_rate), len(self.frames) - 1)

    def luma(self, index: int) -> Plane:
        """Return the luma of a frame."""
        return luma_of(self.frames[index], self.size)

    def lit(self, index: int) -> Mask:
        """Return which pixels of a frame have the highlight's colour, which must be pure red."""
        rgb = rgb_of(self.frames[index], self.size).astype(int)
        return np.asarray((rgb[..., 0] > 150) & (rgb[..., 1] < 90) & (rgb[..., 2] < 90))


def format_of(size: str, frame_rate: int = 30) -> OutputFormat:
    """Return an output format, also of sizes and rates that recipes may not ask for."""
    unchecked: dict[str, Any] = {"size": size, "frame_rate": frame_rate}
    return OutputFormat.model_construct(**unchecked)


def word(text: str, start: str, end: str) -> Word:
    """A word at exact times."""
    return Word(text=text, start=Fraction(start), end=Fraction(end))


def timed(text: str, seconds: float = 5.5, lead: Fraction = Fraction(3, 20)) -> list[Word]:
    """Give each word of a text its time, as a narrator would."""
    words = estimate_words(text, Fraction(seconds))
    return [Word(text=word.text, start=word.start + lead, end=word.end + lead) for word in words]


def burn(
    words: Sequence[Word],
    folder: Path,
    font_folder: Path,
    *,
    output: OutputFormat | None = None,
    seconds: Fraction = Fraction(6),
    language: str = "en",
    shown: Fraction | None = None,
    **captions: Any,
) -> Burnt:
    """Set `words` over `seconds` of grey and let ffmpeg draw them; `shown` is how much is drawn, if not all."""
    output = output or format_of("360x640", 6)
    wanted = Captions(**captions)
    brand = brand_of(wanted.font)
    cues = layout(words, seconds, wanted, output, language=language, brand=brand)
    size = output.pixels
    pixels = size.width * size.height
    ground = np.full(pixels * 3 // 2, 128, np.uint8)
    ground[:pixels] = GREY
    document = folder / "a.ass"
    document.write_text(ass_document(cues, wanted, output, language=language, brand=brand), "utf-8")
    texts = "".join(word.text for cue in cues for word in cue.words)
    drawn = losslessly(
        [ground] * int((shown or seconds) * output.frame_rate),
        size,
        folder / "raw",
        burn=burn_filter(document, fonts.font_folder(font_folder, texts, brand)),
        frame_rate=output.frame_rate,
    )
    return Burnt(cues, output, drawn)


def letters(burnt: Burnt, cue: Cue) -> Mask:
    """Return where the white letters of a cue are, in the middle of its time."""
    return np.asarray(burnt.luma(burnt.at((cue.start + cue.end) / 2)) > 170)


def expected_letters(
    size: Size, words: Sequence[PlacedWord], font_folder: Path, brand: fonts.Font | None = None
) -> Mask:
    """Draw placed words with Pillow (FreeType, HarfBuzz through Raqm), run by run, from their measured left edge."""
    if not features.check("raqm"):
        pytest.skip("Pillow shapes no text here: it needs the system's libfribidi")
    picture = Image.new("L", (size.width, size.height))
    draw = ImageDraw.Draw(picture)
    for word in words:
        at = word.centre - fonts.width(word.text, word.pixels, brand) / 2
        runs = fonts.runs(word.text, brand)
        # A word that reads from the right ends on the left, and so does what stands behind it in another font.
        for run in reversed(runs) if is_right_to_left(word.text) else runs:
            file = font_folder / (run.font.family.replace(" ", "-") + run.font.source.suffix)
            sized = ImageFont.truetype(str(file), word.pixels, layout_engine=ImageFont.Layout.RAQM)
            draw.text((at, word.baseline), run.text, 255, sized, anchor="ls")
            at += fonts.width(run.text, word.pixels)
    return np.asarray(picture) > 127


def overlap(one: Mask, other: Mask) -> float:
    """Return how much of the ink of two pictures is common: 1 for the same, 0 for none."""
    return float((one & other).sum() / max((one | other).sum(), 1))
