"""A machine that dies in the middle of a batch: its runs end as crashed, and what is missing is made without a word."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.life import TINY, Life, listener, living
from support.terminal import Terminal

from flows.local_server import free_port

ROOT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 400

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with one series, whose two slots of today are due now."""
    clone = tmp_path / "clone"
    (clone / "deployments" / "series").mkdir(parents=True)
    shutil.copy(ROOT / "prefect.yaml", clone)
    now = datetime.now(UTC)
    topics = [
        {"title": f"The {place}", "shots": [{"prompt": f"A {place}.", "seconds": 1}]} for place in ("harbour", "forest")
    ]
    series = {
        "title": "Places",
        "topics": {"list": topics},
        "time_zone": "UTC",
        "slots": [{"times": [f"{now + timedelta(minutes=ahead):%H:%M}" for ahead in (30, 40)]}],
        "lead_hours": 1,
        "at_once": 1,
        "recipe": TINY,
        "active": False,
    }
    (clone / "deployments" / "series" / "places.yaml").write_text(json.dumps(series), "utf-8")
    monkeypatch.chdir(clone)
    return clone


@pytest.fixture
def terminal(clone: Path, tmp_path: Path) -> Terminal:
    """A machine whose runs give a sign of life every half a minute: it counts as dead after a hundred seconds."""
    terminal = Terminal(tmp_path / "home")
    terminal.home.mkdir()
    terminal.environment |= {"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30", "PYTHONPATH": str(ROOT)}
    assert terminal.run("series", "deploy", "--json").exit_code == 0
    assert (clone / "prefect.yaml").read_text("utf-8").count("name: series-") == 1
    return terminal


def test_a_worker_that_dies_with_its_run_is_told_and_its_batch_is_taken_up(clone: Path, terminal: Terminal) -> None:
    """The server lives: its automation ends the run, tells a person once, and another run makes the rest."""
    out = clone / "out"
    with listener() as (address, heard), living(terminal, out, free_port()) as life:
        life.be_told_at(address)
        dead = start(life)
        wait_until(lambda: bool(list(out.rglob("manifest.json"))))
        (first,) = out.rglob("episode.mp4")
        whole = first.read_bytes()
        kill(life.process.pid, but="flows.local_server")
        assert states(life)[dead] == "RUNNING"
        wait_until(lambda: states(life).get(dead) == "CRASHED")
        assert message(life, dead).startswith("No sign of life for 100 seconds")
        wait_until(lambda: sorted(states(life).values()) == ["COMPLETED", "CRASHED"])
        wait_until(lambda: bool(heard))
        time.sleep(5)  # a second one would follow at once
    assert sorted(path.parent.name for path in out.rglob("manifest.json")) == ["the-forest", "the-harbour"]
    assert first.read_bytes() == whole
    assert len(heard) == 1
    assert "No sign of life" in heard[0]
    assert "taken up again by itself" in heard[0]


def test_a_machine_that_dies_whole_leaves_no_run_at_work(clone: Path, terminal: Terminal) -> None:
    """Server, worker and run are killed at once. Started again, the run and the one inside it end as crashed."""
    port, out = free_port(), clone / "out"
    with living(terminal, out, port) as life:
        dead = start(life)
        wait_until(lambda: [run["state_type"] for run in runs(life, "produce-episode")] == ["RUNNING"])
        kill(life.process.pid)
        life.process.wait()
    with living(terminal, out, port) as life:
        assert states(life)[dead] == "RUNNING"
        wait_until(lambda: states(life).get(dead) == "CRASHED")
        wait_until(lambda: [run["state_type"] for run in runs(life, "produce-episode")][:1] == ["CRASHED"])
        assert message(life, dead).startswith("No sign of life for 100 seconds")


def test_a_person_who_stops_it_leaves_nothing_at_work(clone: Path, terminal: Terminal) -> None:
    """The run is ended and told before the server goes: nothing of it is left, and nobody has to wait."""
    port, out = free_port(), clone / "out"
    with living(terminal, out, port) as life:
        dead = start(life)
        wait_until(lambda: [run["state_type"] for run in runs(life, "produce-episode")] == ["RUNNING"])
        family = family_of(life.process.pid)
        assert [pid for pid in family if "prefect.engine" in command_of(pid)]
    assert [command_of(pid) for pid in family if command_of(pid)] == []
    with living(terminal, out, port) as life:
        assert states(life)[dead] == "CRASHED"


def start(life: Life) -> str:
    """Start a run of the series as its schedule would; return its id."""
    deployment = life.http.get("/deployments/name/produce-series/series-places").raise_for_status().json()["id"]
    run = life.http.post(f"/deployments/{deployment}/create_flow_run", json={}).raise_for_status().json()
    return str(run["id"])


def message(life: Life, run: str) -> str:
    """What is told of a run's state."""
    return str(life.http.get(f"/flow_runs/{run}").raise_for_status().json()["state"]["message"])


def states(life: Life) -> dict[str, str]:
    """The state of each run of a series, by its id; nothing while the server is busy."""
    return {run["id"]: run["state_type"] for run in runs(life, "produce-series")}


def runs(life: Life, flow: str) -> list[dict[str, Any]]:
    """The runs of a flow; none while the server is busy."""
    with contextlib.suppress(httpx.HTTPError):
        answer = life.http.post("/flow_runs/filter", json={"flows": {"name": {"any_": [flow]}}}).raise_for_status()
        return list(answer.json())
    return []


def family_of(pid: int) -> list[int]:
    """A process and all that it has started, and so on."""
    family = [pid]
    for member in family:
        for thread in Path(f"/proc/{member}/task").iterdir():
            family += map(int, (thread / "children").read_text().split())
    return family


def command_of(pid: int) -> str:
    """What a process was started as; nothing once it has gone."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def kill(pid: int, *, but: str = "") -> None:
    """Kill a process with all that it has started, as a power cut does: nobody has time to tell of it.

    `but` spares those whose command names it, and then the process itself as well.
    """
    family = family_of(pid)
    doomed = [member for member in family[1:] if but not in command_of(member)] if but else family
    for member in doomed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)


def wait_until(happened: Any) -> None:
    """Wait for something that has its time."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.5)
