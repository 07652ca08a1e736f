"""The public surface: every name is there, explained, annotated, and used by an author whose file is type-checked."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import re
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
from ruamel.yaml import YAML

import blocks
import reelwright
import tasks
from reelwright import testing
from reelwright.explained import explanations
from reelwright.recipe import Recipe
from reelwright.series.values import Series
from reelwright.storyboard import Brief
from reelwright.values import Value

PACKAGES: tuple[ModuleType, ...] = (reelwright, tasks, blocks, testing)
OURS = frozenset({"reelwright", "tasks", "blocks"})
NAMES = [(package, name) for package in PACKAGES for names in package.PLACES.values() for name in names]
ROOT = Path(__file__).parents[1]
AUTHOR, EXAMPLES = ROOT / "tests" / "author", ROOT / "examples"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@pytest.mark.parametrize(("package", "name"), NAMES, ids=lambda value: getattr(value, "__name__", value))
def test_each_name_is_there_and_explained(package: ModuleType, name: str) -> None:
    """It comes from its module, has a docstring of its own, and a function's parameters and result are annotated."""
    (place,) = [module for module, names in package.PLACES.items() if name in names]
    found, module = getattr(package, name), importlib.import_module(f"{package.__name__}.{place}")
    assert found is getattr(module, name)
    function = inspect.unwrap(getattr(found, "fn", found))
    if inspect.isfunction(function):
        told = typing.get_type_hints(function)
        assert set(told) == {*inspect.signature(function).parameters, "return"}
    if isinstance(found, type) or inspect.isfunction(function):
        assert (inspect.getdoc(function) or "").strip(), f"{name} has no docstring"
    else:
        assert name in told_below(ast.parse(inspect.getsource(module))), f"nothing is said below {name}"
    assert name in dir(package)


def told_below(node: ast.Module | ast.ClassDef) -> set[str]:
    """The names of a module or a class that something is said below of."""
    return {
        name
        for assigned, after in zip(node.body, node.body[1:], strict=False)
        for name in assigned_in(assigned)
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
    }


def assigned_in(node: ast.stmt) -> list[str]:
    """The names that a statement assigns to, without those that are private."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [name for name in map(ast.unparse, targets) if not name.startswith("_")]


def written(kind: type) -> ast.ClassDef:
    """A class as it stands in its file."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(node, ast.ClassDef)
    return node


def ours(kind: type) -> list[type]:
    """A class and its bases, as far as they are Reelwright's."""
    return [base for base in kind.__mro__ if base.__module__.split(".")[0] in OURS]


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
    waiting = [value for name in names for value in values_in(name)] + [Series]
    for name in names:
        function = inspect.unwrap(getattr(name, "fn", name))
        if inspect.isfunction(function):
            waiting += [value for told in typing.get_type_hints(function).values() for value in values_in(told)]
    while waiting:
        value = waiting.pop()
        if value in found or value.__module__.split(".")[0] not in OURS:
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
    node = written(value)
    fields = [name for field in node.body if isinstance(field, ast.AnnAssign) for name in assigned_in(field)]
    return [name for name in fields if name not in told_below(node)]


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


def classes() -> list[type]:
    """Every public class, and every value that a public name takes, gives or holds."""
    named = [kind for package, name in NAMES if isinstance(kind := getattr(package, name), type)]
    return sorted({*named, *public_values()}, key=lambda kind: f"{kind.__module__}.{kind.__name__}")


def lacks(member: Function) -> list[str]:
    """What is missing of a method or a property: its docstring, or the annotation of a parameter or the result."""
    told = member.args
    given = [*told.posonlyargs, *told.args, *told.kwonlyargs, *filter(None, (told.vararg, told.kwarg))]
    bare = [one.arg for one in given if one.annotation is None and one.arg not in {"self", "cls"}]
    # The docstring of its class says what a constructor takes, and the first overload speaks for all.
    is_told = (
        ast.get_docstring(member) or member.name == "__init__" or "overload" in map(ast.unparse, member.decorator_list)
    )
    missing = [] if is_told else ["docstring"]
    return missing + bare + (["result"] if member.returns is None else [])


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_each_method_is_explained_and_annotated(kind: type) -> None:
    """Those that it inherits from Reelwright's own classes too: parameters, result, and what it is for."""
    members = [member for base in ours(kind) for member in written(base).body if isinstance(member, Function)]
    public = [member for member in members if not member.name.startswith("_") or member.name == "__init__"]
    assert {member.name: missing for member in public if (missing := lacks(member))} == {}


@pytest.mark.parametrize("block", blocks.ALL, ids=lambda block: block.__name__)
def test_what_a_block_says_of_itself_is_annotated_and_explained(block: type) -> None:
    """Its name, its variables, its check: whoever makes another block reads what they are for."""
    nodes = [written(base) for base in ours(block)]
    told = set.union(*map(told_below, nodes)) | set(vars(block)["__pydantic_fields__"])
    said = [(name, statement) for node in nodes for statement in node.body for name in assigned_in(statement)]
    said = [(name, statement) for name, statement in said if name != "model_config"]
    assert {name for name, _ in said if name not in told} == set()
    assert {name for name, statement in said if not isinstance(statement, ast.AnnAssign)} == set()


def used_by_authors(package: ModuleType, *, wrongly: bool = False) -> set[str]:
    """The names of a package that authors import from it and use: as they should, or in the lines that are wrong."""
    used: set[str] = set()
    for path in AUTHOR.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        parts = [part for part in tree.body if (getattr(part, "name", "") == "wrong") == wrongly]
        named = {node.id for part in parts for node in ast.walk(part) if isinstance(node, ast.Name)}
        imports = [part for part in tree.body if isinstance(part, ast.ImportFrom) and part.module == package.__name__]
        used |= {alias.name for part in imports for alias in part.names if (alias.asname or alias.name) in named}
    return used


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_an_author_uses_each_name(package: ModuleType) -> None:
    """In a file that is type-checked: a new name needs one there, and none is used that is gone."""
    assert used_by_authors(package) == {name for names in package.PLACES.values() for name in names}


def test_an_author_is_told_of_a_slip_with_each_task() -> None:
    """Somebody gives it something else than it takes: where that is no mistake any more, its types were lost."""
    assert used_by_authors(tasks, wrongly=True) == {name for names in tasks.PLACES.values() for name in names}


def told_in_the_reference() -> set[tuple[str, str]]:
    """Modules and their names that a page of the reference tells."""
    text = "\n".join(page.read_text("utf-8") for page in sorted((ROOT / "docs/pages/reference").glob("*.md")))
    told: set[tuple[str, str]] = set()
    for place, below in re.findall(r"^::: ([\w.]+)\n((?:    .*\n)*)", text, re.MULTILINE):
        module, _, last = place.rpartition(".")
        options = (YAML(typ="safe").load(textwrap.dedent(below)) or {}).get("options", {})
        if last[0].isupper():
            told.add((module, last))
        else:
            there = vars(importlib.import_module(place)).items()
            own = [name for name, value in there if getattr(value, "__module__", place) == place]
            told |= {(place, name) for name in options.get("members") or own}
    return told


def test_what_an_author_imports_is_in_the_reference() -> None:
    """Not the public names alone: what tasks take and give, flows, contracts, strict servers."""
    imports = [
        (part.module or "", alias.name)
        for path in AUTHOR.glob("*.py")
        for part in ast.parse(path.read_text("utf-8")).body
        if isinstance(part, ast.ImportFrom) and (part.module or "").split(".")[0] in {*OURS, "flows"}
        for alias in part.names
    ]
    public = {package.__name__ for package in PACKAGES}
    assert {one for one in imports if one[0] not in public} - told_in_the_reference() == set()


@pytest.mark.parametrize("path", sorted(AUTHOR.glob("[!_]*.py")), ids=lambda path: path.stem)
def test_an_author_s_file_can_be_imported(path: Path) -> None:
    """What the type checker sees is there when it runs."""
    importlib.import_module(f"author.{path.stem}")


@pytest.mark.slow
def test_authors_files_and_examples_type_check() -> None:
    """Written as an author would: the types help, and do not stand in the way."""
    files = sorted(map(str, [*AUTHOR.glob("*.py"), *EXAMPLES.glob("*.py")]))
    command = [sys.executable, "-m", "mypy", "--strict", *files]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.startswith(f"Success: no issues found in {len(files)} source files")
