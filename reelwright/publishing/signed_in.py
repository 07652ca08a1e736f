"""One account's tokens as every process sees them: renewed before use, by one process at a time, stored before used."""

from __future__ import annotations

import functools
from collections.abc import Callable

from reelwright.errors import StorageError
from reelwright.publishing.oauth import Provider, SignInNeeded, renew, seconds_left
from reelwright.publishing.token_store import StoredToken, TokenStore


class SignedIn:
    """The account `PROVIDER/NAME` of a token store. `seed` reads a sign-in that came another way, e.g. in a block."""

    def __init__(
        self,
        provider: Provider,
        store: TokenStore,
        account: str = "default",
        *,
        seed: Callable[[], StoredToken | None] = lambda: None,
    ) -> None:
        self.provider, self.key = provider, f"{provider.name}/{account}"
        self._store, self._read_seed = store, seed

    def __repr__(self) -> str:
        return f"SignedIn({self.key!r})"

    @functools.cached_property
    def _seed(self) -> StoredToken | None:
        return self._read_seed()

    def stored(self) -> StoredToken | None:
        """Return what is there, fresh or not; calls nobody."""
        return self._store.get(self.key) or self._seed

    async def token(self, *, refused: str = "") -> StoredToken:
        """Return a token whose access token is good for some minutes.

        `refused` is an access token that the platform has just refused though it should have been good: it is renewed
        unless another process has done so meanwhile.

        Raises:
            SignInNeeded: a person must sign in.
            ProviderError: the platform cannot be reached.
            StorageError: the store cannot be used; a rotated token that could not be written is lost.
        """
        found = self._store.get(self.key)
        if found and self._is_good(found, refused):
            return found
        async with self._store.turn(self.key) as held:
            if held and self._is_good(held, refused):
                return held
            if held is None and self._seed and self._is_good(self._seed, refused):
                return self._store.put(self.key, self._seed, seen=0)
            return await self._renewed(held)

    async def _renewed(self, held: StoredToken | None) -> StoredToken:
        """Renew what is held; a sign-in that came another way stands in for one that has ended."""
        first = held or self._seed
        if first is None:
            reason = f"nobody has signed in ({self.key})"
            raise SignInNeeded(self.provider.title, reason, hint=f"Run: reelwright auth {self.provider.name}.")
        seen = held.version if held else 0
        try:
            new = await renew(self.provider, first)
        except SignInNeeded:
            if held is None or self._seed is None or not _is_another(self._seed, held):
                raise
            new = await renew(self.provider, self._seed)
        return self._put(new, seen)

    def _put(self, new: StoredToken, seen: int) -> StoredToken:
        """Store before use: a rotated token that nobody kept could never be renewed again."""
        try:
            return self._store.put(self.key, new, seen=seen)
        except StorageError:
            # Written by somebody else in the same breath (a new sign-in), or a fault that passes: once more.
            latest = self._store.get(self.key)
            if latest and latest.version != seen and self._is_good(latest, ""):
                return latest
            return self._store.put(self.key, new, seen=latest.version if latest else 0)

    def _is_good(self, token: StoredToken, refused: str) -> bool:
        access = token.secrets.get("access_token", "")
        return bool(access) and access != refused and self._lives(token)

    def _lives(self, token: StoredToken) -> bool:
        return seconds_left(token.access_until) > self.provider.refresh_before.total_seconds()


def _is_another(seed: StoredToken, held: StoredToken) -> bool:
    """Whether a seed is another sign-in than the one that is held."""
    return seed.secrets.get("refresh_token") != held.secrets.get("refresh_token")
