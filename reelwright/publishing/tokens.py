"""Tokens in the ledger, sealed with a key that is not there: see `token_store.TokenStore`."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr
from sqlalchemy import Connection, RowMapping, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from reelwright.errors import StorageError
from reelwright.ledger.database import Database
from reelwright.ledger.owner import is_surely_gone, new_holder
from reelwright.ledger.tables import channel_tokens as rows
from reelwright.publishing.token_store import StoredToken

TURN_SECONDS = 60.0
"""How long a refresh may take; longer than any time-out of one."""
_NONCE_BYTES = 12


class LedgerTokens:
    """Tokens of all accounts, in the ledger's database."""

    def __init__(self, database: Database, key: SecretStr, *, turn_seconds: float = TURN_SECONDS) -> None:
        self._database = database
        self._cipher = AESGCM(hashlib.sha256(b"reelwright tokens" + key.get_secret_value().encode()).digest())
        self._turn_seconds = turn_seconds

    def get(self, account: str) -> StoredToken | None:
        """Return the newest token; see `TokenStore.get`."""
        with self._database.transaction() as connection:
            row = connection.execute(select(rows).where(rows.c.account == account)).mappings().first()
        return self._opened(row) if row and row["version"] else None

    def put(self, account: str, token: StoredToken, *, seen: int) -> StoredToken:
        """Write a token over the version that was seen; see `TokenStore.put`."""
        values = {
            "version": seen + 1,
            "sealed": self._seal(account, token),
            "access_until": token.access_until and token.access_until.timestamp(),
            "refresh_until": token.refresh_until and token.refresh_until.timestamp(),
            "scopes": sorted(token.scopes),
            "account_name": token.account_name[:200],
        }
        with self._database.transaction() as connection:
            values["changed_at"] = self._database.now(connection)
            same = (rows.c.account == account, rows.c.version == seen)
            written = connection.execute(update(rows).where(*same).values(values)).rowcount
            if not written and not seen:
                written = self._insert(connection, account, values)
            if not written:
                raise StorageError(
                    f"The token of {account!r} was written by another process meanwhile.", hint="Run again."
                )
        return token.model_copy(update={"version": seen + 1})

    @asynccontextmanager
    async def turn(self, account: str) -> AsyncIterator[StoredToken | None]:
        """Wait for the turn to refresh an account, and give its token as it stands; see `TokenStore.turn`."""
        holder = new_holder()
        pause = 0.05
        while not self._take_turn(account, holder):
            await anyio.sleep(pause)
            pause = min(pause * 1.5, 1.0)
        try:
            yield self.get(account)
        finally:
            with self._database.transaction() as connection:
                mine = (rows.c.account == account, rows.c.turn_owner == holder)
                connection.execute(update(rows).where(*mine).values(turn_owner="", turn_until=0.0))

    def forget(self, account: str) -> None:
        """Drop a token."""
        with self._database.transaction() as connection:
            connection.execute(delete(rows).where(rows.c.account == account))

    def accounts(self) -> tuple[tuple[str, datetime | None], ...]:
        """Return the accounts that are signed in, and until when each may refresh."""
        with self._database.transaction() as connection:
            found = connection.execute(
                select(rows.c.account, rows.c.refresh_until).where(rows.c.version > 0).order_by(rows.c.account)
            ).all()
        return tuple((account, _moment(until)) for account, until in found)

    def _take_turn(self, account: str, holder: str) -> bool:
        with self._database.transaction() as connection:
            now = self._database.now(connection)
            mine = {"turn_owner": holder, "turn_until": now + self._turn_seconds}
            query = select(rows).where(rows.c.account == account).with_for_update()
            row = connection.execute(query).mappings().first()
            if row is None:
                # A row of version 0 holds the turn of whoever signs in first.
                empty = {"version": 0, "sealed": "", "scopes": [], "changed_at": now}
                return bool(self._insert(connection, account, empty | mine))
            if row["turn_owner"] and row["turn_until"] > now and not is_surely_gone(row["turn_owner"]):
                return False
            connection.execute(update(rows).where(rows.c.account == account).values(mine))
            return True

    @staticmethod
    def _insert(connection: Connection, account: str, values: dict[str, Any]) -> int:
        try:
            with connection.begin_nested():
                connection.execute(insert(rows).values({"account": account, **values}))
        except IntegrityError:
            return 0  # another process was first
        return 1

    def _seal(self, account: str, token: StoredToken) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        plain = json.dumps(dict(token.secrets)).encode()
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, plain, account.encode())).decode()

    def _opened(self, row: RowMapping) -> StoredToken:
        sealed = base64.b64decode(row["sealed"])
        try:
            plain = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], row["account"].encode())
        except InvalidTag as error:
            raise StorageError(
                f"The token of {row['account']!r} was sealed with another key.",
                hint="Set REELWRIGHT_TOKEN_KEY as where you signed in, or sign in again: reelwright auth.",
            ) from error
        return StoredToken(
            secrets=json.loads(plain),
            access_until=_moment(row["access_until"]),
            refresh_until=_moment(row["refresh_until"]),
            scopes=tuple(row["scopes"]),
            account_name=row["account_name"],
            version=row["version"],
        )


def token_key(home: Path, given: SecretStr) -> SecretStr:
    """Return the key that seals tokens: the one given, else the one that lies in the home; made if there is none."""
    if given.get_secret_value():
        return given
    file = home / "token.key"
    try:
        home.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
        if not file.exists():
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
                written.write(secrets.token_urlsafe(32))
                written.flush()
                os.fsync(written.fileno())
            try:
                os.link(fresh, file)  # two that make one at once agree on the first
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return SecretStr(file.read_text("ascii").strip())
    except OSError as error:
        raise StorageError.of(error, "keep the key of the tokens") from error


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
