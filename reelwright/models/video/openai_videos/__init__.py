"""The protocol `openai-videos`: `/v1/videos` as OpenAI defined it, and as others serve it to this day.

Source: OpenAI's published OpenAPI document (2026-08-21) and the servers' own code; see `dialects` for who differs how.
An entry's `options` are the fields of `Dialect`: `{dialect: vllm-omni}` is enough for a known server, and every field
can be set on its own for one that is not known.
"""

from __future__ import annotations

from reelwright.catalogue import Entry
from reelwright.models.bench import Bench
from reelwright.models.video.openai_videos.dialects import dialect_of, with_abilities
from reelwright.models.video.openai_videos.model import OpenAIVideos


def complete(entry: Entry) -> Entry:
    """Return the entry with what models behind its dialect can do, where it does not say itself.

    Raises:
        RecipeError: its options are none.
    """
    return with_abilities(entry, dialect_of(entry))


def build(entry: Entry, bench: Bench) -> OpenAIVideos:
    """Return the model of an entry.

    Raises:
        InvalidInput: its address or its options are none.
    """
    return OpenAIVideos(entry, bench.vault, bench.credential)
