"""How findings are worded: every sentence says what was expected, in words for people."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from pydantic import Field, ValidationError

from reelwright.catalogue import Entry
from reelwright.recipe import Recipe
from reelwright.storyboard import Brief, Storyboard
from reelwright.validation import Complaint, complaints
from reelwright.values import Asset, Exact, Usd, Value


class _Everything(Value):
    """Every kind of limit that a brief or recipe has."""

    words: str = Field(default="x", min_length=1, max_length=3)
    whole: int = Field(default=1, gt=0, lt=9)
    number: float = Field(default=0.5, ge=0, le=2.5)
    exact: Exact = Field(default=Fraction(1), ge=Fraction(1, 2), le=120)
    usd: Usd = Decimal(1)
    flag: bool = False
    several: tuple[str, ...] = Field(default=("x",), min_length=1, max_length=2)
    either: str | dict[str, Any] = "x"
    inner: dict[str, int] = Field(default_factory=dict)


def _complaints(**given: Any) -> tuple[Complaint, ...]:
    with pytest.raises(ValidationError) as caught:
        _Everything.model_validate(given)
    return complaints(caught.value, _Everything)


@pytest.mark.parametrize(
    ("field", "value", "problem", "expected"),
    [
        ("words", 3, "3 will not do", "text"),
        ("words", "", "'' will not do", "text of at least 1 character"),
        ("words", "long", "it has 4 characters", "text of at most 3 characters"),
        ("whole", "six", "'six' will not do", "a whole number"),
        ("whole", 1.5, "1.5 will not do", "a whole number"),
        ("whole", 0, "0 will not do", "a number above 0"),
        ("whole", 9, "9 will not do", "a number below 9"),
        ("number", "six", "'six' will not do", "a number"),
        ("number", -1, "-1 will not do", "a number of at least 0"),
        ("number", 3, "3 will not do", "a number of at most 2.5"),
        ("exact", "1/4", "1/4 will not do", "a number of at least 0.5"),
        ("exact", 121, "121 will not do", "a number of at most 120"),
        ("usd", "much", "'much' will not do", "an amount such as 4.50"),
        ("usd", -1, "-1 will not do", "a number of at least 0"),
        ("usd", "0.0000001", "'0.0000001' will not do", "an amount with at most 6 decimal places"),
        ("flag", "maybe", "'maybe' will not do", "true or false"),
        ("several", "x", "'x' will not do", "a list"),
        ("several", [], "[] will not do", "a list with at least 1 item"),
        ("several", ["x"] * 3, "['x', 'x', 'x'] will not do", "a list with at most 2 items"),
        ("either", 3, "3 will not do", "text or fields with values"),
        ("inner", 3, "3 will not do", "fields with values"),
        ("wrods", 3, "there is no such field; did you mean 'words'?", "one of words, whole, number"),
    ],
)
def test_a_finding_is_a_sentence(field: str, value: object, problem: str, expected: str) -> None:
    """What is wrong names the value; what was expected can follow the word "Expected"."""
    (complaint,) = _complaints(**{field: value})
    assert (complaint.field, complaint.problem) == (field, problem)
    assert complaint.expected.startswith(expected)


def test_seconds_in_words_are_told_what_seconds_are() -> None:
    """A validator's own words are split into what is wrong and what was expected."""
    (complaint,) = _complaints(exact="six")
    assert complaint.problem == "'six' will not do"
    assert complaint.expected.endswith("such as 6, 6.5 or '13/2'")


def test_a_long_value_is_cut() -> None:
    """A complaint is one line of a terminal."""
    (complaint,) = _complaints(flag="x" * 500)
    assert complaint.problem == f"'{'x' * 56}... will not do"


def test_the_parts_of_a_list_are_counted_from_1() -> None:
    """People count so."""
    assert [complaint.field for complaint in _complaints(several=["x", 3], inner={"a": "b"})] == [
        "several[2]",
        "inner.a",
    ]


def _patterns(schema: Any) -> set[str]:
    """Return the patterns of all texts in a JSON schema; those of numbers that may be texts too are no patterns."""
    if isinstance(schema, list):
        return set().union(*map(_patterns, schema))
    if not isinstance(schema, dict):
        return set()
    inside = set().union(*(_patterns(part) for name, part in schema.items() if name != "anyOf"), set())
    return inside | ({schema["pattern"]} if isinstance(schema.get("pattern"), str) else set())


@pytest.mark.parametrize("model", [Brief, Storyboard, Recipe, Entry, Asset])
def test_no_one_is_shown_a_regular_expression(model: type[Value]) -> None:
    """Every pattern that a person's text must match has words for it."""
    for found in _patterns(model.model_json_schema()):

        class Text(Value):
            text: str = Field(pattern=found)

        with pytest.raises(ValidationError) as caught:
            Text.model_validate({"text": "?"})
        assert "of the form" not in complaints(caught.value, Text)[0].expected
