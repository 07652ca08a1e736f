"""The protocols of transcribers: a new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reelwright.models.bench import Bench, builder
from reelwright.models.transcribers.contract import Transcriber

if TYPE_CHECKING:
    from reelwright.catalogue import Entry

PROTOCOLS: Mapping[str, str] = {
    "local": "reelwright.models.transcribers.local",
    "elevenlabs-alignment": "reelwright.models.transcribers.elevenlabs_alignment",
    "openai-transcriptions": "reelwright.models.transcribers.openai_transcriptions",
}
"""The module whose `build` makes a model that speaks it; imported when it is needed."""


def build(entry: Entry, bench: Bench) -> Transcriber:
    """Return the transcriber of an entry.

    Raises:
        InvalidInput: this version does not speak its protocol, or its definition does not fit it.
    """
    model: Transcriber = builder(PROTOCOLS, entry)(entry, bench)
    return model
