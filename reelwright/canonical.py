"""One canonical JSON, and the keys made from it.

A key names what is asked for by value: bytes by their SHA-256, never an id, a path, a run or a secret. Two processes on
two machines that ask for the same thing compute the same key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from pydantic import BaseModel

from reelwright.values import Asset


def canonical_json(value: object) -> str:
    """Return `value` as JSON with sorted keys and no white space; equal values give equal texts.

    A number is its exact value, however it was held: 5, 5.0, Decimal("5.00") and Fraction(5) are `5`, and half of
    it is `{"/": [5, 2]}`. A float is the decimal that it prints as.

    Raises:
        TypeError: for a value without an exact, ordered form (sets, paths, secrets, bytes, NaN, objects).
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def key_of(kind: str, value: object) -> str:
    """Return the SHA-256 (64 hex digits) of `value` under the name `kind`, e.g. `key_of("narration/1", {...})`.

    `kind` carries the version of the work: raise it when the same input shall give another result.

    Raises:
        TypeError: as `canonical_json`.
    """
    return hashlib.sha256(f"{kind}\n{canonical_json(value)}".encode()).hexdigest()


def _plain(value: object) -> Any:
    match value:
        case Enum():
            return _plain(value.value)
        case None | bool() | int() | str():
            return value
        case float() | Decimal() | Fraction():
            return _number(value)
        case Asset():
            # Bytes are what they are, whatever was measured of them and wherever they lie.
            return value.sha256
        case BaseModel():
            fields = {name: getattr(value, name) for name in type(value).model_fields}
            return _plain(fields | (value.model_extra or {}))
        case Mapping():
            return {_name(name): _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            # Not the value itself: it may hold a secret.
            raise TypeError(f"{type(value).__name__} has no canonical form")


def _number(value: float | Decimal | Fraction) -> Any:
    try:
        exact = Fraction(repr(float(value))) if isinstance(value, float) else Fraction(value)
    except (ValueError, OverflowError):
        raise TypeError(f"{value} has no canonical form") from None
    return exact.numerator if exact.denominator == 1 else {"/": [exact.numerator, exact.denominator]}


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"keys must be strings, not {type(name).__name__}")
    return name.value if isinstance(name, Enum) else name
