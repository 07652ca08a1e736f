"""Tables whose every row is a specification, of which the default suite runs some and the slow one all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def quick(values: Iterable[Any], kept: Collection[Any]) -> list[Any]:
    """Return parameters for all of `values`; those that are not `kept` are marked slow."""
    return [value if value in kept else pytest.param(*_fields(value), marks=pytest.mark.slow) for value in values]


def _fields(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
