"""The kinds of channels that the contract suite runs over, their platforms, and an episode to publish."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from reelwright.testing.channel import ChannelHarness, Newsroom
from support.channel_harnesses import HARNESSES
from support.databases import database
from reelwright.testing.releases import episode_in


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test over every kind, or over every request of every kind whose connection can break."""
    if "loss" in metafunc.fixturenames:
        cases = [(kind, loss, after) for kind in HARNESSES for loss in kind.losses for after in (False, True)]
        names = [f"{kind}: {loss}, {'after' if after else 'before'}" for kind, loss, after in cases]
        metafunc.parametrize(("harness", "loss", "after"), cases, ids=names)
    elif "harness" in metafunc.fixturenames:
        wanted = getattr(metafunc.function, "kinds", ())
        kinds = [kind for kind in HARNESSES if kind.kind in wanted or not wanted]
        metafunc.parametrize("harness", kinds, ids=repr)


@pytest.fixture(scope="session")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the episodes of a session."""
    return tmp_path_factory.mktemp("episodes")


@pytest.fixture
def room(
    harness: ChannelHarness, tmp_path: Path, episodes: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Newsroom]:
    """A home, an episode and the kind's platform."""
    with harness.platform(tmp_path) as platform:
        for name, value in harness.environment(platform).items():
            monkeypatch.setenv(name, value)
        yield Newsroom(harness, platform, tmp_path / "home", episode_in(episodes / harness.kind, **harness.episode))


@pytest.fixture
def shared_room(
    harness: ChannelHarness, tmp_path: Path, episodes: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Newsroom]:
    """The same with a ledger on PostgreSQL."""
    with database("postgresql", tmp_path) as url, harness.platform(tmp_path) as platform:
        for name, value in harness.environment(platform).items():
            monkeypatch.setenv(name, value)
        episode = episode_in(episodes / harness.kind, **harness.episode)
        yield Newsroom(harness, platform, tmp_path / "home", episode, url)
