"""Parse YAML and JSON so that every value still knows its line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from reelwright.errors import SourceError


@dataclass(frozen=True, slots=True)
class Document:
    """A mapping read from a file, and where its parts stand."""

    name: str
    data: dict[str, Any]
    marks: CommentedMap | None

    def line_of(self, path: tuple[str | int, ...]) -> int | None:
        """Return the line (from 1) of the value at `path`, or of the nearest part around it that is there."""
        node: Any = self.marks
        line: int | None = 1 if node is not None else None
        for part in path:
            if isinstance(node, CommentedMap) and part in node:
                line = node.lc.key(part)[0] + 1
            elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
                line = node.lc.item(part)[0] + 1
            else:
                break
            node = node[part]
        return line


def parse_document(text: str, *, name: str, is_json: bool = False) -> Document:
    """Parse YAML (or JSON) into plain values.

    Raises:
        SourceError: not well-formed, a key given twice, or not a mapping.
    """
    if is_json:
        _check_json(text, name)
    try:
        # JSON is read as YAML a second time, only to know the lines.
        marks = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problem = str(error.problem or "not well-formed").split("\n")[0]
        raise SourceError(problem, file=name, line=line, expected="well-formed YAML") from None
    except YAMLError as error:
        raise SourceError(str(error).split("\n", maxsplit=1)[0], file=name, expected="well-formed YAML") from None
    if not isinstance(marks, CommentedMap):
        raise SourceError(
            f"it holds {_kind(marks)}, not fields", file=name, line=1, expected="a mapping with 'title' and 'shots'"
        )
    return Document(name=name, data=_plain(marks), marks=marks)


def _check_json(text: str, name: str) -> None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceError(error.msg, file=name, line=error.lineno, expected="well-formed JSON") from None


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {str(name): _plain(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if isinstance(node, bool) or node is None:
        return node
    # ruamel keeps its own str, int and float types for round trips.
    return next((base(node) for base in (int, float, str) if isinstance(node, base)), str(node))


def _kind(value: Any) -> str:
    return {list: "a list", str: "text", int: "a number", float: "a number", type(None): "nothing"}.get(
        next((base for base in (list, str, int, float, type(None)) if isinstance(value, base)), object),
        "something else",
    )
