"""`nightly_batch.py`: scripts become runs of the deployment `episode`, each once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.examples import EXAMPLES, Examples
from support.life import TINY
from support.prefect_server import Server
from support.terminal import Terminal

from flows.episode import produce_episode
from reelwright.media.probe import probe

ROOT = EXAMPLES.parent
DEPLOYMENT = "/deployments/name/produce-episode/episode"
SCRIPTS = {
    "bread.md": "# Why bread goes stale\n\nIts starch turns\ninto crystals.\n\nWarm it up.\n",
    "tea.md": "# Why tea is brown\n\nLeaves hold tannin.\n",
}

pytestmark = pytest.mark.slow


@pytest.fixture
def terminal(fresh_terminal: Terminal) -> Terminal:
    """A machine that has made nothing yet."""
    return fresh_terminal


@pytest.fixture
def form(server: Server) -> Iterator[None]:
    """The deployment `episode` as far as its form: nobody works for it."""
    flow = server.http.post("/flows/", json={"name": "produce-episode"}).raise_for_status().json()
    schema = produce_episode.parameters.model_dump_for_openapi()
    asked = {"name": "episode", "flow_id": flow["id"], "parameter_openapi_schema": schema}
    server.http.post("/deployments/", json=asked | {"enforce_parameter_schema": True}).raise_for_status()
    yield
    take_away(server)


def take_away(server: Server) -> None:
    """Take the deployment and its runs from the server: else the next test finds the run of the same script."""
    for run in runs(server).values():
        server.http.delete(f"/flow_runs/{run['id']}").raise_for_status()
    server.http.delete(f"/deployments/{server.get(DEPLOYMENT)['id']}").raise_for_status()


@pytest.fixture
def clone(examples: Examples, server: Server) -> Iterator[Path]:
    """A folder that `episode` is deployed from, with a recipe of little work; what that leaves on the server goes."""
    clone = examples.folder / "clone"
    shutil.copytree(ROOT / "deployments", clone / "deployments")
    shutil.copy(ROOT / "prefect.yaml", clone)
    server.http.post("/work_pools/", json={"name": "reelwright", "type": "process"}).raise_for_status()
    ran = prefect(examples, clone, "--no-prompt", "deploy", "--name", "episode")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    recipe = {"parameters": {"recipe": TINY}}
    server.http.patch(f"/deployments/{server.get(DEPLOYMENT)['id']}", json=recipe).raise_for_status()
    yield clone
    take_away(server)
    server.http.delete("/work_pools/reelwright").raise_for_status()


def prefect(examples: Examples, clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Prefect's command line in the clone."""
    environment = os.environ | examples.terminal.environment | {"PREFECT_API_URL": examples.address, "NO_COLOR": "1"}
    command = [sys.executable, "-m", "prefect", *arguments]
    return subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, timeout=400, check=False)


def runs(server: Server) -> dict[str, dict[str, Any]]:
    """The runs of the deployment, by name."""
    of = {"deployments": {"name": {"any_": ["episode"]}}}
    found = server.http.post("/flow_runs/filter", json=of).raise_for_status().json()
    assert len({run["name"] for run in found}) == len(found)
    return {run["name"]: run for run in found}


def put(folder: Path, scripts: dict[str, str]) -> Path:
    """Write scripts into a folder."""
    folder.mkdir()
    for name, text in scripts.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.runs("nightly_batch.py")
def test_a_script_is_made_once_however_often_it_is_asked_for(examples: Examples, clone: Path, server: Server) -> None:
    """Asked for by two at once, made by a worker, asked for again: two runs, two videos, and each is told by its id."""
    scripts = put(examples.folder / "scripts", SCRIPTS)
    both = [examples.start("nightly_batch.py", scripts) for _ in range(2)]
    told = [examples.ended(process) for process in both]
    assert [(stderr, code) for _, stderr, code in told] == [("", 0), ("", 0)]
    made = runs(server)
    assert sorted(made) == ["Why bread goes stale", "Why tea is brown"]
    lines = sorted(line for stdout, _, _ in told for line in stdout.splitlines())
    bread, tea = (made[title]["id"] for title in sorted(made))
    said = [("bread.md", bread), ("tea.md", tea)]
    twice = [f"{name}: {how}, run {run}, Scheduled" for name, run in said for how in ("asked for", "there already")]
    assert lines == twice
    assert made["Why bread goes stale"]["parameters"] == {
        "brief": {
            "title": "Why bread goes stale",
            "shots": [{"narration": "Its starch turns into crystals."}, {"narration": "Warm it up."}],
        },
        "recipe": TINY,
    }

    worker = prefect(examples, clone, "worker", "start", "--pool", "reelwright", "--run-once")
    assert [run["state"]["type"] for run in runs(server).values()] == ["COMPLETED", "COMPLETED"], worker.stderr
    videos = [clone / "out" / name / "episode.mp4" for name in ("why-bread-goes-stale", "why-tea-is-brown")]
    assert [probe(video).seconds > 0 for video in videos] == [True, True]

    again = examples.run("nightly_batch.py", scripts)
    assert again == [f"{name}: there already, run {run}, Completed" for name, run in said]
    assert {(run["id"], run["run_count"]) for run in runs(server).values()} == {(bread, 1), (tea, 1)}


@pytest.mark.usefixtures("form")
@pytest.mark.runs("nightly_batch.py")
def test_a_script_that_will_not_do_is_refused_and_the_others_are_asked_for(examples: Examples, server: Server) -> None:
    """Each with its reason: what the example finds, what the deployment's form finds; the batch ends with 1."""
    wrong = {
        "bare.md": "# A title, and nothing below it\n",
        "empty.md": "\n",
        "long.md": f"# {'x' * 101}\n\nToo long a title.\n",
    }
    scripts = put(examples.folder / "scripts", wrong | {"tea.md": SCRIPTS["tea.md"]})
    (scripts / "latin.md").write_bytes(b"# Caf\xe9\n\nIn Latin 1.\n")
    stdout, stderr, code = examples.ended(examples.start("nightly_batch.py", scripts))
    assert (code, stderr) == (1, "")
    bare, empty, latin, long, tea = stdout.splitlines()
    assert "bare.md: refused, it needs a title, and below it a paragraph for each shot" in bare
    assert empty.replace("empty.md", "bare.md") == bare
    assert latin.startswith("latin.md: refused, 'utf-8' codec can't decode byte 0xe9")
    assert long.startswith("long.md: refused, ")
    assert "brief.title" in long
    assert tea.startswith("tea.md: asked for, run ")
    assert sorted(runs(server)) == ["Why tea is brown"]


@pytest.mark.runs("nightly_batch.py")
def test_without_the_deployment_or_the_server_the_batch_says_so(examples: Examples) -> None:
    """In one line, not in a traceback."""
    scripts = put(examples.folder / "scripts", SCRIPTS)
    _, nothing_deployed, code = examples.ended(examples.start("nightly_batch.py", scripts))
    assert (code, nothing_deployed.count("\n")) == (1, 1)
    nobody = "http://127.0.0.1:1/api"
    _, no_server, code = examples.ended(examples.start("nightly_batch.py", scripts, PREFECT_API_URL=nobody))
    assert (code, no_server.startswith(nobody), no_server.count("\n")) == (1, True, 1)
