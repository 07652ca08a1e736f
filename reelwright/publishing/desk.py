"""The publishing desk of one process: the rows, signs of life, tokens, and what channels are built with."""

from __future__ import annotations

import functools

from pydantic import SecretStr

from reelwright.credentials import KeySource, nothing_stored
from reelwright.ledger.database import Database
from reelwright.ledger.keeper import Keeper
from reelwright.publishing import registry
from reelwright.publishing.contract import Bench, Channel, ChannelEntry
from reelwright.publishing.rows import Rows
from reelwright.publishing.tokens import LedgerTokens, token_key
from reelwright.settings import Settings, credential
from reelwright.vault import Vault


class PublishingDesk:
    """Where publications are brought on."""

    def __init__(self, settings: Settings, stored_keys: KeySource = nothing_stored) -> None:
        self.settings, self.stored_keys = settings, stored_keys
        self.database = Database(settings.ledger_url)
        self.rows = Rows(self.database)
        self.keeper = Keeper(self.rows)

    @functools.cached_property
    def tokens(self) -> LedgerTokens:
        """Tokens of the channels that sign in."""
        return LedgerTokens(self.database, token_key(self.settings.home, self.settings.token_key))

    @functools.cached_property
    def vault(self) -> Vault:
        """Where channels' own renditions are kept."""
        return self.settings.open_vault()

    def channel(self, entry: ChannelEntry) -> Channel:
        """Return the channel of an entry; it is the caller's to close.

        Raises:
            InvalidInput: there is no such kind, or its settings do not fit it.
            MissingCredential: it needs a key that is not set.
        """
        bench = Bench(tokens=self.tokens, credential=functools.partial(self._credential, entry.base_url))
        return registry.build(entry, bench)

    def _credential(self, base_url: str, names: tuple[str, ...]) -> SecretStr | None:
        found = credential(names)
        if found is not None:
            return found
        stored = self.stored_keys().find(names, base_url)
        return stored.secret if stored else None


@functools.cache
def open_publishing_desk(settings: Settings, stored_keys: KeySource = nothing_stored) -> PublishingDesk:
    """Return this process's desk for the settings."""
    return PublishingDesk(settings, stored_keys)


def place_of(channel: Channel) -> str:
    """Return where a channel's posts land, as the ledger calls it: its kind and account."""
    return f"{channel.rules.kind}:{channel.account or channel.name}"
