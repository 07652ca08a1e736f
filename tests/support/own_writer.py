"""A writer of somebody's own, as a plug-in: it knows one storyboard, and asks nobody."""

from __future__ import annotations

import json

from reelwright.catalogue import Entry
from reelwright.models.bench import Bench
from reelwright.models.video.contract import FREE
from reelwright.models.writers.contract import Draft, WritingRequest
from reelwright.testing.servers.openai_text import storyboard


class OwnWriter:
    """Writes of bread, whatever it is asked."""

    identity = "own-writer/1"

    def __init__(self, name: str) -> None:
        self.name = name

    async def write(self, request: WritingRequest, *, idempotency_key: str = "") -> Draft:
        """Write, at no cost."""
        del request, idempotency_key
        return Draft(text=json.dumps(storyboard()), charge=FREE)

    async def aclose(self) -> None:
        """Nothing is open."""


def build(entry: Entry, bench: Bench) -> OwnWriter:
    """Return the writer of an entry."""
    del bench
    return OwnWriter(entry.name)
