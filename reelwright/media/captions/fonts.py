"""The fonts that captions are set in: which one covers a character, how wide words are, and where libass finds them.

All come from wheels under the SIL Open Font License: Poppins (Latin, Devanagari), Noto Sans for other scripts, Noto
Sans CJK, Noto Emoji (monochrome). libass cannot take a bold weight out of a variable font, so the bold instance is cut
once and kept in the font folder.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from PIL import ImageFont

_BOLD = 700
_POPPINS = "ExtraBold"
_NOTO = (
    *("", "Arabic", "Hebrew", "Devanagari", "Thai", "Bengali", "Gujarati", "Gurmukhi", "Kannada", "Malayalam", "Oriya"),
    *("Sinhala", "Tamil", "Telugu", "Myanmar", "Khmer", "Lao", "Georgian", "Armenian", "Ethiopic", "Symbols"),
)
# Characters that shape or select and have no picture of their own.
_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\u00ad\u061c")


@dataclass(frozen=True, slots=True)
class Font:
    """One font file, and the family name under which libass finds its static form."""

    family: str
    source: Path
    is_variable: bool


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one font."""

    font: Font
    text: str


@functools.cache
def shipped() -> tuple[Font, ...]:
    """Return the fonts that are installed, in the order in which they are asked for a character."""
    poppins = _folder("fontpkg_poppins") / "files" / f"Poppins-{_POPPINS}.ttf"
    noto, cjk = _folder("manimgx_fonts"), _folder("noto_cjk_sans_jp_bold")
    fonts = [Font(f"Poppins {_POPPINS}", poppins, is_variable=False)]
    fonts += [
        Font(f"RW Noto Sans {name}".strip(), noto / f"NotoSans{name}[wght].ttf", is_variable=True) for name in _NOTO
    ]
    fonts.append(Font("Noto Sans CJK JP", cjk / "NotoSansCJKjp-Bold.otf", is_variable=False))
    fonts.append(Font("RW Noto Emoji", noto / "NotoEmoji[wght].ttf", is_variable=True))
    return tuple(font for font in fonts if font.source.is_file())


def runs(text: str) -> tuple[Run, ...]:
    """Split `text` into pieces that one font covers each; combining marks stay with their base.

    A character that no font covers is left out: `uncovered` names it beforehand.
    """
    pieces: list[Run] = []
    for character in text:
        if character in _INVISIBLE or unicodedata.combining(character):
            if pieces:
                pieces[-1] = Run(pieces[-1].font, pieces[-1].text + character)
            continue
        font = _font_for(character)
        if font is None:
            continue
        if pieces and (pieces[-1].font is font or (character.isspace() and _covers(pieces[-1].font, character))):
            pieces[-1] = Run(pieces[-1].font, pieces[-1].text + character)
        else:
            pieces.append(Run(font, character))
    return tuple(pieces)


def uncovered(text: str) -> tuple[str, ...]:
    """Return the characters of `text` that no shipped font has, in order, each once."""
    missing = (character for character in text if character not in _INVISIBLE and not character.isspace())
    return tuple(dict.fromkeys(character for character in missing if _font_for(character) is None))


def width(text: str, pixels: float) -> float:
    """Return how wide `text` is when an em is `pixels` high, shaped as libass shapes it (HarfBuzz)."""
    return sum(_sized(run.font).getlength(run.text) * pixels / _MEASURED_AT for run in runs(text))


def ink(text: str, pixels: float) -> tuple[float, float]:
    """Return how far the letters of `text` reach above and below the baseline, in pixels."""
    boxes = [_sized(run.font).getbbox(run.text, anchor="ls") for run in runs(text)]
    scale = pixels / _MEASURED_AT
    return max((-box[1] * scale for box in boxes), default=0.0), max((box[3] * scale for box in boxes), default=0.0)


def ass_size(font: Font, pixels: float) -> float:
    """Return the ASS font size that makes an em `pixels` high: libass scales by OS/2 usWinAscent + usWinDescent."""
    ascent, descent = _metrics(font)
    return pixels * (ascent + descent)


def descent(font: Font, pixels: float) -> float:
    """Return how far the font's box reaches below the baseline, in pixels."""
    return pixels * _metrics(font)[1]


def font_folder(into: Path, text: str) -> Path:
    """Make sure that `into` holds every font that `text` needs, under the names that libass will ask for."""
    into.mkdir(parents=True, exist_ok=True)
    for font in {run.font for run in runs(text)} | {shipped()[0]}:
        target = into / (font.family.replace(" ", "-") + font.source.suffix)
        if not target.is_file():
            _install(font, target)
    return into


_MEASURED_AT = 256


def _install(font: Font, target: Path) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        if font.is_variable:
            _bold(font).save(part)
        else:
            shutil.copyfile(font.source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _bold(font: Font) -> TTFont:
    """Cut the bold instance out of a variable font and give it a family name of its own."""
    cut = instancer.instantiateVariableFont(TTFont(font.source), {"wght": _BOLD})
    for record in list(cut["name"].names):
        if record.nameID in {16, 17, 21, 22, 25}:
            cut["name"].removeNames(nameID=record.nameID)
    for identifier, value in ((1, font.family), (2, "Regular"), (4, font.family), (6, font.family.replace(" ", ""))):
        cut["name"].setName(value, identifier, 3, 1, 0x409)
        cut["name"].setName(value, identifier, 1, 0, 0)
    return cut


@functools.cache
def _characters(font: Font) -> frozenset[int]:
    with TTFont(font.source, lazy=True) as file:
        return frozenset(file.getBestCmap())


def _covers(font: Font, character: str) -> bool:
    return ord(character) in _characters(font)


@functools.cache
def _font_for(character: str) -> Font | None:
    return next((font for font in shipped() if _covers(font, character)), None)


@functools.cache
def _metrics(font: Font) -> tuple[float, float]:
    with TTFont(font.source, lazy=True) as file:
        em = file["head"].unitsPerEm
        return file["OS/2"].usWinAscent / em, file["OS/2"].usWinDescent / em


@functools.cache
def _sized(font: Font) -> ImageFont.FreeTypeFont:
    sized = ImageFont.truetype(str(font.source), _MEASURED_AT, layout_engine=ImageFont.Layout.RAQM)
    if font.is_variable:
        axes = sized.get_variation_axes()
        sized.set_variation_by_axes(
            [_BOLD if (axis["maximum"] or 0) >= _BOLD else axis["default"] or 0 for axis in axes]
        )
    return sized


def _folder(package: str) -> Path:
    # find_spec reads no code of the package: some of them do work when they are imported.
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else Path("/nonexistent")
