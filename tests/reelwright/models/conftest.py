"""What the tests of single models share that answer in one call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelwright.testing import CallTrial, studio


@pytest.fixture
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CallTrial[Any, Any]]:
    """A studio and the server of the harness that the test names by `support.vendors.of`."""
    with studio(request.param, home=tmp_path / "home") as trial:
        yield trial
