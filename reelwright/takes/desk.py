"""The desk of one process: the ledger, signs of life, and one client for each model, shared by all who wait."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from reelwright.catalogue import Entry
from reelwright.ledger.keeper import Keeper
from reelwright.ledger.ledger import Ledger
from reelwright.models.video.contract import VideoModel
from reelwright.studio import Studio


@dataclass
class _Client:
    model: VideoModel
    users: int = 0
    proven: bool = False
    """Whether it has taken a job since this process came to know it."""
    first: asyncio.Lock = field(default_factory=asyncio.Lock)


class Desk:
    """Where takes are worked on."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.ledger = Ledger(studio.settings.ledger_url)
        self.keeper = Keeper(self.ledger)
        self._clients: dict[tuple[int, str], _Client] = {}

    @contextlib.asynccontextmanager
    async def model(self, entry: Entry) -> AsyncIterator[VideoModel]:
        """Lend the client of a model; it is closed when its last user gives it back.

        Raises:
            InvalidInput: this version does not speak its protocol.
            MissingCredential: its key is not set.
        """
        place, client = self._client(entry)
        client.users += 1
        try:
            yield client.model
        finally:
            client.users -= 1
            if not client.users:
                self._clients.pop(place, None)
                await client.model.aclose()

    @contextlib.asynccontextmanager
    async def start_gate(self, entry: Entry) -> AsyncIterator[None]:
        """Let the first start at a model go alone: if it is dead, one attempt finds out and not one for each shot."""
        client = self._client(entry)[1]
        async with contextlib.AsyncExitStack() as stack:
            if not client.proven:
                await stack.enter_async_context(client.first)
            yield
            client.proven = True

    def _client(self, entry: Entry) -> tuple[tuple[int, str], _Client]:
        # A client belongs to its event loop.
        place = (id(asyncio.get_running_loop()), entry.model_dump_json())
        if place not in self._clients:
            self._clients[place] = _Client(self.studio.video_model(entry))
        return place, self._clients[place]


@functools.cache
def open_desk(studio: Studio) -> Desk:
    """Return this process's desk."""
    return Desk(studio)
