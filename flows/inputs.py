"""What a person hands in: the source and the recipe file, with complaints that name file, line and field."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reelwright.errors import SourceError
from reelwright.recipe import Recipe
from reelwright.script.documents import parse_document
from reelwright.script.source import Source, read_source
from reelwright.validation import complaints


def open_source(source: str) -> Source:
    """Read SOURCE; `-` is standard input."""
    return read_source(source, stdin=sys.stdin.read)


def read_recipe(path: Path | None, source: Source) -> Recipe:
    """Return the recipe of a file, else the one the source carries (a manifest does), else the default.

    Raises:
        SourceError: the file is not there, or not a recipe.
    """
    if path is None:
        return source.recipe or Recipe()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise SourceError(f"the recipe cannot be read: {reason}", file=str(path), expected="a YAML file") from error
    document = parse_document(text, name=str(path), is_json=path.suffix == ".json") if text.strip() else None
    data: dict[str, Any] = document.data if document else {}
    try:
        return Recipe.model_validate(data)
    except ValidationError as error:
        first = complaints(error, Recipe)[0]
        line = document.line_of(first.path) if document else None
        raise SourceError(
            first.problem, file=str(path), line=line, field=first.field, expected=first.expected
        ) from None
