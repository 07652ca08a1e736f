"""Which task run a value came from: the arrows of the run graph.

Prefect finds a run's inputs by the `id()` of every part of its arguments. An empty tuple or the text "en" is one object
for the whole process, so that its arrows join shots that have nothing to do with each other. Here only a stage's whole
result counts, and an arrow is drawn from the latest work: what that rests on is seen through it.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any
from uuid import UUID

from prefect.client.schemas.objects import TaskRun

from reelwright.errors import ReelwrightError
from reelwright.finished import Finished
from reelwright.values import Value


@dataclass(frozen=True, slots=True)
class Origin:
    """A task run, and every run that it rests on."""

    run_id: UUID
    before: frozenset[UUID]


_origins: dict[int, tuple[weakref.ref[Any], Origin]] = {}


def begin(run: TaskRun, arguments: object) -> list[UUID]:
    """Return the runs that `run`, which works on `arguments`, follows: none that another of them follows already."""
    origins = {origin.run_id: origin for origin in _origins_in(arguments)}
    passed: frozenset[UUID] = frozenset().union(*(origin.before for origin in origins.values()))
    _note(run, Origin(run.id, passed.union(origins)))
    return [run_id for run_id in origins if run_id not in passed]


def end(run: TaskRun, result: object) -> None:
    """Note that `run` gave `result`, or raised it: what is tried after a failure follows it."""
    origin = _origin_of(run)
    if origin is None or not isinstance(result, (Value, ReelwrightError)):
        return
    _note(result, origin)
    if isinstance(result, Finished):
        for asset in result.assets():  # a changed copy of the result still has them
            _note(asset, origin)


def _note(thing: Any, origin: Origin) -> None:
    key = id(thing)
    _origins[key] = (weakref.ref(thing, lambda _: _origins.pop(key, None)), origin)


def _origin_of(thing: object) -> Origin | None:
    known = _origins.get(id(thing))
    return known[1] if known is not None and known[0]() is thing else None


def _origins_in(value: Any) -> Iterator[Origin]:
    match value:
        case Value() | ReelwrightError() if origin := _origin_of(value):
            yield origin
        case Value():
            for name in type(value).model_fields:
                yield from _origins_in(getattr(value, name))
        case list() | tuple():
            for item in value:
                yield from _origins_in(item)
        case _ if is_dataclass(value) and not isinstance(value, type):
            for field in fields(value):
                yield from _origins_in(getattr(value, field.name))
        case dict():
            for item in value.values():
                yield from _origins_in(item)
