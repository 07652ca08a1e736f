"""The flows that authors write in `tests/author` run: what is type-checked there does what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.prefect_server import Server
from support.terminal import Terminal

from reelwright.media.master import broken_promises
from reelwright.media.probe import probe
from reelwright.recipe import OutputFormat

TESTS = Path(__file__).parents[1]
BRIEF = """
title: Why tea is brown
shots:
  - {narration: Leaves hold tannin., camera: push}
  - {prompt: Steam rises, seconds: 1, continues: true}
"""


@pytest.mark.slow
def test_an_author_s_flows_make_and_publish_an_episode(terminal: Terminal, server: Server, tmp_path: Path) -> None:
    """A whole master, made once however often it is asked for, and put where the channel is."""
    source = tmp_path / "tea.yaml"
    source.write_text(BRIEF, "utf-8")
    names = terminal.environment | {
        "PREFECT_API_URL": server.address,
        "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}",
    }
    command = [sys.executable, "-m", "author", str(source), str(tmp_path)]
    ran = subprocess.run(
        command, cwd=tmp_path, env=os.environ | names, capture_output=True, text=True, timeout=400, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [
        "2 pictures",
        "2 and 0 of 2 shots made",
        "archive: published",
        "Cached bright calm",
    ]
    master = tmp_path / "film" / "episode.mp4"
    assert broken_promises(master, OutputFormat(size="720x1280", frame_rate=24)) == ()
    facts = probe(master)
    assert facts.video is not None
    assert facts.seconds > 2 + 1  # the card and the silent shot, beside what is said
    assert [path.read_bytes() == master.read_bytes() for path in (tmp_path / "archive").rglob("*.mp4")] == [True]
