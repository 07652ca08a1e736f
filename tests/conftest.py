"""What every test may use: an environment of its own, a studio in it, and the command line as people start it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import hypothesis
import pytest
from support.prefect_server import Patient, Server
from support.terminal import Terminal
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from flows.local_server import local_server
from reelwright.settings import Settings
from reelwright.studio import Studio, open_studio

# How long one example takes depends on what else the machine does; each test has its timeout. CI (which asks for all
# services) tries the same examples each time: what others find is for the person who changes something.
hypothesis.settings.register_profile(
    "reelwright", deadline=None, derandomize=bool(os.environ.get("REELWRIGHT_REQUIRE_SERVICES"))
)
hypothesis.settings.load_profile("reelwright")


NIGHTLY = frozenset(
    {
        "blocks/test_stored_episode.py",
        "deployments/test_compose.py",
        "deployments/test_prefect_server.py",
        "flows/test_bought_episodes.py",
        "flows/test_characters.py",
        "flows/test_cleaning.py",
        "flows/test_each_protocol.py",
        "flows/test_life_in_the_ui.py",
        "flows/test_make.py",
        "flows/test_own_parts.py",
        "flows/test_own_sound.py",
        "flows/test_publication.py",
        "flows/test_series.py",
        "flows/test_series_reviewed.py",
        "flows/test_up_killed.py",
        "flows/test_vendors.py",
        "reelwright/checks/test_heard.py",
        "reelwright/media/test_captions.py",
        "reelwright/media/test_ten_minutes.py",
        "reelwright/publishing/test_channel_contract.py",
        "reelwright/publishing/test_networks_killed.py",
        "reelwright/publishing/test_youtube_crashes.py",
    }
)
"""Files whose slow tests make whole episodes or try every instant: together they take longer than CI may."""


WITH_A_SERVER = frozenset(
    {"blocks/test_blocks.py", "blocks/test_channel_blocks.py", "blocks/test_stored.py", "flows/test_form.py"}
)
"""Files whose quick tests need a Prefect server: one worker runs them all, so that it starts once."""


class FilesOfOneServer(LoadFileScheduling):  # type: ignore[misc] # xdist's schedulers are not typed
    """Whole files to a worker, and those that share a Prefect server to the same one."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "with a server" if file.removeprefix("tests/") in WITH_A_SERVER else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """Give out files so, where `--dist loadfile` is asked for; else leave it to xdist."""
    return FilesOfOneServer(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow tests of those files `nightly`, so that CI can leave them to the night."""
    nightly = {Path(__file__).parent / name for name in NIGHTLY}
    for item in items:
        if item.path in nightly and item.get_closest_marker("slow"):
            item.add_marker("nightly")


@pytest.fixture(scope="session")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """The command line with one home for the whole session: what one test made, another may find again."""
    return Terminal(tmp_path_factory.mktemp("home"))


@pytest.fixture
def fresh_terminal(tmp_path: Path) -> Terminal:
    """The command line on a machine that has made nothing yet."""
    return Terminal(tmp_path / "home")


@pytest.fixture
def served_terminal(fresh_terminal: Terminal, prefect_server: Server) -> Terminal:
    """The same beside a Prefect server that runs already: no test waits for a server's first start."""
    return fresh_terminal.served_by(prefect_server.address)


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio with its own vault and workers."""
    made = open_studio(Settings(home=tmp_path_factory.mktemp("studio")))
    yield made
    made.crew.close()


@pytest.fixture(scope="session")
def server(prefect_server: Server) -> Server:
    """The same, where no vendor's server has the name."""
    return prefect_server


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Prefect server with a database of its own."""
    home = tmp_path_factory.mktemp("prefect")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PREFECT_HOME", str(home))
        with (
            local_server() as started,
            httpx.Client(base_url=started.address, timeout=60, transport=Patient()) as http,
        ):
            started.wait_until_ready()
            yield Server(started.address, http, home)


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """Compile the packages once: every process that the tests start imports them."""
    if sys.flags.dont_write_bytecode or os.environ.get("PYTHONDONTWRITEBYTECODE"):
        root = Path(__file__).parent.parent
        folders = [str(root / name) for name in ("reelwright", "blocks", "tasks", "flows")]
        subprocess.run([sys.executable, "-m", "compileall", "-q", *folders], check=False)
