"""A YAML or JSON file as a mapping whose every complaint names the file, the line and the field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from reelwright.errors import SourceError
from reelwright.script.json_text import load_json
from reelwright.script.lines import LineOf
from reelwright.script.yaml_text import load_yaml
from reelwright.validation import Place, complaints, field_name

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Document:
    """A mapping read from a file, and where its parts stand."""

    name: str
    data: dict[str, Any]
    line_of: LineOf

    def refusal(self, problem: str, *, at: Place, expected: str) -> SourceError:
        """Return the error for one field of this document."""
        return SourceError(problem, file=self.name, line=self.line_of(at), field=field_name(at), expected=expected)

    def value(self, model: type[_Model], data: Any, *, at: Place = ()) -> _Model:
        """Make a value of `data`, which stands at `at` in this document.

        Raises:
            SourceError: the first of its mistakes in full, the others by name.
        """
        try:
            return model.model_validate(data)
        except ValidationError as error:
            first, *others = complaints(error, model)
            named = "; ".join(field_name((*at, *other.path)) for other in others[:5])
            more = f" (and {len(others)} more: {named})" if others else ""
            raise self.refusal(first.problem + more, at=(*at, *first.path), expected=first.expected) from None


def parse_document(
    text: str, *, name: str, is_json: bool = False, expected: str = "a mapping with 'title' and 'shots'"
) -> Document:
    """Parse YAML (or JSON) into plain values; a text that holds nothing is an empty mapping.

    Raises:
        SourceError: not well-formed, a key given twice, too deep or too much, or not a mapping.
    """
    data, line_of = (load_json if is_json else load_yaml)(text, name)
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise SourceError(f"it holds {_kind(data)}, not fields", file=name, line=line_of(()), expected=expected)
    return Document(name, data, line_of)


def _kind(value: Any) -> str:
    return {list: "a list", str: "text", int: "a number", float: "a number"}.get(type(value), f"only {value!r}".lower())
