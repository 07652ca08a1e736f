"""A kind's own options: read from what a person wrote, with all that is wrong in one list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from reelwright.validation import complaints
from reelwright.values import Value

Options = TypeVar("Options", bound=Value)


def read_extra(given: Mapping[str, Any], kind: type[Options]) -> tuple[Options, tuple[str, ...]]:
    """Return the options and what is wrong with them; options that cannot be read are the usual ones.

    Names that the kind does not know are left to `fitted`, which says so.
    """
    known = {name: value for name, value in given.items() if name in kind.model_fields}
    try:
        return kind.model_validate(known), ()
    except ValidationError as error:
        return kind(), tuple(
            f"option {found.field}: {found.problem}" + (f"; expected {found.expected}" if found.expected else "")
            for found in complaints(error, kind)
        )
