"""What NOTICE says of others' work is true of this clone."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_path_that_it_names_is_there() -> None:
    """Whoever asks what was taken over finds it."""
    named = re.findall(r"[\w.-]+(?:/[\w.-]+)+", (ROOT / "NOTICE").read_text("utf-8"))
    assert "reelwright/testing/servers/specs" in named
    assert [path for path in named if not (ROOT / path).exists()] == []
