"""Databases for tests: a file, and a schema of its own in the PostgreSQL of this machine."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

POSTGRES = os.environ.get("REELWRIGHT_TEST_POSTGRES", "postgresql://127.0.0.1:5432/test")


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Lend the URL of an empty database of a kind, `sqlite` or `postgresql`.

    Without a PostgreSQL the test is skipped, but where REELWRIGHT_REQUIRE_SERVICES is set (as CI does) it fails.
    """
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'ledger.db'}"
        return
    schema = f"t{uuid.uuid4().hex[:12]}"
    try:
        connection = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        if os.environ.get("REELWRIGHT_REQUIRE_SERVICES"):
            raise
        pytest.skip(f"there is no PostgreSQL at {POSTGRES}: {error}")
    with connection:
        connection.execute(f'create schema "{schema}"')
        try:
            yield f"{POSTGRES}?options=-csearch_path%3D{schema}"
        finally:
            connection.execute(f'drop schema "{schema}" cascade')
