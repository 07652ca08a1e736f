"""Small values that everything shares: frozen models, exact seconds, sizes, assets."""

from __future__ import annotations

import contextlib
import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from reelwright.explained import described

_UNITS = {"usd": "US dollars", "seconds": "seconds", "db": "dB", "lufs": "LUFS", "dbtp": "dBTP"}


def _title(name: str, _: object) -> str:
    """Return a field's name as a form shows it: `per_day_usd` → `Per day (US dollars)`."""
    *words, last = name.split("_")
    if last in _UNITS and words:
        return f"{' '.join(words).capitalize()} ({_UNITS[last]})"
    return " ".join([*words, last]).capitalize()


class Value(BaseModel):
    """A frozen value: validated once, compared by content, refusing fields it does not know and numbers that are none.

    It is hashed by content too, unless a field holds a mapping.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        allow_inf_nan=False,
        field_title_generator=_title,
        json_schema_extra=described,
    )


_HUGE_EXPONENT = re.compile(r"[eE][+-]?0*[1-9][\d_]{3,}")


def _exact(value: object) -> Fraction:
    match value:
        case bool():
            pass
        case Fraction() | int():
            return Fraction(value)
        case float() | Decimal() | str():
            # A decimal that a person wrote is meant as written: 0.1 is 1/10, not its binary neighbour.
            text = str(value)
            # 1e999999999 is not worked out: it would take hours.
            if not _HUGE_EXPONENT.search(text):
                with contextlib.suppress(ValueError, ZeroDivisionError):
                    return Fraction(text)
    message = f"expected a number such as 6, 6.5 or '13/2', not {value!r}"
    raise ValueError(message)


def _shortest(value: Fraction) -> int | str:
    return int(value) if value.denominator == 1 else str(value)


Exact = Annotated[
    Fraction,
    BeforeValidator(_exact),
    PlainSerializer(_shortest, return_type=int | str, when_used="json"),
    WithJsonSchema(
        {
            "anyOf": [
                {"title": "Number", "type": "number"},
                {"title": "Fraction", "type": "string", "pattern": r"^-?\d+([./]\d+)?$"},
            ]
        }
    ),
]
"""An exact rational, in seconds where it is a time. JSON holds an integer or a string such as `"13/2"`."""

Usd = Annotated[Decimal, Field(ge=0, decimal_places=6)]
"""An amount in US dollars, exact to a millionth."""


class Size(Value):
    """A picture size in pixels."""

    width: int = Field(gt=0)
    """From left to right."""
    height: int = Field(gt=0)
    """From top to bottom."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `"1080x1920"`."""
        width, _, height = text.lower().partition("x")
        return cls(width=int(width), height=int(height))

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"

    @property
    def aspect(self) -> Fraction:
        """Width over height."""
        return Fraction(self.width, self.height)


class Asset(Value):
    """A reference to bytes in the vault: what crosses a task boundary instead of the bytes.

    `facts` holds what was measured of the bytes (see `reelwright.media.probe`), as plain JSON values.
    """

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """The name of the bytes: 64 hex digits."""
    media_type: str
    """An IANA media type, e.g. `video/mp4`, `image/png`, `audio/wav`, `application/json`."""
    size_bytes: int = Field(ge=0)
    """How many bytes there are."""
    facts: dict[str, Any] = Field(default_factory=dict)
    """What was measured of them."""

    def __hash__(self) -> int:
        return hash(self.sha256)


class Span(Value):
    """A piece of time in exact seconds, `start` included and `end` not."""

    start: Exact
    """The first moment that is in it."""
    end: Exact
    """The first moment after it."""


class Word(Value):
    """One spoken word and when it is heard, in seconds from the start of its narration."""

    text: str
    """The word as written, with its punctuation: joining the texts with spaces gives the narration back."""
    start: Exact
    """When it begins to be heard."""
    end: Exact
    """When it has been heard."""
