"""The protocols of writers: a new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reelwright.models.bench import Bench, builder
from reelwright.models.writers.contract import Writer

if TYPE_CHECKING:
    from reelwright.catalogue import Entry

PROTOCOLS: Mapping[str, str] = {
    "anthropic-messages": "reelwright.models.writers.anthropic_messages",
    "gemini-text": "reelwright.models.writers.gemini_text",
    "openai-responses": "reelwright.models.writers.openai_text",
    "openai-chat": "reelwright.models.writers.openai_text",
}
"""The module whose `build` makes a model that speaks it; imported when it is needed."""


def build(entry: Entry, bench: Bench) -> Writer:
    """Return the writer of an entry.

    Raises:
        InvalidInput: this version does not speak its protocol, or its definition does not fit it.
    """
    model: Writer = builder(PROTOCOLS, entry)(entry, bench)
    return model
