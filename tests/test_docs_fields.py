"""Whatever a person may write is told where the tasks are told: no field of a file lacks a how-to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from reelwright.recipe import Recipe
from reelwright.series.values import Series
from reelwright.storyboard import Brief

PAGES = Path(__file__).parents[1] / "docs" / "pages" / "how-to"

LEFT_OUT = {
    "Recipe.schema_version": "there for versions to come: nobody has to write it",
    "Series.schema_version": "the same",
    "Budget.series": "filled in by the series that the episode is made for",
    "Budget.caps": "the same",
}
"""Fields that are no part of a person's tasks, and why."""

Field = tuple[str, str]
"""A model's name and a field of it."""


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that a field may hold, also in a list or under names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def reached(*models: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return models and all that stand in them, by name."""
    found: dict[str, type[BaseModel]] = {}
    waiting = list(models)
    while waiting:
        one = waiting.pop()
        if one.__name__ not in found:
            found[one.__name__] = one
            waiting += [inner for field in one.model_fields.values() for inner in models_in(field.annotation)]
    return found


MODELS = reached(Recipe, Brief, Series)
"""All that people write."""
FIELDS = [(name, field) for name, model in sorted(MODELS.items()) for field in model.model_fields]
HOLDERS = Counter(field for _, field in FIELDS)
"""How many models have a field of that name."""


def used_in(value: Any, model: type[BaseModel]) -> Iterator[Field]:
    """Yield the fields that written YAML names, where it means that model."""
    if isinstance(value, list):
        for one in value:
            yield from used_in(one, model)
    if not isinstance(value, dict):
        return
    for name in value.keys() & model.model_fields.keys():
        yield model.__name__, name
        given = value[name]
        for inner in models_in(model.model_fields[name].annotation):
            yield from used_in(given, inner)
            if isinstance(given, dict):  # by name, as `channels: {youtube: {title: …}}`
                yield from used_in(list(given.values()), inner)


def shown_in(page: str) -> Iterator[Field]:
    """Yield the fields that a page's blocks of YAML use."""
    for written in re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        block = {} if written.startswith("--8<--") else YAML(typ="safe").load(written)
        is_series = not {"slots", "topics"}.isdisjoint(block)
        is_brief = not {"shots", "title"}.isdisjoint(block)
        yield from used_in(block, Series if is_series else Brief if is_brief else Recipe)


def said_in(page: str) -> Iterator[Field]:
    """Yield the fields that a page's sentences name so that no other is meant: `takes`, `voice.speed`, `fit: blur`."""
    prose = re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL)
    for span in re.findall(r"`([^`\n]+)`", prose):
        if re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", span):
            *before, last = span.split(".")
            holders = held_by(before[-1]) if before else MODELS.keys() if HOLDERS[last] == 1 else ()
            yield from ((name, last) for name in holders if last in MODELS[name].model_fields)
        elif re.match(r"[a-z_]+: ", span):
            yield from _inline(span)


def _inline(span: str) -> Iterator[Field]:
    try:
        block = YAML(typ="safe").load(span)
    except YAMLError:  # a sentence with a colon in it
        return
    for model in MODELS.values():
        if isinstance(block, dict) and all(HOLDERS[name] == 1 for name in block):
            yield from used_in(block, model)


def held_by(field: str) -> set[str]:
    """Return the names of the models that a field of this name may hold."""
    annotations = [model.model_fields[field].annotation for model in MODELS.values() if field in model.model_fields]
    return {inner.__name__ for annotation in annotations for inner in models_in(annotation)}


TEXTS = [page.read_text("utf-8") for page in sorted(PAGES.glob("*.md"))]
TOLD = {field for page in TEXTS for field in (*shown_in(page), *said_in(page))}


@pytest.mark.parametrize("field", [field for field in FIELDS if ".".join(field) not in LEFT_OUT], ids=".".join)
def test_a_field_has_a_how_to(field: Field) -> None:
    """Some how-to page uses it in YAML, or names it so that no other field can be meant."""
    assert field in TOLD


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_left_out_is_there(name: str) -> None:
    """A field that is gone, or that a page now tells of, needs no excuse."""
    model, field = name.split(".")
    assert field in MODELS[model].model_fields
    assert (model, field) not in TOLD


def test_a_page_without_a_field_is_noticed() -> None:
    """The name of one in another file, or inside another word, does not count."""
    written = "```yaml\nshots: [{prompt: A boat}]\n```\n"
    page = written + "`speed_limit`, `reelwright series run`, `name`, `look.style`, `takes: 2`"
    assert {*shown_in(page), *said_in(page)} == {
        ("Brief", "shots"),
        ("Shot", "prompt"),
        ("Look", "style"),
        ("Recipe", "takes"),
    }
