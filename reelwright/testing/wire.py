"""What went to a vendor, read from its strict server's calls: as text, or field by field to tell two wishes apart."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote

from reelwright.testing.servers.strict import Call

Fields = Mapping[tuple[str, ...], object]
"""What went out, by its place: the number of the call, then the names that lead to a value."""


def text_of(calls: Sequence[Call]) -> str:
    """Return all that went out as text, in its order: paths, names and values; escapes of JSON and forms are read."""
    return "\n".join(f"{' '.join(place)}\n{_text(value)}" for call in calls for place, value in _values(call))


def fields_of(calls: Sequence[Call]) -> Fields:
    """Return what went out, by its place; reads (`GET`) do not count where anything else was called.

    How often a job is asked for is chance. Headers do not count either, nor what parts a multipart body.
    """
    chosen = [call for call in calls if call.method != "GET"] or calls
    return {(str(number), *place): value for number, call in enumerate(chosen) for place, value in _values(call)}


def differing(one: Fields, other: Fields) -> frozenset[tuple[str, ...]]:
    """Return the places at which two wishes differ: of the same wish twice, that is chance (an id, a time)."""
    return frozenset(place for place in {*one, *other} if one.get(place) != other.get(place))


def _values(call: Call) -> Iterator[tuple[tuple[str, ...], object]]:
    yield ("path",), unquote(call.path)
    for name, asked in call.query.items():
        yield ("query", name), asked
    kind = call.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        for number, part in enumerate(call.parts):
            yield (str(number), part.name, "file name"), part.filename
            for place, value in _read(part.data):
                yield (str(number), part.name, *place), value
    elif kind.startswith("application/x-www-form-urlencoded"):
        for number, (name, text) in enumerate(parse_qsl(call.body.decode("utf-8", "replace"))):
            yield (str(number), name), text
    else:
        yield from _read(call.body)


def _read(data: bytes) -> Iterator[tuple[tuple[str, ...], object]]:
    """The values in JSON, each with the names that lead to it; other data as they are."""
    try:
        yield from _leaves(json.loads(data), ())
    except ValueError:
        yield (), data


def _leaves(value: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    match value:
        case dict():
            for name, inner in value.items():
                yield from _leaves(inner, (*place, name))
        case list():
            for number, inner in enumerate(value):
                yield from _leaves(inner, (*place, str(number)))
        case _:
            yield place, value


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
