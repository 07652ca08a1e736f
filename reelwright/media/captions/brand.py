"""The font that a recipe names for captions, titles and cards: a family of an installed package, or a font file."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import importlib.util
import io
import unicodedata
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

from reelwright.errors import RecipeError
from reelwright.media.captions.fonts import Font, characters, graphemes, is_invisible

DEFAULT = "Poppins"
_FIELD = "captions.font"
_SUFFIXES = frozenset({".ttf", ".otf"})
_WEIGHTS = ("ExtraBold", "Bold", "Black", "SemiBold", "Medium", "Regular")
"""Captions are read at a glance over a moving picture: the first of these that a family has."""


def brand_of(name: str) -> Font | None:
    """Return the font that a recipe names: a path to a TTF or OTF file, or a family; `None` for Poppins, the default.

    A family is one that a `fontpkg-…` package brings (`pip install fontpkg-inter`).

    Raises:
        RecipeError: it is not there, or is no font that can be read.
    """
    if name in {"", DEFAULT}:
        return None
    path = Path(name).expanduser()
    if path.suffix.lower() not in _SUFFIXES and len(path.parts) == 1:
        path = _of_family(name)
    try:
        data = path.read_bytes()
        with TTFont(io.BytesIO(data), lazy=True) as file:
            is_variable = "fvar" in file
            if not file.getBestCmap():
                raise RecipeError(f"{path.name} has no letters", field=_FIELD, hint="Name a font with text letters.")
    except OSError as error:
        raise RecipeError(
            f"the font {name!r} cannot be read: {error.strerror}", field=_FIELD, hint="Name a TTF or OTF file."
        ) from None
    except TTLibError as error:
        raise RecipeError(
            f"{path.name} is no font: {str(error).strip()}", field=_FIELD, hint="Name a TTF or OTF file."
        ) from None
    # Two files of one name are two fonts.
    family = f"RW Brand {hashlib.sha256(data).hexdigest()[:12]}"
    return Font(family, path.absolute(), is_variable=is_variable, is_brand=True)


def lacking(brand: Font, text: str) -> tuple[str, ...]:
    """Return the letters and digits of `text` that stand in the brand's scripts and that it has no picture of.

    A script of which it has no letter at all is set in a shipped font, as a Latin brand's Arabic captions are.
    """
    has = characters(brand)
    wanted = {
        character
        for cluster in graphemes(unicodedata.normalize("NFC", text))
        for character in cluster
        if unicodedata.category(character)[0] in "LN" and not is_invisible(character)
    }
    known = {_script(character) for character in wanted if ord(character) in has} | _scripts(brand)
    return tuple(sorted(one for one in wanted if ord(one) not in has and _script(one) in known))


@functools.cache
def _scripts(brand: Font) -> frozenset[str]:
    samples = {"LATIN": "ae", "CYRILLIC": "ао", "GREEK": "αο", "ARABIC": "ال", "HEBREW": "אל", "DEVANAGARI": "कर"}
    has = characters(brand)
    return frozenset(name for name, letters in samples.items() if all(ord(letter) in has for letter in letters))


def _script(character: str) -> str:
    """Return the first word of a character's name: `LATIN`, `GREEK`, `CJK`; digits count as Latin."""
    name = unicodedata.name(character, "").split(" ")[0]
    return "LATIN" if name == "DIGIT" else name


def _of_family(name: str) -> Path:
    """Return the file of a family's heaviest readable weight."""
    families = {entry.name.casefold(): entry for entry in importlib.metadata.entry_points(group="fontpkg.family")}
    wanted = name.casefold().replace(" ", "-")
    entry = families.get(wanted)
    spec = importlib.util.find_spec(entry.module) if entry else None
    files = sorted((Path(spec.origin).parent / "files").glob("*.[to]tf")) if spec and spec.origin else []
    upright = [file for file in files if "italic" not in file.stem.casefold()] or files
    if not upright:
        there = ", ".join(sorted({DEFAULT.casefold(), *families}))
        raise RecipeError(
            f"there is no font family {name!r} here",
            field=_FIELD,
            hint=f"Here are: {there}. Install one with `pip install fontpkg-{wanted}`, or name a TTF or OTF file.",
        )
    return min(upright, key=lambda file: (_weight(file.stem), file.name))


def _weight(stem: str) -> int:
    plain = stem.casefold().replace("-", "").replace("_", "")
    if "wght" in plain:
        return 0  # variable: any weight is cut out of it
    return next((place for place, name in enumerate(_WEIGHTS, 1) if plain.endswith(name.casefold())), len(_WEIGHTS) + 1)
