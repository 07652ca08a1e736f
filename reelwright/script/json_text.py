"""JSON whose values still know their line: the standard parser reads it, and only a complaint looks for lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from reelwright.errors import SourceError
from reelwright.script.lines import DEEPEST, LineOf, line_at
from reelwright.validation import Place

# A string that has no end takes the rest, so that the search stays one pass.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_SPACE = re.compile(r"[ \t\n\r]*")
_PARSER = json.JSONDecoder()
# Python refuses to read a longer number (its guard against attacks); as a float it is infinite and fits nowhere.
_MOST_DIGITS = 4000


def load_json(text: str, name: str) -> tuple[Any, LineOf]:
    """Return the value of a JSON text, and how to find the lines of its parts.

    Raises:
        SourceError: not JSON, a field given twice, or nested too deeply.
    """
    _check_depth(text, name)
    try:
        data = json.loads(text, object_pairs_hook=_fields, parse_int=_whole_number)
    except json.JSONDecodeError as error:
        raise SourceError(error.msg, file=name, line=error.lineno, expected="well-formed JSON") from None
    except _TwiceError as error:
        raise SourceError(
            f'found duplicate key "{error}"',
            file=name,
            line=line_at(text, _find_twice(text, _skip(text, 0))),
            expected="well-formed JSON with each field once",
        ) from None
    return data, partial(_line_of, text)


class _TwiceError(Exception):
    """An object has the same key twice."""


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, value in pairs:
        if key in fields:
            raise _TwiceError(key)
        fields[key] = value
    return fields


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def _check_depth(text: str, name: str) -> None:
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > DEEPEST:
            raise SourceError(
                f"it is nested more than {DEEPEST} levels deep",
                file=name,
                line=line_at(text, token.start()),
                expected=f"at most {DEEPEST} levels",
            )


def _line_of(text: str, path: Place) -> int:
    found = value = _skip(text, 0)
    for part in path:
        member = next((member for member in _members(text, value) if member[0] == part), None)
        if member is None:
            break
        _, found, value = member
    return line_at(text, found)


def _members(text: str, at: int) -> Iterator[tuple[str | int, int, int]]:
    """Yield the members of the object or list at `at`: the name or index, where the member begins, where its value."""
    closing = {"{": "}", "[": "]"}.get(text[at])
    if closing is None:
        return
    at, index = _skip(text, at + 1), 0
    while text[at] != closing:
        name: str | int = index
        start = value = at
        if closing == "}":
            name, after = _PARSER.raw_decode(text, at)
            value = _skip(text, _skip(text, after) + 1)
        yield name, start, value
        at = _skip(text, _PARSER.raw_decode(text, value)[1])
        if text[at] == ",":
            at = _skip(text, at + 1)
        index += 1


def _find_twice(text: str, at: int) -> int:
    """Return where, in the value at `at`, a key stands that its object has already; -1 if nowhere."""
    seen: set[str | int] = set()
    for name, start, value in _members(text, at):
        if name in seen:
            return start
        seen.add(name)
        if (inside := _find_twice(text, value)) >= 0:
            return inside
    return -1


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at
