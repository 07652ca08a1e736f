"""The catalogue's file as it comes with this version: what stands in it, before anything is made of it."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import Any, Literal

Kind = Literal["video", "image", "narrator", "writer", "transcriber"]
"""What an entry is a model of."""


@functools.cache
def written() -> tuple[dict[str, Any], ...]:
    """Return the entries as they are written, in the order of the file. They are not to be changed."""
    text = resources.files("reelwright").joinpath("catalogue.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["model"])


def names(kind: Kind) -> tuple[str, ...]:
    """Return the names of the entries of one kind."""
    return tuple(entry["name"] for entry in written() if entry["kind"] == kind)
