"""The public surface: every name is there, explained and annotated, and importing it does nothing else."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import subprocess
import sys
import textwrap
import typing
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel

import blocks
import reelwright
import tasks
from reelwright import testing
from reelwright.explained import explanations
from reelwright.recipe import Recipe
from reelwright.series.values import Series
from reelwright.storyboard import Brief
from reelwright.values import Value

PACKAGES: tuple[ModuleType, ...] = (reelwright, tasks, testing)
NAMES = [(package, name) for package in PACKAGES for names in package.PLACES.values() for name in names]
AUTHOR = Path(__file__).parent / "author.py"


@pytest.mark.parametrize(("package", "name"), NAMES, ids=lambda value: getattr(value, "__name__", value))
def test_each_name_is_there_and_explained(package: ModuleType, name: str) -> None:
    """It comes from its module, has a docstring of its own, and a function's parameters and result are annotated."""
    (module,) = [module for module, names in package.PLACES.items() if name in names]
    found = getattr(package, name)
    assert found is getattr(importlib.import_module(f"{package.__name__}.{module}"), name)
    assert (inspect.getdoc(found) or "").strip(), f"{name} has no docstring"
    function = getattr(found, "fn", found)
    if inspect.isfunction(function):
        told = typing.get_type_hints(inspect.unwrap(function))
        assert set(told) == {*inspect.signature(function).parameters, "return"}
    assert name in dir(package)


def values_in(told: Any) -> Iterator[type]:
    """The models and dataclasses that a type is made of."""
    if isinstance(told, type) and (issubclass(told, BaseModel) or dataclasses.is_dataclass(told)):
        yield told
    for part in typing.get_args(told):
        yield from values_in(part)


def public_values() -> list[type]:
    """Every value that a public name is, takes, gives or holds, however deep."""
    found: dict[type, None] = {}
    names = [getattr(package, name) for package, name in NAMES]
    waiting = [value for name in names for value in values_in(name)] + [*blocks.ALL, Series]
    for name in names:
        function = inspect.unwrap(getattr(name, "fn", name))
        if inspect.isfunction(function):
            waiting += [value for told in typing.get_type_hints(function).values() for value in values_in(told)]
    while waiting:
        value = waiting.pop()
        if value in found or value.__module__.split(".")[0] not in {"reelwright", "tasks", "blocks"}:
            continue
        found[value] = None
        if issubclass(value, BaseModel):
            waiting += [part for field in value.model_fields.values() for part in values_in(field.annotation)]
    return sorted(found, key=lambda value: f"{value.__module__}.{value.__name__}")


def unexplained(value: type) -> list[str]:
    """The fields of a value that nothing is said of."""
    if issubclass(value, Value):
        return [name for name in value.model_fields if name not in explanations(value)]
    if issubclass(value, BaseModel):
        return [name for name, field in value.model_fields.items() if not field.description]
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(value))).body
    assert isinstance(node, ast.ClassDef)
    told = {
        id(field)
        for field, after in zip(node.body, node.body[1:], strict=False)
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
    }
    fields = [field for field in node.body if isinstance(field, ast.AnnAssign) and id(field) not in told]
    return [ast.unparse(field.target) for field in fields if not ast.unparse(field.target).startswith("_")]


@pytest.mark.parametrize("value", public_values(), ids=lambda value: f"{value.__module__}.{value.__name__}")
def test_each_field_is_explained(value: type) -> None:
    """Where it is declared: forms, editors and the reference show that text."""
    assert (inspect.getdoc(value) or "").strip()
    assert unexplained(value) == []


@pytest.mark.parametrize("form", [Brief, Recipe, Series], ids=lambda form: form.__name__)
def test_an_editor_explains_every_field(form: type[BaseModel]) -> None:
    """The JSON schema has a description of each field, or of the part that it leads to, and of every part itself."""
    schema = form.model_json_schema()
    parts = {form.__name__: schema, **schema["$defs"]}
    fields = [(part, name, field) for part, told in parts.items() for name, field in told.get("properties", {}).items()]
    assert len(fields) > 50
    assert [f"{part}.{name}" for part, name, field in fields if not {"description", "$ref"} & set(field)] == []
    assert [name for name, part in parts.items() if "properties" in part and not part.get("description")] == []


def test_a_name_that_is_not_public_is_none() -> None:
    """Like in any other module."""
    with pytest.raises(AttributeError, match="module 'tasks' has no attribute 'publsh'"):
        tasks.publsh  # noqa: B018 - looked up for its error


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_importing_does_nothing_else(package: ModuleType, tmp_path: Path) -> None:
    """No file, no network, no logging set up, nothing heavy."""
    asked = (
        "import sys, logging, socket\n"
        "def refuse(*_): raise AssertionError('network')\n"
        "socket.socket.connect = refuse\n"
        f"import {package.__name__}\n"
        "print([name for name in ('prefect', 'numpy', 'PIL', 'av', 'moviepy', 'pydantic') if name in sys.modules],"
        " logging.root.handlers)"
    )
    environment = {"HOME": str(tmp_path), "PATH": "", "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", asked]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=tmp_path)
    assert ran.stdout.strip() == "[] []"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_an_author_s_file_type_checks() -> None:
    """Written as an author would: the types help, and do not stand in the way."""
    command = [sys.executable, "-m", "mypy", "--strict", str(AUTHOR)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=AUTHOR.parents[1])
    assert ran.returncode == 0, ran.stdout
