"""Turn pydantic's findings into sentences for people: the field as they wrote it, what is wrong, what was expected."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

Place = tuple[str | int, ...]
"""The way from the whole to one of its parts, such as `("shots", 1, "seconds")`."""

_EXPECTED = {
    "missing": "this field to be given",
    "string_type": "text",
    "string_unicode": "text without half of an escaped character",
    "string_too_long": "text of at most {max_length} characters",
    "string_too_short": "text of at least {min_length} character{s}",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number of a reasonable size",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "decimal_type": "an amount such as 4.50",
    "decimal_parsing": "an amount such as 4.50",
    "decimal_max_places": "an amount with at most {decimal_places} decimal places",
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "too_short": "a list with at least {min_length} item{s}",
    "too_long": "a list with at most {max_length} items",
    "dict_type": "fields with values",
    "model_type": "fields with values",
    "model_attributes_type": "fields with values",
    "date_parsing": "a date such as 2026-11-30",
    "date_from_datetime_parsing": "a date such as 2026-11-30",
}
_PATTERNS = {
    r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$": "a language tag such as en, de or pt-BR",
    r"^#[0-9a-fA-F]{6}$": "a colour such as #ffd23f",
    r"^([01]\d|2[0-3]):[0-5]\d$": "a time such as 07:30",
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "a name of small letters, digits and hyphens",
    r"^[a-z0-9][a-z0-9-]*$|^$": "small letters, digits and hyphens",
    r"^[0-9a-f]{64}$": "the 64 hexadecimal digits of a SHA-256",
}
# How a validator of a single value words its ValueError.
_EXPECTED_NOT = re.compile(r"expected (.*), not .*", re.DOTALL)
# What pydantic adds to a place for its own bookkeeping: validators, and the members of a union.
_NOT_A_FIELD = re.compile(r"(function-|is-instance|lax-or-strict|nullable|dict\[|list\[|tuple\[).*|str|int|float|bool")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One finding: where it is, what is wrong there, what was expected."""

    path: Place
    problem: str
    expected: str

    @property
    def field(self) -> str:
        """The path as people write it: `shots[2].seconds`, counted from 1."""
        return field_name(self.path)


def refused(problem: str, *, expected: str, at: Place = ()) -> PydanticCustomError:
    """Return the error for a validator to raise; `at` leads from the validated value to the part that is wrong."""
    return PydanticCustomError(
        "reelwright_refused", "{problem}; expected {expected}", {"problem": problem, "expected": expected, "at": at}
    )


def field_name(path: Place) -> str:
    """Return a place as people write it: `shots[2].seconds`, counted from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def complaints(error: ValidationError, model: type[BaseModel]) -> tuple[Complaint, ...]:
    """Return the findings of `error`, one a field; unknown fields with the name that was probably meant."""
    found: dict[Place, Complaint] = {}
    for details in error.errors(include_url=False):
        new = _complaint(details, model)
        old = found.setdefault(new.path, new)
        if old is not new:  # one value, refused as each member of a union
            found[new.path] = Complaint(new.path, old.problem, f"{old.expected} or {new.expected}")
    return tuple(found.values())


def _complaint(details: ErrorDetails, model: type[BaseModel]) -> Complaint:
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    path = _path(details["loc"], named=kind in {"extra_forbidden", "missing"})
    message = details["msg"].removeprefix("Value error, ")
    match kind:
        case "extra_forbidden":
            return _unknown_field(path, model)
        case "missing":
            return Complaint(path, "it is missing", _EXPECTED[kind])
        case "reelwright_refused":
            return Complaint((*path, *context["at"]), context["problem"], context["expected"])
        case "value_error":
            told = _EXPECTED_NOT.fullmatch(message)
            return Complaint(path, f"{short(value)} will not do" if told else message, told[1] if told else "")
        case "literal_error" if path[-1:] == ("schema_version",):
            expected = f"version {str(context['expected']).replace(chr(39), '')}; a newer one needs a newer Reelwright"
            return Complaint(path, f"this version of Reelwright cannot read version {short(value)}", expected)
        case "literal_error":
            return Complaint(path, f"{short(value)} is not a choice here", str(context["expected"]).replace("'", ""))
        case "string_too_long":
            problem = f"it has {len(value)} characters"
        case _:
            problem = f"{short(value)} will not do"
    return Complaint(path, problem, _expected(kind, context, message))


def _path(place: Place, *, named: bool) -> Place:
    """Return `place` without pydantic's own parts; `named` says that the last part is a field for sure."""
    end = place[-1:] if named else ()
    inner = place[: len(place) - len(end)]
    return (*(part for part in inner if isinstance(part, int) or not _NOT_A_FIELD.fullmatch(part)), *end)


def _unknown_field(path: Place, model: type[BaseModel]) -> Complaint:
    known = _fields_at(model, path[:-1])
    near = difflib.get_close_matches(str(path[-1]), known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return Complaint(path, f"there is no such field{hint}", "one of " + ", ".join(known))


def _expected(kind: str, context: dict[str, Any], message: str) -> str:
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], f"text of the form {context['pattern']}")
    if kind not in _EXPECTED:
        return re.sub(r"^\w+ should (be|have) ", "", message)
    limits = {
        name: f"{float(limit):g}" if isinstance(limit, Fraction | float) else limit for name, limit in context.items()
    }
    return _EXPECTED[kind].format(**limits, s="" if limits.get("min_length") == 1 else "s")


def short(value: Any) -> str:
    """Return `value` as people wrote it, in one terminal line."""
    text = str(value) if isinstance(value, Fraction | Decimal) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - one terminal line


def _fields_at(model: type[BaseModel], path: Place) -> list[str]:
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
