"""Each public task is a skin over one function of the core, which the documentation names and which takes the same."""

from __future__ import annotations

import inspect

import pytest
from support.each_task import CASES, CORES, NAMES, ROWS, core_of

import tasks

OF_THE_RUN = frozenset({"number", "place", "episode"})
"""Where the run stands, and whose money it is: parameters of a task that say nothing of the work."""


def test_the_documentation_names_the_core_of_every_task() -> None:
    """Once each, and of no other."""
    assert sorted(name for name, _ in ROWS) == NAMES


def test_every_public_task_is_tried() -> None:
    """A new one without a case fails here, and is then called in every way by `test_each_task`."""
    assert sorted(CASES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_its_core_takes_the_same(name: str) -> None:
    """Beside where to work: the same names, types and order, and nothing else that must be said."""
    task, core = inspect.unwrap(getattr(tasks, name).fn), core_of(CORES[name])
    told, asked = inspect.signature(task), inspect.signature(core)
    given, wanted = told.parameters, asked.parameters
    where, *others = wanted
    assert where in {"studio", "desk"}
    shared = [one for one in given if one in others]
    assert set(given) - set(shared) <= OF_THE_RUN | ({"shots"} if name == "await_take" else set())
    assert shared == [one for one in others if one in given]
    assert told.return_annotation == asked.return_annotation
    for one in shared:
        assert wanted[one].annotation in {given[one].annotation, f"{given[one].annotation} | None"}
    must = {one for one in others if wanted[one].default is inspect.Parameter.empty} - set(shared)
    assert must <= {"upto"}
