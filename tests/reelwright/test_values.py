"""The small values that everything shares: frozen, exact, refusing what is no number and what they do not know."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from reelwright.values import Asset, Exact, Size, Span, Usd, Value, Word

EXACT: TypeAdapter[Fraction] = TypeAdapter(Exact)
USD: TypeAdapter[Decimal] = TypeAdapter(Usd)
SHA = "ab" * 32


@pytest.mark.parametrize(
    ("given_", "value"),
    [
        (6, Fraction(6)),
        (6.5, Fraction(13, 2)),
        (0.1, Fraction(1, 10)),
        (29.97, Fraction(2997, 100)),
        ("6.5", Fraction(13, 2)),
        ("13/2", Fraction(13, 2)),
        ("1e-3", Fraction(1, 1000)),
        (Decimal("0.15"), Fraction(3, 20)),
        (Fraction(1, 3), Fraction(1, 3)),
    ],
)
def test_a_number_is_meant_as_it_is_written(given_: Any, value: Fraction) -> None:
    """0.1 is one tenth, not the binary number next to it."""
    assert EXACT.validate_python(given_) == value


@pytest.mark.parametrize(
    "given_", ["", "six", "1/0", "nan", "inf", float("nan"), float("inf"), True, None, [], {}, 1j, b"6", "6 s", "6,5"]
)
def test_what_is_no_number_is_refused(given_: Any) -> None:
    """The refusal shows how a number may be written."""
    with pytest.raises(ValidationError, match=r"such as 6, 6\.5 or '13/2'"):
        EXACT.validate_python(given_)


@pytest.mark.parametrize("given_", ["1e999999999", "1E+9999999", Decimal("1e9999999"), "1e-999999999"])
@pytest.mark.timeout(60)
def test_an_absurd_exponent_is_not_worked_out(given_: Any) -> None:
    """A dozen characters of a source do not take hours and all the memory."""
    with pytest.raises(ValidationError):
        EXACT.validate_python(given_)


@given(st.fractions())
def test_an_exact_number_survives_json(value: Fraction) -> None:
    """A third is still a third on the other side."""
    assert EXACT.validate_json(EXACT.dump_json(value)) == value


@given(st.fractions())
def test_what_is_written_fits_the_published_schema(value: Fraction) -> None:
    """Prefect checks a flow's parameters against this schema before they reach us."""
    jsonschema.validate(json.loads(EXACT.dump_json(value)), EXACT.json_schema())


@pytest.mark.parametrize("given_", [6, 6.5, "6.5", "13/2", "-1/2"])
def test_what_people_may_write_fits_the_published_schema(given_: Any) -> None:
    """No form that we read is turned away by a form or a deployment."""
    jsonschema.validate(given_, EXACT.json_schema())


@pytest.mark.parametrize("given_", ["6,5", "six", True, "1/", "/2", ""])
def test_what_is_refused_does_not_fit_the_published_schema(given_: Any) -> None:
    """The form says so before we do."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(given_, EXACT.json_schema())


@pytest.mark.parametrize(("given_", "usd"), [("0.10", "0.1"), (0.144, "0.144"), (5, "5"), ("0.000001", "0.000001")])
def test_an_amount_is_a_decimal(given_: Any, usd: str) -> None:
    """Money is exact: the float of a TOML file too."""
    assert USD.validate_python(given_) == Decimal(usd)


@pytest.mark.parametrize("given_", [-1, "0.0000001", "NaN", "Infinity", float("nan"), "five"])
def test_what_is_no_amount_is_refused(given_: Any) -> None:
    """A price is not negative, and not finer than a millionth."""
    with pytest.raises(ValidationError):
        USD.validate_python(given_)


class Sample(Value):
    """A value with a number, an amount and a text."""

    number: float = 0.0
    amount: Usd = Decimal(0)
    name: str = ""


@pytest.mark.parametrize("given_", [float("nan"), float("inf"), float("-inf")])
def test_no_value_holds_a_number_that_is_none(given_: float) -> None:
    """NaN in a recipe is refused where it is read; it could neither be compared nor be part of a key."""
    with pytest.raises(ValidationError, match="finite"):
        Sample(number=given_)


def test_a_value_does_not_change() -> None:
    """A changed copy is another value."""
    value = Sample(name="a")
    with pytest.raises(ValidationError, match="frozen"):
        value.name = "b"  # type: ignore[misc]
    assert value.model_copy(update={"name": "b"}) != value


def test_equal_values_are_one_member_of_a_set() -> None:
    """Values are compared and hashed by what they hold."""
    assert len({Sample(name="a"), Sample(name="a"), Sample(name="b")}) == 2


def test_a_value_refuses_a_field_it_does_not_know() -> None:
    """A misspelt field is not silently left out."""
    with pytest.raises(ValidationError, match="nmae"):
        Sample.model_validate({"nmae": "a"})


def test_a_default_is_validated_too() -> None:
    """A wrong default fails with the first value, not at night."""

    class Wrong(Value):
        amount: Usd = Decimal(-1)

    with pytest.raises(ValidationError):
        Wrong()


@pytest.mark.parametrize("text", ["1080x1920", "1080X1920"])
def test_a_size_is_read(text: str) -> None:
    """Width, then height; it is written with a small x."""
    size = Size.parse(text)
    assert (size.width, size.height, str(size), size.aspect) == (1080, 1920, "1080x1920", Fraction(9, 16))


@pytest.mark.parametrize("text", ["", "1080", "x", "1080x", "0x10", "-1x10", "10x10x10", "axb"])
def test_what_is_no_size_is_refused(text: str) -> None:
    """A picture has a width and a height of at least a pixel."""
    with pytest.raises(ValueError, match=r"invalid literal|greater than 0"):
        Size.parse(text)


def test_an_asset_is_found_in_a_set_by_its_bytes() -> None:
    """Its facts are a mapping, and it can be hashed all the same."""
    asset = Asset(sha256=SHA, media_type="video/mp4", size_bytes=1, facts={"frames": 30})
    assert len({asset, asset.model_copy()}) == 1


@pytest.mark.parametrize("sha256", ["", "ab", "AB" * 32, "zz" * 32, f"{SHA}\n", f"../{SHA}"[:64]])
def test_an_asset_needs_a_whole_hash(sha256: str) -> None:
    """It becomes a file's name: 64 small hexadecimal digits and nothing else."""
    with pytest.raises(ValidationError):
        Asset(sha256=sha256, media_type="video/mp4", size_bytes=1)


@given(st.fractions(min_value=0, max_value=100), st.fractions(min_value=0, max_value=100), st.text())
def test_times_of_words_survive_json(start: Fraction, end: Fraction, text: str) -> None:
    """Words cross a task's border exactly."""
    word = Word(text=text, start=start, end=end)
    assert Word.model_validate_json(word.model_dump_json()) == word
    span = Span(start=start, end=end)
    assert Span.model_validate_json(span.model_dump_json()) == span
