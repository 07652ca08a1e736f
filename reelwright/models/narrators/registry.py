"""The protocols of narrators: a new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reelwright.models.bench import Bench, builder
from reelwright.models.narrators.contract import Narrator

if TYPE_CHECKING:
    from reelwright.catalogue import Entry

PROTOCOLS: Mapping[str, str] = {
    "local": "reelwright.models.narrators.local",
    "elevenlabs": "reelwright.models.narrators.elevenlabs",
    "gemini-tts": "reelwright.models.narrators.gemini_tts",
    "openai-speech": "reelwright.models.narrators.openai_speech",
}
"""The module whose `build` makes a model that speaks it; imported when it is needed."""


def build(entry: Entry, bench: Bench) -> Narrator:
    """Return the narrator of an entry.

    Raises:
        InvalidInput: this version does not speak its protocol, or its definition does not fit it.
    """
    model: Narrator = builder(PROTOCOLS, entry)(entry, bench)
    return model
