"""Read SOURCE, whatever it is, into a brief; every complaint names the file, the line and the field."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reelwright.errors import SourceError
from reelwright.recipe import Recipe
from reelwright.script.documents import Document, parse_document
from reelwright.script.prose import brief_from_prose
from reelwright.storyboard import Brief
from reelwright.validation import complaints
from reelwright.values import Value

_LARGEST_BYTES = 1 << 20
_MANIFEST_SCHEMA = "reelwright.manifest"
_PATH_LIKE = re.compile(r"[/\\]|\.(md|markdown|txt|ya?ml|json)$", re.IGNORECASE)


class Source(Value):
    """A source that was read: its name for messages, the brief, and the recipe if it carries one (a manifest does)."""

    name: str
    brief: Brief
    recipe: Recipe | None = None
    folder: str = ""
    """The folder that relative paths of the brief start from; empty for text that came without a file."""


def read_source(source: str, *, stdin: Callable[[], str] | None = None) -> Source:
    """Read SOURCE: a path, `-` for what `stdin` returns, or a bare topic in words.

    Raises:
        SourceError: it is not there, not text, too large, or not a script, brief or manifest.
    """
    if source == "-":
        if stdin is None:
            raise SourceError("there is no standard input to read", file="-", expected="a path")
        return parse_source(stdin(), name="standard input")
    path = Path(source)
    if path.is_file():
        return parse_source(_text_of(path), name=source, suffix=path.suffix.lower(), folder=str(path.parent))
    if path.is_dir():
        raise SourceError(
            "this is a folder", file=source, expected="a script (.md, .txt), a brief (.yaml, .json), or -"
        )
    if _PATH_LIKE.search(source) or " " not in source.strip():
        raise SourceError("there is no such file", file=source, expected="a path that exists, - or a topic in words")
    return Source(name="the command line", brief=Brief(title=source.strip()[:100], topic=source.strip()))


def parse_source(text: str, *, name: str, suffix: str = "", folder: str = "") -> Source:
    """Read a source's text; `suffix` (such as `.yaml`) says what it is, else its first character does.

    Raises:
        SourceError: as `read_source`.
    """
    if not text.strip():
        raise SourceError(
            "there is nothing in it", file=name, expected="a script: a heading and a paragraph for each shot"
        )
    if suffix in {".yaml", ".yml", ".json"} or (not suffix and text.lstrip().startswith("{")):
        document = parse_document(text, name=name, is_json=suffix == ".json" or text.lstrip().startswith("{"))
        return _from_document(document, folder)
    stem = Path(name).stem if suffix else ""
    return Source(name=name, brief=brief_from_prose(text, name=name, fallback_title=stem), folder=folder)


def _from_document(document: Document, folder: str) -> Source:
    data, recipe = document.data, None
    prefix: tuple[str, ...] = ()
    if str(data.get("schema", "")).startswith(_MANIFEST_SCHEMA):
        if not isinstance(data.get("storyboard"), dict):
            raise SourceError(
                "this manifest has no storyboard",
                file=document.name,
                field="storyboard",
                expected="a manifest.json that make wrote",
            )
        recipe = Recipe.model_validate(data["recipe"]) if isinstance(data.get("recipe"), dict) else None
        data, prefix = data["storyboard"], ("storyboard",)
    return Source(name=document.name, brief=_brief(data, document, prefix), recipe=recipe, folder=folder)


def _brief(data: dict[str, Any], document: Document, prefix: tuple[str, ...]) -> Brief:
    # A storyboard (in a manifest, or printed by `plan --json`) is a brief with two fields more.
    wanted = {name: value for name, value in data.items() if name not in {"schema_version", "writer"}}
    try:
        return Brief.model_validate(wanted)
    except ValidationError as error:
        first, *others = complaints(error, Brief)
        more = f" (and {len(others)} more: {'; '.join(other.field for other in others[:5])})" if others else ""
        raise SourceError(
            first.problem + more,
            file=document.name,
            line=document.line_of((*prefix, *first.path)),
            field=first.field,
            expected=first.expected,
        ) from None


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"it cannot be read: {error.strerror}", file=str(path), expected="a readable file") from error
    if len(raw) > _LARGEST_BYTES:
        raise SourceError(
            f"it has {len(raw):,} bytes", file=str(path), expected=f"a script of at most {_LARGEST_BYTES:,} bytes"
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SourceError(
            f"byte {raw[error.start]:#04x} is not UTF-8", file=str(path), line=line, expected="text in UTF-8"
        ) from error
