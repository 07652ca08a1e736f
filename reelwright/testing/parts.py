"""What the suites of checks, caption presets and transitions share: a studio with one worker, and the plan's word.

They need no server: each part is asked as a run asks it, in a worker process that imports its file by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.catalogue import Catalogue
from reelwright.plan import make_plan
from reelwright.recipe import Recipe
from reelwright.storyboard import Shot, Storyboard
from reelwright.studio import Studio
from reelwright.testing.extra import pytest
from reelwright.testing.suite import studio_in
from reelwright.vault import sha256_of

_SHOT = Shot(prompt="A wall with numbers", seconds=Fraction(2), audio="mute")


class PartContract:
    """A suite for one part that a recipe names by its file, its module or its entry point."""

    @pytest.fixture(scope="class")
    @classmethod
    def room(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
        """A vault, and a worker process that lives as long as the tests of the class."""
        made = studio_in(tmp_path_factory.mktemp("studio"))
        yield made
        made.crew.close()


def problems_with(**recipe: Any) -> tuple[str, ...]:
    """Return what `reelwright plan` finds wrong with two mute shots after a recipe that says this."""
    board = Storyboard(title="Trial", shots=(_SHOT, _SHOT))
    today = datetime.now(UTC).date()
    return make_plan(board, Recipe.model_validate(recipe), Catalogue.load(), today=today, environment={}).problems


def files_in(folder: Path) -> dict[str, str]:
    """Return every file in a folder with its SHA-256."""
    return {str(path.relative_to(folder)): sha256_of(path) for path in folder.rglob("*") if path.is_file()}


def require_named(suite: type | None, **named: object) -> None:
    """Refuse a suite that names nothing to try: it would pass without having looked.

    Raises:
        UsageError: with what is missing.
    """
    for name, value in named.items():
        if not value:
            raise pytest.UsageError(f"{suite.__name__ if suite else 'The suite'} names no `{name}`.")
