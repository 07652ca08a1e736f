"""This process as the client of the tests' Prefect server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from support.prefect_server import Server

from tasks import stored


@pytest.fixture
def at_server(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The server as a person's environment names it, with nothing read from it yet."""
    monkeypatch.setenv("PREFECT_API_URL", server.address)
    monkeypatch.setattr(stored, "_last", None)
    with temporary_settings({PREFECT_API_URL: server.address}):
        yield server
