"""What the fields of a model are for: the text below each, read from the source when a schema is asked for.

Pydantic can do so itself when a class is made (`use_attribute_docstrings`), but reads the source of every class then:
a fifth of a command's start, for texts that only forms and editors show.
"""

from __future__ import annotations

import ast
import functools
import inspect
import sys
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from reelwright.choices import with_old_names


def described(schema: dict[str, Any], model: type[Any]) -> None:
    """Give a model's JSON schema the texts of its fields, and the names that they once had."""
    told = explanations(model)
    for name, part in schema.get("properties", {}).items():
        if name in told:
            part.setdefault("description", told[name])
    with_old_names(schema, model)


def explanations(model: type[BaseModel]) -> dict[str, str]:
    """Return the text of each field that has one: its own `description`, else what is written below it."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if kind is not BaseModel and issubclass(kind, BaseModel):
            found.update(_below_fields(kind.__module__).get(kind.__qualname__, {}))
    said = {name: field.description for name, field in model.model_fields.items() if field.description}
    return {name: text for name, text in {**found, **said}.items() if name in model.model_fields}


@functools.cache
def _below_fields(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return the texts below the fields of every class of a module; none where it has no source."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (KeyError, OSError, TypeError, SyntaxError):
        return {}
    return dict(_classes(tree, ""))


def _classes(node: ast.AST, prefix: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            found += [(prefix + child.name, _texts(child)), *_classes(child, f"{prefix}{child.name}.")]
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            found += _classes(child, f"{prefix}{child.name}.<locals>.")
        elif not isinstance(child, ast.expr):
            found += _classes(child, prefix)
    return found


def _texts(node: ast.ClassDef) -> dict[str, str]:
    texts = {}
    for field, after in zip(node.body, node.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(after, ast.Expr):
            told = after.value
            if isinstance(told, ast.Constant) and isinstance(told.value, str):
                texts[field.target.id] = inspect.cleandoc(told.value)
    return texts
