"""One real Prefect server for the blocks' tests, and this process as its client."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from support.prefect_server import Server

from flows.local_server import local_server
from tasks import stored


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server with a database of its own."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect")))
        with local_server() as started, httpx.Client(base_url=started.address, timeout=30) as http:
            started.wait_until_ready()
            yield Server(started.address, http)


@pytest.fixture
def at_server(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The server as a person's environment names it, with nothing read from it yet."""
    monkeypatch.setenv("PREFECT_API_URL", server.address)
    monkeypatch.setattr(stored, "_last", None)
    with temporary_settings({PREFECT_API_URL: server.address}):
        yield server
