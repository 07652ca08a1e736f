"""The keys of work: equal requests have equal keys everywhere, and whatever a model is told changes its key."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, SecretStr

from reelwright.canonical import canonical_json, key_of
from reelwright.models.images.contract import ImageRequest
from reelwright.models.narrators.contract import NarrationRequest
from reelwright.models.video.contract import Reference, VideoRequest
from reelwright.recipe import Budget, Recipe
from reelwright.values import Asset, Size

PICTURE = Asset(sha256="ab" * 32, media_type="image/png", size_bytes=7, facts={"width": 9})
OTHER = Asset(sha256="cd" * 32, media_type="image/png", size_bytes=7)
HD = Size(width=1080, height=1920)

FULL: tuple[BaseModel, ...] = (
    VideoRequest(
        prompt="a loaf",
        seconds=Fraction(13, 2),
        size=HD,
        audio=True,
        dialogue="Hello",
        camera="push",
        style="soft",
        negative_prompt="rain",
        seed=7,
        first_frame=PICTURE,
        last_frame=PICTURE,
        references=(Reference(role="image", asset=PICTURE, name="Ada"),),
        continues=PICTURE,
        take=1,
        options={"cfg": 3},
    ),
    ImageRequest(
        prompt="a loaf",
        size=HD,
        style="soft",
        palette=("#102030",),
        negative_prompt="rain",
        seed=7,
        references=(PICTURE,),
        take=1,
        options={"cfg": 3},
    ),
    NarrationRequest(text="Hello", language="de", voice="heart", speed=Fraction(3, 2), before="One.", after="Two."),
)
"""Each kind of request with a value in every field; a field that is new has its default here."""


def other_than(value: Any) -> Any:
    """A valid value of the same kind that is not `value`."""
    match value:
        case bool():
            return not value
        case str() if value in {"push", "image"}:  # choices
            return {"push": "pull", "image": "video"}[value]
        case str():
            return f"{value}!"
        case None:
            return 1
        case int() | Fraction():
            return value + Fraction(1, 4) if isinstance(value, Fraction) else value + 1
        case Asset():
            return OTHER
        case BaseModel():
            name = next(iter(type(value).model_fields))
            return value.model_copy(update={name: other_than(getattr(value, name))})
        case tuple():
            return (*value, *value) or ("x",)
        case Mapping():
            return {**value, "more": 1}
    raise AssertionError(f"say here what differs from a {type(value).__name__}")


FIELDS = [(request, name) for request in FULL for name in type(request).model_fields]


@pytest.mark.parametrize(("request_", "field"), FIELDS, ids=lambda value: value if isinstance(value, str) else "")
def test_every_field_of_a_request_is_in_its_key(request_: BaseModel, field: str) -> None:
    """A model that is told something else makes something else: no field may be forgotten."""
    changed = request_.model_copy(update={field: other_than(getattr(request_, field))})
    assert key_of("take/1", changed) != key_of("take/1", request_)


REFERENCE = Reference(role="image", asset=PICTURE, name="Ada")


@pytest.mark.parametrize("field", Reference.model_fields)
def test_every_field_of_a_reference_is_in_the_key(field: str) -> None:
    """Role, bytes and name of a reference are told to the model."""
    changed = REFERENCE.model_copy(update={field: other_than(getattr(REFERENCE, field))})
    told = FULL[0].model_copy(update={"references": (changed,)})
    assert key_of("take/1", told) != key_of("take/1", FULL[0])


def test_the_order_of_references_is_told() -> None:
    """The first reference is the most important one: another order is another request."""
    one, two = (ImageRequest(prompt="x", size=HD, references=order) for order in ((PICTURE, OTHER), (OTHER, PICTURE)))
    assert key_of("k", one) != key_of("k", two)


def test_the_kind_is_part_of_the_key() -> None:
    """The same input of another work, or of another version of it, is another key."""
    assert len({key_of(kind, FULL[0]) for kind in ("take/1", "take/2", "clip/1")}) == 3


def test_a_key_is_the_sha256_of_kind_and_json() -> None:
    """Keys may be worked out by hand, and they stay the same from version to version."""
    expected = hashlib.sha256(b'narration/1\n{"speed":{"/":[3,2]},"text":"caf\xc3\xa9"}').hexdigest()
    assert key_of("narration/1", {"text": "café", "speed": Fraction(3, 2)}) == expected


# Equal values


@pytest.mark.parametrize(
    "forms",
    [
        (5, 5.0, Decimal(5), Decimal("5.00"), Decimal("0.5E1"), Fraction(5), Fraction(10, 2)),
        (Fraction(1, 2), 0.5, Decimal("0.5"), Decimal("0.500")),
        (Fraction(1, 10), 0.1, Decimal("0.1")),
        (0, 0.0, -0.0, Decimal("-0.0"), Fraction(0)),
        (10**22, 1e22, Decimal("1e22")),
    ],
    ids=lambda forms: str(forms[0]),
)
def test_a_number_has_one_form(forms: tuple[Any, ...]) -> None:
    """Whether a length or a price was held as int, float, Decimal or Fraction makes no other request."""
    assert len({canonical_json({"x": form}) for form in forms}) == 1


def test_an_amount_written_with_other_zeros_is_the_same_recipe() -> None:
    """`5` and `5.00` in a recipe are equal, and so are their keys."""
    plain, long = (Recipe(budget=Budget(per_episode_usd=Decimal(text))) for text in ("5", "5.00"))
    assert plain == long
    assert key_of("episode/1", plain) == key_of("episode/1", long)


@given(st.fractions())
def test_a_fraction_is_exact(value: Fraction) -> None:
    """Nothing is rounded: a third is a third."""
    told = json.loads(canonical_json(value))
    assert (Fraction(told) if isinstance(told, int) else Fraction(*told["/"])) == value


NUMBERS = st.one_of(
    st.integers(),
    st.fractions(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9),
)


def written(value: float | Decimal | Fraction) -> Fraction:
    """The exact value; a float is the decimal it prints as."""
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


@given(NUMBERS, NUMBERS)
def test_numbers_are_equal_in_a_key_exactly_when_they_are(one: Any, two: Any) -> None:
    """Two numbers share a form if, and only if, they are the same number."""
    assert (canonical_json(one) == canonical_json(two)) == (written(one) == written(two))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_the_form_is_json_that_means_the_value(value: Any) -> None:
    """What is read back from it is the value."""
    assert json.loads(canonical_json(value)) == value


@given(JSON, JSON)
def test_other_values_have_other_forms(one: Any, two: Any) -> None:
    """Different requests never share a key: 1, true and "1" are three."""
    assume(repr(one) != repr(two))
    assert (canonical_json(one) == canonical_json(two)) == (
        json.dumps(one, sort_keys=True) == json.dumps(two, sort_keys=True)
    )


@given(st.dictionaries(st.text(), st.integers(), min_size=2), st.randoms())
def test_the_order_of_fields_does_not_count(fields: dict[str, int], random: Any) -> None:
    """Fields in any order, in any kind of mapping, are the same request."""
    names = list(fields)
    random.shuffle(names)
    shuffled = {name: fields[name] for name in names}
    forms = (fields, shuffled, OrderedDict(shuffled), MappingProxyType(shuffled))
    assert len({canonical_json(form) for form in forms}) == 1


def test_the_order_in_which_a_request_was_filled_in_does_not_count() -> None:
    """Neither field order nor spelled-out defaults change a key."""
    one = VideoRequest(prompt="x", seconds=Fraction(4), size=HD, options={"a": 1, "b": 2})
    two = VideoRequest(options={"b": 2, "a": 1}, audio=False, size=HD, take=0, seconds=Fraction(4), prompt="x")
    assert key_of("take/1", one) == key_of("take/1", two)


def test_a_list_and_a_tuple_are_the_same() -> None:
    """JSON turns tuples into lists on their way through a task."""
    assert canonical_json(("a", ["b"])) == canonical_json(["a", ("b",)])


@pytest.mark.parametrize("request_", FULL, ids=lambda request: type(request).__name__)
def test_a_key_survives_the_way_through_json(request_: BaseModel) -> None:
    """A request that crossed a task's border, or came from a manifest, has the key it had."""
    read = type(request_).model_validate_json(request_.model_dump_json())
    assert key_of("take/1", read) == key_of("take/1", request_)


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_a_key_is_the_same_in_every_process(seed: str) -> None:
    """Another process, with another hash seed, computes the same keys."""
    code = """
import sys
from reelwright.canonical import key_of
from reelwright.models.video.contract import VideoRequest
for line in sys.stdin:
    print(key_of("take/1", VideoRequest.model_validate_json(line)))
"""
    environment = os.environ | {"PYTHONHASHSEED": seed}
    told = FULL[0].model_dump_json()
    ran = subprocess.run(
        [sys.executable, "-c", code], input=told, env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == [key_of("take/1", FULL[0])]


class Mood(StrEnum):
    """An enumeration of texts."""

    CALM = "calm"


class Level(IntEnum):
    """An enumeration of numbers."""

    HIGH = 3


class Half(Enum):
    """An enumeration of exact values."""

    HALF = Fraction(1, 2)


@pytest.mark.parametrize(("member", "value"), [(Mood.CALM, "calm"), (Level.HIGH, 3), (Half.HALF, Decimal("0.5"))])
def test_a_member_of_an_enumeration_is_its_value(member: Enum, value: object) -> None:
    """A choice and the text that a person wrote for it are the same."""
    assert canonical_json([member]) == canonical_json([value])


def test_a_name_from_an_enumeration_is_its_value() -> None:
    """So it is as a field's name."""
    assert canonical_json({Mood.CALM: 1}) == '{"calm":1}'


# Bytes


def test_bytes_count_by_their_hash_alone() -> None:
    """Where an asset lies, what was measured of it and how it is called change no key."""
    measured = PICTURE.model_copy(update={"media_type": "image/x-png", "size_bytes": 0, "facts": {"a": 1}})
    one, two = (ImageRequest(prompt="x", size=HD, references=(asset,)) for asset in (PICTURE, measured))
    assert key_of("k", one) == key_of("k", two)


def test_an_asset_is_its_hash() -> None:
    """A stage that knows the hash only computes the same key."""
    assert canonical_json(PICTURE) == canonical_json(PICTURE.sha256)


# What a model carries besides its fields


class Loose(BaseModel):
    """A value that keeps fields it does not know, and works something out when first asked."""

    model_config = ConfigDict(extra="allow")
    name: str

    @functools.cached_property
    def length(self) -> int:
        """Worked out once."""
        return len(self.name)


def test_unknown_fields_that_a_value_keeps_are_in_the_key() -> None:
    """A vendor's option that was only passed along is told to the model all the same."""
    assert canonical_json(Loose(name="a", extra=1)) == '{"extra":1,"name":"a"}'


def test_what_was_worked_out_meanwhile_is_not_in_the_key() -> None:
    """Looking at a value does not change its key."""
    value = Loose(name="a")
    before = canonical_json(value)
    assert value.length == 1
    assert canonical_json(value) == before


# What has no form

SECRET = "sk-this-is-secret"


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("-Infinity"),
        {"a", "b"},
        frozenset({1}),
        Path("/etc/passwd"),
        SecretStr(SECRET),
        SECRET.encode(),
        bytearray(b"x"),
        object(),
        1j,
        (item for item in "ab"),
        {1: "a"},
        {None: "a"},
        {("a",): 1},
        Path,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    """A set has no order, a path is no content, a secret is nobody's business: none gets into a key by accident."""
    with pytest.raises(TypeError):
        canonical_json({"deep": [value]})


@pytest.mark.parametrize("value", [SecretStr(SECRET), SECRET.encode(), {SECRET: {SECRET}}])
def test_a_refusal_does_not_tell_the_value(value: object) -> None:
    """The message names the type; what it held may be a secret."""
    with pytest.raises(TypeError) as caught:
        canonical_json(value)
    assert SECRET not in str(caught.value)
