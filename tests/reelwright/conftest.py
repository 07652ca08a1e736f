"""S3 servers for the vault's tests, started once when the first test asks for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from servers.s3_stores import ENVIRONMENT, Store, moto, seaweedfs


@pytest.fixture(scope="session")
def moto_store() -> Iterator[Store]:
    """A bucket in moto's server."""
    with moto() as store:
        yield store


@pytest.fixture(scope="session")
def seaweed_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A bucket in a SeaweedFS server."""
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as store:
        yield store


@pytest.fixture
def aws_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials for these servers, and none of this machine's own."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
