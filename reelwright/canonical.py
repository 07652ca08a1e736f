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
    """Return `value` as JSON with sorted keys, no white space and exact numbers.

    Raises:
        TypeError: for a value without an exact, ordered form (sets, paths, secrets, NaN, objects).
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def key_of(kind: str, value: object) -> str:
    """Return the SHA-256 (64 hex digits) of `value` under the name `kind`, e.g. `key_of("narration/1", {...})`.

    `kind` carries the version of the work: raise it when the same input shall give another result.
    """
    return hashlib.sha256(f"{kind}\n{canonical_json(value)}".encode()).hexdigest()


def _plain(value: object) -> Any:
    match value:
        case None | bool() | int() | str():
            return value.value if isinstance(value, Enum) else value
        case float():
            return value
        case Decimal() | Fraction():
            return str(value)
        case Enum():
            return _plain(value.value)
        case Asset():
            # Bytes are what they are, whatever was measured of them and wherever they lie.
            return value.sha256
        case BaseModel():
            return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
        case Mapping():
            return {_name(name): _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            message = f"{type(value).__name__} has no canonical form: {value!r}"
            raise TypeError(message)


def _name(name: object) -> str:
    if not isinstance(name, str):
        message = f"keys must be strings, not {name!r}"
        raise TypeError(message)
    return name
