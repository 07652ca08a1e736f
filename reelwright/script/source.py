"""Read SOURCE, whatever it is, into a brief; every complaint names the file, the line and the field."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, BinaryIO

from reelwright.errors import SourceError
from reelwright.recipe import Recipe
from reelwright.references import is_kept, with_files
from reelwright.script.documents import Document, parse_document
from reelwright.script.files import open_file, read_text, with_plain_lines
from reelwright.script.prose import brief_from_prose
from reelwright.script.words import shortened
from reelwright.storyboard import Brief
from reelwright.validation import Place, short
from reelwright.values import Value

_MANIFEST = "reelwright.manifest"
MANIFEST_VERSIONS = (f"{_MANIFEST}/1",)
"""What `schema` says in a manifest that this version reads."""
_BRIEF_VERSIONS = (1,)

_FILES = "a script (.md, .txt), a brief (.yaml, .json), or -"
_PATH_LIKE = re.compile(r"^(~|\.{0,2})[/\\]|^[a-z]:[/\\]|\.(md|markdown|txt|ya?ml|json)$", re.IGNORECASE)
_BRIEF_LIKE = re.compile(r"(?:---[ \t]*\n)?title[ \t]*:")
# With one of these at the start of a line it was meant as a brief, well-formed or not.
_BRIEF_FIELD = re.compile(r"^(?:shots|topic)[ \t]*:", re.MULTILINE)


class Source(Value):
    """A source that was read: its name for messages, the brief, and the recipe if it carries one (a manifest does)."""

    name: str
    """What it is called in messages: a path, or `-`."""
    brief: Brief
    """What it asks for."""
    recipe: Recipe | None = None
    """The recipe that came with it, as a manifest has one; `None`: none did."""
    folder: str = ""
    """The folder that relative paths of the brief start from; empty for text that came without a file."""


def read_source(source: str, *, stdin: BinaryIO | None = None) -> Source:
    """Read SOURCE: a path (of a named pipe too), `-` for what `stdin` holds, or a bare topic in words.

    Raises:
        SourceError: it is not there, not text, too large, or not a script, brief or manifest.
    """
    _check_name(source)
    if source == "-":
        if stdin is None:
            raise SourceError("there is no standard input to read", file="-", expected="a path")
        return parse_source(read_text(stdin, name="standard input"), name="standard input")
    stream = open_file(source, expected=_FILES)
    if stream is None:
        return _topic(source)
    with stream:
        text = read_text(stream, name=source)
    path = Path(source)
    folder = str(path.parent) if path.is_file() else ""
    return parse_source(text, name=source, suffix=path.suffix.lower(), folder=folder)


def parse_source(text: str, *, name: str, suffix: str = "", folder: str = "") -> Source:
    """Read a source's text; `suffix` (such as `.yaml`) says what it is, else how it begins does.

    Raises:
        SourceError: as `read_source`.
    """
    text = with_plain_lines(text)
    if not text.strip():
        raise SourceError(
            "there is nothing in it", file=name, expected="a script: a heading and a paragraph for each shot"
        )
    if document := _document(text, name, suffix):
        return _from_document(document, folder)
    stem = Path(name).stem if suffix else ""
    brief = brief_from_prose(text, name=name, fallback_title=stem, plain=suffix in {".txt", ".text"})
    return Source(name=name, brief=brief, folder=folder)


def _check_name(source: str) -> None:
    if not source.strip():
        raise SourceError(
            "there is no source", file="SOURCE", expected="a path, - for standard input, or a topic in words"
        )
    try:
        source.encode()
    except UnicodeEncodeError:  # bytes of another encoding that Python handed through
        readable = os.fsencode(source).decode("utf-8", "replace")
        raise SourceError("this is not UTF-8", file=readable, expected="a path or a topic in UTF-8") from None


def _topic(words: str) -> Source:
    if len(words.split()) == 1 or _PATH_LIKE.search(words) or _is_in_a_folder(words):
        raise SourceError("there is no such file", file=words, expected="a path that exists, - or a topic in words")
    topic = words.strip()
    return Source(name="the command line", brief=Brief(title=shortened(" ".join(topic.split())), topic=topic))


def _is_in_a_folder(words: str) -> bool:
    """Tell a path from `either/or`: its folder is there."""
    try:
        return "/" in words and Path(words).parent.is_dir()
    except (OSError, ValueError):  # too long or not possible as a path
        return False


def _document(text: str, name: str, suffix: str) -> Document | None:
    """Return the mapping that a text holds, or None for prose."""
    if suffix in {".yaml", ".yml", ".json"}:
        return parse_document(text, name=name, is_json=suffix == ".json")
    if suffix:
        return None
    if text.lstrip().startswith("{"):
        return parse_document(text, name=name, is_json=True)
    if not _BRIEF_LIKE.match(text):
        return None
    try:
        return parse_document(text, name=name)
    except SourceError:
        # A script may begin with these letters too, or have front matter.
        if _BRIEF_FIELD.search(text) and not text.startswith("---"):
            raise
        return None


def _from_document(document: Document, folder: str) -> Source:
    schema = document.data.get("schema")
    if not (isinstance(schema, str) and schema.startswith(_MANIFEST)):
        return Source(name=document.name, brief=_brief(document, document.data, folder, ()), folder=folder)
    if schema not in MANIFEST_VERSIONS:
        problem = f"this version of Reelwright cannot read {short(schema)}"
        raise document.refusal(problem, at=("schema",), expected=" or ".join(MANIFEST_VERSIONS))
    storyboard, recipe = document.data.get("storyboard"), document.data.get("recipe")
    if not isinstance(storyboard, dict):
        raise document.refusal(
            "this manifest has no storyboard", at=("storyboard",), expected="a manifest.json that make wrote"
        )
    return Source(
        name=document.name,
        brief=_brief(document, storyboard, folder, ("storyboard",)),
        recipe=None if recipe is None else document.value(Recipe, recipe, at=("recipe",)),
        folder=folder,
    )


def _brief(document: Document, data: dict[str, Any], folder: str, at: tuple[str, ...]) -> Brief:
    # A storyboard (in a manifest, or printed by `plan --json`) is a brief with two fields more.
    version = data.get("schema_version", _BRIEF_VERSIONS[0])
    if version not in _BRIEF_VERSIONS or isinstance(version, bool):
        problem = f"this version of Reelwright cannot read version {short(version)}"
        raise document.refusal(
            problem, at=(*at, "schema_version"), expected=" or ".join(f"version {known}" for known in _BRIEF_VERSIONS)
        )
    wanted = {name: value for name, value in data.items() if name not in {"schema_version", "writer"}}
    return _with_files(document, document.value(Brief, wanted, at=at), folder, at)


def _with_files(document: Document, brief: Brief, folder: str, at: tuple[str, ...]) -> Brief:
    """Return the brief with files that can be found from any folder; `folder` is where its paths start."""

    def found(name: str, place: Place) -> str:
        if is_kept(name):
            return name
        path = (Path(folder) / Path(name).expanduser()).resolve()
        if not (path.is_file() or ("effects" in place and path.is_dir())):
            expected = f"a file in {Path(folder).resolve()}, or a path that starts there"
            raise document.refusal(f"there is no file {short(name)}", at=(*at, *place), expected=expected)
        return str(path)

    return with_files(brief, found)
