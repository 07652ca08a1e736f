"""Turn pydantic's findings into sentences for people: the field as they wrote it, what is wrong, what was expected."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

_EXPECTED = {
    "missing": "this field to be given",
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "fields with values",
    "model_type": "fields with values",
    "model_attributes_type": "fields with values",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """One finding: where it is, what is wrong there, what was expected."""

    path: tuple[str | int, ...]
    problem: str
    expected: str

    @property
    def field(self) -> str:
        """The path as people write it: `shots[2].seconds`, counted from 1."""
        text = ""
        for part in self.path:
            text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
        return text


def complaints(error: ValidationError, model: type[BaseModel]) -> tuple[Complaint, ...]:
    """Return the findings of `error`, unknown fields with the name that was probably meant."""
    return tuple(_complaint(details, model) for details in error.errors(include_url=False))


def _complaint(details: ErrorDetails, model: type[BaseModel]) -> Complaint:
    path = tuple(
        part for part in details["loc"] if not (isinstance(part, str) and part.startswith(("function-", "is-instance")))
    )
    kind, value = details["type"], details["input"]
    if kind == "extra_forbidden":
        known = _fields_at(model, path[:-1])
        near = difflib.get_close_matches(str(path[-1]), known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return Complaint(path, f"there is no such field{hint}", "one of " + ", ".join(known))
    if kind == "missing":
        return Complaint(path, "it is missing", _EXPECTED[kind])
    message = details["msg"].removeprefix("Value error, ")
    if kind == "value_error":
        return Complaint(path, message, "")
    if kind == "literal_error":
        return Complaint(path, f"{value!r} is not a choice here", str(details["ctx"]["expected"]).replace("'", ""))
    expected = _EXPECTED.get(kind) or message.removeprefix("Input should be ").removeprefix("String should ")
    return Complaint(path, f"{_short(value)} will not do", expected)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - one terminal line


def _fields_at(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            inner = _model_in(model.model_fields[part].annotation)
            if inner is None:
                return []
            model = inner
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for argument in get_args(annotation) if (found := _model_in(argument))), None)
