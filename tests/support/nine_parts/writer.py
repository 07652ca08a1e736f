"""A writer: it knows one storyboard of two shots."""

from __future__ import annotations

import json

from reelwright import Entry
from reelwright.models.bench import Bench
from reelwright.models.video.contract import FREE
from reelwright.models.writers.contract import Draft, WritingRequest

TITLE = "Parts of one's own"
LINES = ("One two three four five.", "Six seven eight nine ten.")


class Author:
    """Writes the same, whatever it is asked."""

    identity = "nine-parts-writer/1"

    def __init__(self, name: str) -> None:
        self.name = name

    async def write(self, request: WritingRequest, *, idempotency_key: str = "") -> Draft:
        """Write, at no cost."""
        del request, idempotency_key
        hook, second = (
            {"narration": line, "dialogue": "", "picture": f"A wall, {line}", "camera": "still", "characters": []}
            for line in LINES
        )
        told = {"title": TITLE, "description": "Nine of them.", "hashtags": ["parts", "own", "nine"]}
        board = {**told, "world": "A wall.", "characters": [], "hook": hook, "shots": [second]}
        return Draft(text=json.dumps(board), charge=FREE)

    async def aclose(self) -> None:
        """Nothing is open."""


def build(entry: Entry, bench: Bench) -> Author:
    """Return the writer of an entry."""
    del bench
    return Author(entry.name)
