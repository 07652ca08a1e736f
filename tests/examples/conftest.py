"""`@pytest.mark.runs("approval.py")` says which examples a test runs; the fixture `examples` holds it to that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.examples import Examples
from support.prefect_server import Server
from support.terminal import Terminal


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "runs(*names): the files of examples/ that the test really runs or reads")


@pytest.fixture
def examples(request: pytest.FixtureRequest, terminal: Terminal, server: Server, tmp_path: Path) -> Iterator[Examples]:
    """The examples; what the test said it runs, and no process of it ran, fails it."""
    told = Examples(terminal, server.address, tmp_path)
    yield told
    declared = {name for mark in request.node.iter_markers("runs") for name in mark.args}
    assert declared, "say with @pytest.mark.runs(…) which examples the test runs"
    assert declared - told.ran == set(), "no process of the test ran these"
