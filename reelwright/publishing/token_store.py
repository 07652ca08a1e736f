"""What OAuth rests on: tokens that every process of every machine sees, refreshed by one of them at a time."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Protocol

from pydantic import AwareDatetime, Field, StringConstraints

from reelwright.values import Value


class StoredToken(Value):
    """What a sign-in gave: kept so that every process of every machine has the newest. Its text form shows nothing."""

    secrets: Mapping[str, Annotated[str, StringConstraints(min_length=1)]] = Field(repr=False)
    """`access_token`, `refresh_token` …: sealed before they are written anywhere."""
    access_until: AwareDatetime | None = None
    """From the platform's `expires_in`, never a constant."""
    refresh_until: AwareDatetime | None = None
    """When a person must sign in again; a week before, `auth` and `doctor` say so."""
    scopes: tuple[str, ...] = ()
    account_name: str = ""
    """As people know it: a channel title or handle."""
    version: int = 0
    """Set by the store: how often it was written."""

    def __str__(self) -> str:
        return f"StoredToken(version {self.version})"


class TokenStore(Protocol):
    """Where tokens are kept: `tokens.LedgerTokens`. An account is a key such as `youtube/default`.

    A rotated refresh token is written before the new access token is used, by one process at a time:

        async with store.turn(account) as token:      # waits for whoever refreshes now; reads after the wait
            if is_still_good(token): return token     # somebody else has refreshed meanwhile
            new = await ask_the_platform(token)       # a lost answer loses the turn, not the stored token
            token = store.put(account, new, seen=token.version)
    """

    def get(self, account: str) -> StoredToken | None:
        """Return the newest token; `None`: nobody has signed in."""
        ...

    def put(self, account: str, token: StoredToken, *, seen: int) -> StoredToken:
        """Write a token over version `seen` (0: there was none), durably, and return it with its new version.

        Raises:
            StorageError: another process has written one since; read again.
        """
        ...

    def turn(self, account: str) -> AbstractAsyncContextManager[StoredToken | None]:
        """Return an async context manager: the one process that may refresh this account now.

        It gives the token as it stands (`StoredToken | None`). The turn ends with the block, or by itself a minute
        after its process has died.
        """
        ...

    def forget(self, account: str) -> None:
        """Drop a token, e.g. when a person signs out."""
        ...
