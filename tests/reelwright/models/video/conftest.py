"""Every protocol's harness, its server, and a studio to work in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina
from support.harnesses import HARNESSES

from reelwright.models.video.openai_videos import served
from reelwright.studio import Studio
from reelwright.testing.servers.jobs import KEY, JobServer
from reelwright.testing.suite import KEY_NAME, over_harnesses, studio_in
from reelwright.testing.video import VideoHarness


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test over every protocol, or over every documented failure of every protocol; a suite does so itself."""
    if metafunc.cls is None:
        over_harnesses(metafunc, HARNESSES)


@pytest.fixture
def server(harness: VideoHarness) -> Iterator[JobServer]:
    """The protocol's strict server."""
    with harness.make_server() as running:
        yield running


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """A studio with a vault of its own and the key in its environment."""
    monkeypatch.setenv(KEY_NAME, KEY)
    return studio_in(tmp_path / "home")


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Retry without pauses, and know nothing of servers that other tests asked."""
    served.forget()
    with stamina.set_testing(testing=True, attempts=4):
        yield
