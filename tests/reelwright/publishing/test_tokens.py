"""Tokens of channels: sealed in the ledger, written over what was seen, refreshed by one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest
from pydantic import SecretStr
from support.databases import database

from reelwright.errors import StorageError
from reelwright.ledger.database import Database
from reelwright.publishing.token_store import StoredToken
from reelwright.publishing.tokens import LedgerTokens, token_key

KEY = SecretStr("a key of this test")
ACCOUNT = "youtube/default"


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A ledger's database of each kind."""
    with database(request.param, tmp_path) as url:
        made = Database(url)
        yield made
        made.close()


def token(text: str) -> StoredToken:
    """A token that holds a text."""
    return StoredToken(
        secrets={"refresh_token": text},
        access_until=datetime.now(UTC) + timedelta(hours=1),
        scopes=("upload",),
        account_name="Bread Facts",
    )


def test_a_token_is_read_as_it_was_written_and_never_lies_there_in_plain(opened: Database) -> None:
    """Another process with the key reads it; the database and its text form show nothing of it."""
    LedgerTokens(opened, KEY).put(ACCOUNT, token("1//very-secret"), seen=0)
    found = LedgerTokens(opened, KEY).get(ACCOUNT)
    assert found is not None
    assert (found.secrets["refresh_token"], found.version, found.account_name) == ("1//very-secret", 1, "Bread Facts")
    with opened.transaction() as connection:
        written = str(connection.exec_driver_sql("select * from channel_tokens").all())
    assert "very-secret" not in written + repr(found) + str(found)


def test_a_token_sealed_with_another_key_says_what_to_do(opened: Database) -> None:
    """Not a traceback of a cipher, and not a new sign-in by surprise."""
    LedgerTokens(opened, KEY).put(ACCOUNT, token("1"), seen=0)
    with pytest.raises(StorageError, match="REELWRIGHT_TOKEN_KEY"):
        LedgerTokens(opened, SecretStr("another")).get(ACCOUNT)


def test_a_newer_token_is_never_written_over_by_an_older_one(opened: Database) -> None:
    """Who read before the other wrote must read again: a rotated token that was lost would lock the account."""
    tokens = LedgerTokens(opened, KEY)
    first = tokens.put(ACCOUNT, token("first"), seen=0)
    tokens.put(ACCOUNT, token("second"), seen=first.version)
    with pytest.raises(StorageError, match="another process"):
        tokens.put(ACCOUNT, token("late"), seen=first.version)
    newest = tokens.get(ACCOUNT)
    assert newest is not None
    assert newest.secrets["refresh_token"] == "second"


async def _refresh(tokens: LedgerTokens, refreshed: list[int]) -> None:
    async with tokens.turn(ACCOUNT) as standing:
        if standing is None:
            await anyio.sleep(0.01)  # the platform's answer
            refreshed.append(1)
            tokens.put(ACCOUNT, token("only one"), seen=0)


async def _ten_at_once(opened: Database) -> list[int]:
    refreshed: list[int] = []
    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(_refresh, LedgerTokens(opened, KEY), refreshed)
    return refreshed


def test_one_of_ten_refreshes_and_the_others_find_its_token(opened: Database) -> None:
    """A refresh token that rotates is sent once."""
    assert anyio.run(_ten_at_once, opened) == [1]


def test_the_key_in_the_home_is_made_once_and_for_this_user_only(tmp_path: Path) -> None:
    """Every process of the home gets the same; a key that is given goes before it."""
    first = token_key(tmp_path / "home", SecretStr(""))
    assert token_key(tmp_path / "home", SecretStr("")).get_secret_value() == first.get_secret_value() != ""
    assert (tmp_path / "home" / "token.key").stat().st_mode & 0o777 == 0o600
    assert token_key(tmp_path, KEY) is KEY
