"""What a plan finds out about the files of a recipe: whether they are there, and can be used."""

from __future__ import annotations

from pathlib import Path

from reelwright.errors import InvalidInput, RecipeError
from reelwright.media.captions.brand import brand_of, lacking
from reelwright.recipe import Captions, Music

_MOST_NAMED = 12


def music(wanted: Music, title: str) -> tuple[str, ...]:
    """Return what is wrong with the music of an episode of that title; nothing for a bed, silence or a whole file."""
    if wanted.source in {"bed", "none"}:
        return ()
    if not Path(wanted.source).exists():
        return (f"music.source {wanted.source!r} is not there: name a file, a folder, bed or none",)
    from reelwright.media.music import choose  # noqa: PLC0415 - loads what decodes sound

    try:
        choose(Path(wanted.source), title)
    except RecipeError as error:
        return (with_hint(error),)
    return ()


def font(captions: Captions, said: str) -> tuple[str, ...]:
    """Return what is wrong with the font of the captions, for the letters of `said`."""
    try:
        brand = brand_of(captions.font)
    except RecipeError as error:
        return (with_hint(error),)
    missing = lacking(brand, said) if brand else ()
    if not missing:
        return ()
    named = " ".join(f"{character} (U+{ord(character):04X})" for character in missing[:_MOST_NAMED])
    return (f"captions.font {captions.font!r} has no {named}: name another font",)


def with_hint(error: InvalidInput) -> str:
    """Say an error and its next step in one clause: `there is no video model 'x' (did you mean 'y'?)`."""
    hint = error.hint.rstrip(".")
    return error.message.rstrip(".") + (f" ({hint[0].lower()}{hint[1:]})" if hint else "")
