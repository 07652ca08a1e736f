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
from dataclasses import dataclass
from pathlib import Path

import regex
import uharfbuzz
from fontTools.ttLib import TTFont

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
    is_brand: bool = False
    """Whether a person named it: its own names may be anything, so it is installed under `family`."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one font."""

    font: Font
    text: str


@dataclass(frozen=True, slots=True)
class Face:
    """What a text is set in: how many pixels high an em is, and the brand's font that comes before the shipped ones."""

    pixels: float
    brand: Font | None = None

    def sized(self, pixels: float) -> Face:
        """Return the same face at another size."""
        return Face(pixels, self.brand)

    def width(self, text: str) -> float:
        """Return how wide `text` is, in pixels, shaped as libass shapes it (HarfBuzz)."""
        return width(text, self.pixels, self.brand)

    def ink(self, text: str) -> tuple[float, float]:
        """Return how far the letters of `text` reach above and below the baseline, in pixels."""
        return ink(text, self.pixels, self.brand)


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


@functools.lru_cache(4096)
def runs(text: str, brand: Font | None = None) -> tuple[Run, ...]:
    """Split `text` into pieces that one font covers each; what a reader takes for one character is never parted.

    The `brand`'s font is asked first. A character that no font covers is left out: `uncovered` names it beforehand.
    """
    pieces: list[Run] = []
    for cluster in graphemes(text):
        font, drawn = _set(cluster, brand)
        if font is None:
            continue
        last = pieces[-1] if pieces else None
        if last and (last.font == font or (cluster.isspace() and _covers(last.font, cluster))):
            pieces[-1] = Run(last.font, last.text + drawn)
        else:
            pieces.append(Run(font, drawn))
    return tuple(pieces)


def uncovered(text: str) -> tuple[str, ...]:
    """Return the characters of `text` that are not drawn, because no shipped font has them, in order, each once."""
    missing: dict[str, None] = {}
    for cluster in graphemes(text):
        _, drawn = _set(cluster, None)
        missing |= dict.fromkeys(
            character
            for character in cluster
            if not (character in drawn or character.isspace() or is_invisible(character))
        )
    return tuple(missing)


def graphemes(text: str) -> list[str]:
    """Cut `text` into what a reader takes for one character: a letter with its marks, a flag, a family of emoji."""
    return [str(piece) for piece in regex.findall(r"\X", text)]


def is_invisible(character: str) -> bool:
    """Whether a character shapes or selects others and has no picture of its own."""
    return character in _INVISIBLE


def width(text: str, pixels: float, brand: Font | None = None) -> float:
    """Return how wide `text` is when an em is `pixels` high, shaped as libass shapes it (HarfBuzz)."""
    return sum(_shaped(run).width * pixels for run in runs(text, brand))


def ink(text: str, pixels: float, brand: Font | None = None) -> tuple[float, float]:
    """Return how far the letters of `text` reach above and below the baseline, in pixels."""
    shaped = [_shaped(run) for run in runs(text, brand)]
    return max((run.above * pixels for run in shaped), default=0.0), max(
        (run.below * pixels for run in shaped), default=0.0
    )


def ass_size(font: Font, pixels: float) -> float:
    """Return the ASS font size that makes an em `pixels` high: libass scales by OS/2 usWinAscent + usWinDescent."""
    ascent, descent = _metrics(font)
    return pixels * (ascent + descent)


def descent(font: Font, pixels: float) -> float:
    """Return how far the font's box reaches below the baseline, in pixels."""
    return pixels * _metrics(font)[1]


def font_folder(into: Path, text: str, brand: Font | None = None) -> Path:
    """Make sure that `into` holds every font that `text` needs, under the names that libass will ask for."""
    into.mkdir(parents=True, exist_ok=True)
    for font in {run.font for run in runs(text, brand)} | {shipped()[0]}:
        target = into / (font.family.replace(" ", "-") + font.source.suffix)
        if not target.is_file():
            _install(font, target)
    return into


def _install(font: Font, target: Path) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        if font.is_variable or font.is_brand:
            _bold(font).save(part)
        else:
            shutil.copyfile(font.source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _bold(font: Font) -> TTFont:
    """Cut the bold instance out of a variable font and give it a family name of its own."""
    from fontTools.varLib import instancer  # noqa: PLC0415 - a tenth of a second, and few processes cut a font

    cut = TTFont(font.source)
    if font.is_variable:
        axes = {axis.axisTag: axis for axis in cut["fvar"].axes}
        pinned = {tag: axis.defaultValue for tag, axis in axes.items()}
        if "wght" in axes:
            pinned["wght"] = min(_BOLD, axes["wght"].maxValue)
        cut = instancer.instantiateVariableFont(cut, pinned)
    for record in list(cut["name"].names):
        if record.nameID in {16, 17, 21, 22, 25}:
            cut["name"].removeNames(nameID=record.nameID)
    for identifier, value in ((1, font.family), (2, "Regular"), (4, font.family), (6, font.family.replace(" ", ""))):
        cut["name"].setName(value, identifier, 3, 1, 0x409)
        cut["name"].setName(value, identifier, 1, 0, 0)
    return cut


@functools.cache
def characters(font: Font) -> frozenset[int]:
    """Return the code points that a font has a picture of."""
    with TTFont(font.source, lazy=True) as file:
        return frozenset(file.getBestCmap())


def _covers(font: Font, character: str) -> bool:
    return ord(character) in characters(font)


@functools.lru_cache(4096)
def _set(cluster: str, brand: Font | None) -> tuple[Font | None, str]:
    """Return the first font that has the whole cluster, else the first that has its base, and what is drawn with it."""
    seen = [character for character in cluster if not is_invisible(character)]
    if not seen:
        return None, ""
    asked = (*([brand] if brand else ()), *shipped())
    fonts = [font for font in asked if _covers(font, seen[0])]
    whole = next((font for font in fonts if all(_covers(font, character) for character in seen)), None)
    if whole or not fonts:
        return whole, cluster if whole else ""
    return fonts[0], "".join(
        character for character in cluster if is_invisible(character) or _covers(fonts[0], character)
    )


@functools.cache
def _metrics(font: Font) -> tuple[float, float]:
    with TTFont(font.source, lazy=True) as file:
        em = file["head"].unitsPerEm
        return file["OS/2"].usWinAscent / em, file["OS/2"].usWinDescent / em


@dataclass(frozen=True, slots=True)
class _Shaped:
    """A run's measures, in ems."""

    width: float
    above: float
    below: float


@functools.lru_cache(4096)
def _shaped(run: Run) -> _Shaped:
    shaper, em = _shaper(run.font)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(shaper, buffer)
    tops, bottoms = [0.0], [0.0]
    for glyph, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        box = shaper.get_glyph_extents(glyph.codepoint)
        if box is not None:
            tops.append(place.y_offset + box.y_bearing)
            bottoms.append(place.y_offset + box.y_bearing + box.height)
    return _Shaped(sum(place.x_advance for place in buffer.glyph_positions) / em, max(tops) / em, -min(bottoms) / em)


@functools.cache
def _shaper(font: Font) -> tuple[uharfbuzz.Font, int]:
    # Not Pillow: its shaping needs the system's libfribidi, which a bare machine does not have.
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(font.source)))
    shaper = uharfbuzz.Font(face)
    if any(axis.tag == "wght" and axis.max_value >= _BOLD for axis in face.axis_infos):
        shaper.set_variations({"wght": _BOLD})
    return shaper, face.upem


def _folder(package: str) -> Path:
    # find_spec reads no code of the package: some of them do work when they are imported.
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else Path("/nonexistent")
