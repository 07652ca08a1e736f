"""Choices that a form offers from the catalogue, read only when somebody asks for the form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from reelwright.shipped import Kind, names


@dataclass(frozen=True)
class OneOf:
    """Annotates a model's name: its JSON schema lists the names of the catalogue, and a form shows them as a menu.

    Only the schema changes. What is checked stays with the plan, which knows keys, end dates and the nearest name.
    """

    kind: Kind
    also: tuple[str, ...] = ()
    """Names beside the catalogue's, e.g. `none`."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the schema with the names in it."""
        offered = [*self.also, *names(self.kind)]
        schema = handler(core)
        for part in schema.get("anyOf", [schema]):
            if part.get("type") == "string":
                part["enum"] = list(dict.fromkeys(offered))
                part["title"] = "Name"
            elif part.get("type") == "object":
                part["title"] = "Definition"
        return schema


@dataclass(frozen=True)
class OrOwn:
    """Annotates a name that is one of a few, or a part of one's own: its JSON schema offers the few as a menu.

    Only the schema changes. Whether such a part is there is checked by the plan.
    """

    names: tuple[str, ...]

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the schema with the names in it."""
        schema = handler(core)
        own = {name: schema.pop(name) for name in ("type", "minLength", "maxLength") if name in schema}
        few = {"type": "string", "enum": list(self.names), "title": "Name"}
        schema["anyOf"] = [few, {**own, "title": "Module or file of your own"}]
        return schema


def with_old_names(schema: dict[str, Any], model: type[Any]) -> None:
    """Let a model's schema take the names that its fields once had; a form shows the new ones only.

    A field that is renamed says so: `Field(validation_alias=AliasChoices("new", "old"))`.
    """
    old = [
        str(name)
        for field in model.model_fields.values()
        for name in getattr(field.validation_alias, "choices", [])[1:]
    ]
    if old:
        schema["patternProperties"] = {f"^{name}$": {} for name in old}
