"""Series files: read with complaints that name file, line and field; their schema for editors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwright.errors import SourceError
from reelwright.recipe import Recipe
from reelwright.script.documents import Document, parse_document
from reelwright.script.files import open_file, read_text
from reelwright.series.values import Series

FOLDER = Path("deployments/series")
"""Where series files lie, from the root of the clone."""

HINT = "# yaml-language-server: $schema=schema.json"
"""The first line of a series file: with it, editors know the fields."""

_SERIES = "a series (.yaml): deployments/series/schema.json lists its fields"


@dataclass(frozen=True, slots=True)
class SeriesFile:
    """A series that was read, and where from."""

    path: Path
    series: Series
    document: Document

    @property
    def name(self) -> str:
        """The series' name: its file's, without the suffix."""
        return self.path.stem

    @property
    def folder(self) -> Path:
        """Where its paths start from."""
        return self.path.parent

    @property
    def recipe(self) -> Recipe:
        """How its episodes are made: the recipe in it."""
        return self.series.recipe

    def refusal(self, problem: str, *, at: tuple[str | int, ...], expected: str) -> SourceError:
        """Return the error for one of its fields."""
        return self.document.refusal(problem, at=at, expected=expected)


def read_series(path: Path | str) -> SeriesFile:
    """Read a series file, and the recipe file that it names.

    Raises:
        SourceError: it is not there, or not a series.
    """
    path = Path(path)
    document = _document(path, _SERIES)
    if not _is_name(path.stem):
        expected = "a name of small letters, digits and hyphens, such as kitchen-science.yaml"
        raise SourceError("a series is called as its file", file=str(path), expected=expected)
    series = document.value(Series, document.data)
    if series.recipe_file:
        named = path.parent / series.recipe_file
        if not named.is_file():
            raise document.refusal(f"there is no file {str(named)!r}", at=("recipe_file",), expected="a recipe (.yaml)")
        recipe = _document(named, "a recipe (.yaml)")
        series = series.model_copy(update={"recipe": recipe.value(Recipe, recipe.data)})
    return SeriesFile(path, series, document)


def series_files(folder: Path = FOLDER) -> tuple[Path, ...]:
    """Return the series files of a folder, by name."""
    return tuple(sorted(path for path in folder.glob("*.yaml") if _is_name(path.stem)))


def schema() -> str:
    """Return the JSON schema of a series file, as it is published for editors."""
    made: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Series.model_json_schema(),
        "title": "A series of Reelwright",
    }
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def _document(path: Path, expected: str) -> Document:
    stream = open_file(str(path), expected=expected)
    if stream is None:
        raise SourceError("there is no such file", file=str(path), expected=expected)
    with stream:
        text = read_text(stream, name=str(path))
    return parse_document(text, name=str(path), expected="fields such as 'title', 'topics' and 'slots'")


def _is_name(stem: str) -> bool:
    return bool(stem) and all(part.isalnum() and part.isascii() and part == part.lower() for part in stem.split("-"))
