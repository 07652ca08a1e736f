"""A folder for the episodes of a session."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the episodes of a session."""
    return tmp_path_factory.mktemp("episodes")
