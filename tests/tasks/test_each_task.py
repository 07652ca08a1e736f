"""Each public task as an author may call it: alone, in a flow, submitted, mapped; and its core without Prefect."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.each_task import CASES, NAMES
from support.prefect_server import Server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(prefect_server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of calling them all, see `support.each_call`."""
    folder = tmp_path_factory.mktemp("each-task")
    root = Path(__file__).parents[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("REELWRIGHT_")},
        "PREFECT_API_URL": prefect_server.address,
        "PYTHONPATH": f"{root}{os.pathsep}{root.parent}",
    }
    command = [sys.executable, "-m", "support.each_call", str(folder)]
    ran = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-4000:]
    told: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return told


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    """One public task."""
    found: str = request.param
    return found


@pytest.fixture
def called(name: str, report: dict[str, Any]) -> dict[str, Any]:
    """What came of calling it."""
    answers: dict[str, Any] = report["tasks"][name]
    assert "failed" not in answers, answers.get("failed")
    return answers


def test_it_gives_the_same_value_however_it_is_called(called: dict[str, Any]) -> None:
    """Alone, in a flow, by a future, and under another name: a value each time, never a state."""
    alone = called["alone"]
    assert [called[way] for way in ("renamed", "inside", "submitted")] == [alone] * 3


def test_it_is_mapped_over_two(name: str, called: dict[str, Any]) -> None:
    """Each gets its own: the first comes to what it came to before, the second to another."""
    if name == "reconcile_posts":
        assert called["mapped"] == [], "it takes nothing that it could be mapped over"
    else:
        first, second = called["mapped"]
        assert first == called["alone"]
        assert second != first


def test_its_core_function_gives_the_same_without_prefect(name: str, called: dict[str, Any]) -> None:
    """Under the same keys: what the task made is found there."""
    assert called["core"] == called["alone"]
    if CASES[name].cached:
        assert called["core_found_it"]


def test_what_is_found_again_is_cached_in_a_flow_and_through_a_future(name: str, called: dict[str, Any]) -> None:
    """The graph tells a hit from work, whoever waits for it."""
    wanted = "Cached" if CASES[name].cached else "Completed"
    assert (called["state_inside"], called["state_submitted"]) == (wanted, wanted)


def test_nothing_was_paid_or_posted_twice(report: dict[str, Any]) -> None:
    """However often it was asked for: one clip for each that was wanted, one post on each channel."""
    assert report["paid"] == report["bought"] > 0
    assert report["posts"] == ["posted1", "posted2", "seen1", "seen2"]
