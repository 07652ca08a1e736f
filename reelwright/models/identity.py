"""What tells a remote model from another in the key of finished work: what is asked of whom, and no secret."""

from __future__ import annotations

from reelwright.canonical import canonical_json
from reelwright.catalogue import Entry


def identity_of(entry: Entry) -> str:
    """Return the identity of an entry's model: its protocol, host, model and options; never its key or its name."""
    return canonical_json(
        {
            "protocol": entry.protocol,
            "base_url": entry.base_url.rstrip("/"),
            "model": entry.model,
            "query": entry.query,
            "options": entry.options,
        }
    )
