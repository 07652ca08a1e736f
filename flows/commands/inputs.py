"""What a person hands in: the source and the recipe file, with complaints that name file, line and field."""

from __future__ import annotations

import sys
from pathlib import Path

from reelwright.errors import SourceError
from reelwright.recipe import Recipe
from reelwright.script.documents import parse_document
from reelwright.script.files import open_file, read_text
from reelwright.script.source import Source, read_source

_WANTED = "a recipe (.yaml, .json)"


def open_source(source: str) -> Source:
    """Read SOURCE; `-` is standard input.

    Raises:
        SourceError: as `read_source`.
    """
    # Bytes, not text: they are decoded as a file's are, whatever the terminal's encoding is. A window has no stdin.
    return read_source(source, stdin=sys.stdin.buffer if sys.stdin else None)


def read_recipe(path: Path | None, source: Source) -> Recipe:
    """Return the recipe of a file, else the one the source carries (a manifest does), else the default.

    Raises:
        SourceError: the file is not there, or not a recipe.
    """
    return source.recipe or Recipe() if path is None else recipe_in(path)


def recipe_in(path: Path) -> Recipe:
    """Return the recipe of a file.

    Raises:
        SourceError: the file is not there, or not a recipe.
    """
    name = str(path)
    stream = open_file(name, expected=_WANTED)
    if stream is None:
        raise SourceError("there is no such file", file=name, expected=_WANTED)
    with stream:
        text = read_text(stream, name=name)
    is_json = path.suffix.lower() == ".json" and bool(text.strip())
    document = parse_document(text, name=name, is_json=is_json, expected="fields such as 'output', 'voice' and 'music'")
    return document.value(Recipe, document.data)
