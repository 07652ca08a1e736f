"""Topics: what a series could tell, as briefs, from a list, a table, a feed or a folder of scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from reelwright.errors import SourceError
from reelwright.recipe import Recipe
from reelwright.script.files import open_file, read_text
from reelwright.script.prose import brief_from_prose
from reelwright.script.source import read_source
from reelwright.script.words import shortened
from reelwright.series.feeds import read_feed
from reelwright.series.files import SeriesFile
from reelwright.series.paths import from_folder
from reelwright.series.values import ListedTopic
from reelwright.storyboard import Brief
from reelwright.validation import complaints

_SUFFIXES = {".md", ".markdown", ".txt", ".yaml", ".yml", ".json"}
_COLUMNS = ("title", "topic", "script", "description", "hashtags", "language")


@dataclass(frozen=True, slots=True)
class Topic:
    """What an episode could tell, and where that stands."""

    brief: Brief
    """Paths of references start from the series file's folder."""
    source: str
    """For people: file and line, or an address."""


def read_topics(file: SeriesFile) -> tuple[Topic, ...]:
    """Return the topics of a series in the order they are told; a writer's ideas are not among them.

    Raises:
        SourceError: a file is not there, or not what it should be; a feed is none.
        ProviderError: a feed cannot be reached.
    """
    topics = file.series.topics
    if topics.list is not None:
        return tuple(_listed(file, topics.list))
    if topics.csv is not None:
        return tuple(_rows(file, file.folder / topics.csv))
    if topics.scripts is not None:
        return tuple(_scripts(file, file.folder / topics.scripts))
    if topics.feed is not None:
        return tuple(_entries(file, topics.feed))
    return ()


def has_writer(recipe: Recipe) -> bool:
    """Whether a recipe names a writer."""
    return recipe.writer != "none"


def _listed(file: SeriesFile, listed: tuple[ListedTopic, ...]) -> Iterator[Topic]:
    for index, one in enumerate(listed):
        at = ("topics", "list", index)
        where = f"{file.path}:{file.document.line_of(at) or 0}"
        yield Topic(_brief(one, file.series.language, where), where)


def _brief(one: ListedTopic, language: str, where: str) -> Brief:
    fields = {
        "title": one.title,
        "description": one.description,
        "hashtags": one.hashtags,
        "language": language,
    }
    if one.shots:
        return Brief(**fields, shots=one.shots)
    if one.script:
        return _spoken(one.script, where).model_copy(update=fields)
    return Brief(**fields, topic=one.topic or one.title)


def _spoken(text: str, where: str) -> Brief:
    return brief_from_prose(text, name=where, fallback_title="script")


def _rows(file: SeriesFile, path: Path) -> Iterator[Topic]:
    text = _read(path, file, "csv", "a table (.csv)")
    header, _, _ = text.partition("\n")
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if header.count(";") > header.count(",") else ",")
    names = [name.strip().lower() for name in rows.fieldnames or ()]
    unknown = [name for name in names if name not in _COLUMNS]
    if unknown or "title" not in names:
        problem = f"there is no column {unknown[0]!r} here" if unknown else "the column 'title' is missing"
        raise SourceError(problem, file=str(path), line=1, expected="columns among " + ", ".join(_COLUMNS))
    rows.fieldnames = names
    for row in rows:
        given = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
        if any(given.values()):
            yield Topic(_of_row(given, file, path, rows.line_num), f"{path}:{rows.line_num}")


def _of_row(row: dict[str, str], file: SeriesFile, path: Path, line: int) -> Brief:
    fields = {name: row.get(name, "") for name in ("title", "topic", "script", "description")}
    try:
        one = ListedTopic.model_validate({**fields, "hashtags": row.get("hashtags", "").replace(",", " ").split()})
        brief = _brief(one, file.series.language, f"{path}:{line}")
        language = row.get("language")
        return Brief.model_validate(brief.model_dump() | {"language": language}) if language else brief
    except ValidationError as error:
        first = complaints(error, ListedTopic)[0]
        raise SourceError(
            first.problem, file=str(path), line=line, field=first.field, expected=first.expected
        ) from None


def _scripts(file: SeriesFile, folder: Path) -> Iterator[Topic]:
    if not folder.is_dir():
        problem = f"there is no folder {str(folder)!r}"
        raise file.refusal(problem, at=("topics", "scripts"), expected="a folder of scripts (.md, .txt, .yaml)")
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in _SUFFIXES and path.is_file():
            source = read_source(str(path))
            # A script that does not say its language speaks the series'.
            spoken = {} if "language" in source.brief.model_fields_set else {"language": file.series.language}
            brief = from_folder(source.brief, file.folder)
            yield Topic(brief.model_copy(update=spoken), str(path))


def _entries(file: SeriesFile, feed: str) -> Iterator[Topic]:
    place = feed if "://" in feed else str(file.folder / feed)
    for entry in read_feed(place):
        fields = {"title": shortened(entry.title), "language": file.series.language, "description": entry.link}
        if has_writer(file.recipe) or not entry.text:
            notes = "\n\n".join(part for part in (entry.title, entry.text, entry.link) if part)
            yield Topic(Brief(**fields, topic=notes), entry.link or place)
        else:
            yield Topic(_spoken(entry.text, place).model_copy(update=fields), entry.link or place)


def _read(path: Path, file: SeriesFile, field: str, expected: str) -> str:
    stream = open_file(str(path), expected=expected)
    if stream is None:
        raise file.refusal(f"there is no file {str(path)!r}", at=("topics", field), expected=expected)
    with stream:
        return read_text(stream, name=str(path))
