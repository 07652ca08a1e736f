"""`approval.py`: a person sees the start frames, and what they keep is made."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from support.examples import Examples
from support.prefect_server import Server
from support.terminal import Terminal

from reelwright.media.probe import probe

_PATIENCE_SECONDS = 240

pytestmark = pytest.mark.slow


@pytest.fixture
def terminal(fresh_terminal: Terminal) -> Terminal:
    """A machine that has made nothing yet: what is on it afterwards, the example has made."""
    return fresh_terminal


@contextmanager
def waiting(examples: Examples, server: Server) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Start the flow and let it come to where it asks; yield its process and its run."""
    process = examples.start("approval.py")
    try:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        name, state = {"any_": ["with-approval"]}, {"type": {"any_": ["PAUSED"]}}
        paused = {"flows": {"name": name}, "flow_runs": {"state": state}}
        while not (found := server.http.post("/flow_runs/filter", json=paused).raise_for_status().json()):
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.2)
        (run,) = found
        yield process, run
    finally:
        process.kill()
        process.wait()


def answer(server: Server, run: dict[str, Any], keep: list[int]) -> dict[str, Any]:
    """Press Resume in the UI with these shots; return what the server says."""
    asked = {"run_input": {"keep": keep}}
    told: dict[str, Any] = server.http.post(f"/flow_runs/{run['id']}/resume", json=asked).raise_for_status().json()
    return told


def of_input(server: Server, run: dict[str, Any], part: str) -> Any:
    """The form that a run waits with: its `schema`, or the `description` above it."""
    return server.get(f"/flow_runs/{run['id']}/input/{run['state']['state_details']['run_input_keyset'][part]}")


def pictures(markdown: str) -> list[Image.Image]:
    """The pictures that stand in a text."""
    held = re.findall(r"!\[\d\]\(data:image/jpeg;base64,([^)]+)\)", markdown)
    return [Image.open(io.BytesIO(base64.b64decode(one))).convert("RGB") for one in held]


def unlike(shown: Image.Image, frame: Image.Image) -> float:
    """How far two pictures are apart: the mean difference of their pixels, in steps of 255."""
    apart = np.asarray(shown, np.int16) - np.asarray(frame.resize(shown.size), np.int16)
    return float(np.abs(apart).mean())


@pytest.mark.runs("approval.py")
def test_what_a_person_keeps_is_made(examples: Examples, server: Server) -> None:
    """Two start frames are shown, a number that is none is refused, and the one shot of the video is the one kept."""
    with waiting(examples, server) as (process, run):
        assert not (examples.folder / "out").exists()
        (artifact,) = server.of_run("artifacts", run["id"])
        assert artifact["key"] == "start-frames"
        description = of_input(server, run, "description")
        assert description == artifact["data"]
        assert [prompt in description for prompt in ("A boat on a lake at sunrise", "A boat at sea by night")] == [
            True,
            True,
        ]
        morning, night = pictures(description)
        assert of_input(server, run, "schema")["properties"]["keep"]["description"].startswith("Numbers of the shots")

        refused = answer(server, run, [3])
        assert (refused["status"], "3 is greater than the maximum of 2" in refused["details"]["reason"]) == (
            "REJECT",
            True,
        )
        assert answer(server, run, [2])["status"] == "ACCEPT"
        stdout, stderr, code = examples.ended(process)
    assert (code, stdout) == (0, "out/two-boats/episode.mp4\n"), stderr
    assert server.get(f"/flow_runs/{run['id']}")["state"]["type"] == "COMPLETED"
    video = examples.folder / "out/two-boats/episode.mp4"
    assert probe(video).seconds == 2
    with av.open(video) as opened:
        frames = [frame.to_image() for frame in opened.decode(video=0)]
    # A start frame shows what the moving camera sees half way.
    away = [min(unlike(shown, frame) for frame in frames[16:32:2]) for shown in (night, morning)]
    assert 4 * away[0] < away[1], away
    assert away[0] < 4, away


@pytest.mark.runs("approval.py")
def test_what_nobody_keeps_is_neither_made_nor_paid(examples: Examples, server: Server) -> None:
    """The run is complete; there is no episode, no run that makes one, no clip, and no charge."""
    with waiting(examples, server) as (process, run):
        assert answer(server, run, [])["status"] == "ACCEPT"
        stdout, stderr, code = examples.ended(process)
    assert (code, stdout) == (0, "nothing was kept\n"), stderr
    assert server.get(f"/flow_runs/{run['id']}")["state"]["type"] == "COMPLETED"
    names = {task["name"] for task in server.of_run("task_runs", run["id"])}
    assert {name.partition(" · ")[2] for name in names} == {"", "start frame"}, names
    below = {"flow_runs": {"parent_flow_run_id": {"any_": [run["id"]]}}}
    assert server.http.post("/flow_runs/filter", json=below).raise_for_status().json() == []
    assert not (examples.folder / "out").exists()
    ran = examples.terminal.run("ledger", "charges", "--json")
    assert (ran.exit_code, ran.json) == (0, []), ran.stderr
