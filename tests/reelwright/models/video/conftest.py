"""Every protocol's harness, its server, and a studio to work in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina
from support.harnesses import HARNESSES
from support.video_harness import KEY_NAME, Harness, studio_in

from reelwright.models.video.openai_videos import served
from reelwright.studio import Studio
from reelwright.testing.servers.jobs import KEY, JobServer


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test over every protocol, or over every documented failure of every protocol."""
    flag = getattr(metafunc.function, "needs", "")
    harnesses = [harness for harness in HARNESSES if not flag or getattr(harness, flag)]
    if "failure" in metafunc.fixturenames:
        cases = [(harness, name) for harness in harnesses for name in harness.failures]
        metafunc.parametrize(("harness", "failure"), cases, ids=[f"{harness}: {name}" for harness, name in cases])
    elif "harness" in metafunc.fixturenames:
        metafunc.parametrize("harness", harnesses, ids=repr)


@pytest.fixture
def server(harness: Harness) -> Iterator[JobServer]:
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
    served._known.clear()
    with stamina.set_testing(testing=True, attempts=4):
        yield
