"""`deployments/CHANNELS.md`: every kind of channel for readers, always as its rules are."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.commands.channels_table import document
from reelwright.publishing.registry import KINDS, rules_of

DOCUMENT = Path(__file__).parents[2] / "deployments" / "CHANNELS.md"


def test_the_document_is_what_the_command_prints() -> None:
    """After a change of a kind's rules: `reelwright channels > deployments/CHANNELS.md`."""
    assert DOCUMENT.read_text("utf-8") == document()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_documented_error_stands_there_with_what_a_person_should_do(kind: str) -> None:
    """None is left out, and none is told twice."""
    part, rules = document(kind), rules_of(kind)
    assert part in document()
    for error in rules.errors:
        told = [line for line in part.splitlines() if line.startswith(f"| `{error.name}` | {error.status or '–'} |")]
        assert [line for line in told if error.person_should in line.replace("\\|", "|")]


def test_the_facts_that_old_knowledge_gets_wrong_are_there() -> None:
    """Five hashtags at Instagram, 300 MB, videos.insert in a bucket of its own, an unaudited client told plainly."""
    instagram, youtube, tiktok = document("instagram"), document("youtube"), document("tiktok")
    assert "| hashtags | 5 |" in instagram
    assert "| file | 300 MB |" in instagram
    assert "videos.insert per day" in youtube
    assert "audit" in tiktok.lower()
