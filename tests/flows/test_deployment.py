"""`prefect.yaml` as it stands: what it deploys can be loaded, filled in and run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from prefect import Flow
from prefect.flows import load_flow_from_entrypoint
from ruamel.yaml import YAML
from support.prefect_server import Server

from flows.episode import produce_episode

ROOT = Path(__file__).parents[2]
PREFECT_YAML = YAML(typ="safe").load(ROOT / "prefect.yaml")
DEPLOYMENTS: list[dict[str, Any]] = PREFECT_YAML["deployments"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda deployment: str(deployment["name"]))
def test_every_entrypoint_is_a_module_and_loads(deployment: dict[str, Any]) -> None:
    """A file entrypoint would deploy green and load a second copy of the module."""
    assert ":" not in deployment["entrypoint"]
    assert isinstance(load_flow_from_entrypoint(deployment["entrypoint"]), Flow)


def test_nothing_runs_by_itself() -> None:
    """A fresh clone that is deployed makes nothing until somebody asks."""
    schedules = [schedule for deployment in DEPLOYMENTS for schedule in deployment.get("schedules", ())]
    assert not any(schedule.get("active", True) for schedule in schedules)


def test_the_form_explains_itself() -> None:
    """Every field that the producer sees in the UI says what it is; only the brief must be filled in."""
    form = produce_episode.parameters
    assert form.required == ["brief"]
    assert [name for name, field in form.properties.items() if not field.get("description")] == []
    fields = form.definitions["Brief"]["properties"] | form.definitions["Shot"]["properties"]
    assert [name for name, field in fields.items() if not field.get("description")] == []


@pytest.mark.slow
def test_a_worker_runs_what_was_deployed(server: Server, tmp_path: Path) -> None:
    """`prefect deploy --all`, a run through the REST API, a worker: an episode. A bad form is refused at once."""
    environment = environment_of(server, tmp_path)
    prefect(environment, "work-pool", "create", "reelwright", "--type", "process")
    prefect(environment, "--no-prompt", "deploy", "--all")
    deployment = server.get("/deployments/name/produce-episode/episode")
    assert deployment["pull_steps"][0]["prefect.deployments.steps.set_working_directory"]["directory"] == str(ROOT)
    path = f"/deployments/{deployment['id']}/create_flow_run"
    no_title = server.http.post(path, json={"parameters": {"brief": {"shots": [{"narration": "Hello."}]}}})
    assert (no_title.status_code, "'title' is a required property" in no_title.text) == (409, True)
    parameters = {
        "brief": {"title": "Hello", "shots": [{"narration": "Hello there."}]},
        "recipe": {"output": {"size": "720x1280", "frame_rate": 25}},
        "out": str(tmp_path / "out"),
    }
    run = server.http.post(path, json={"parameters": parameters}).raise_for_status().json()
    prefect(environment, "worker", "start", "--pool", "reelwright", "--run-once")
    state = server.get(f"/flow_runs/{run['id']}")["state"]
    assert (state["type"], state["message"]) == ("COMPLETED", None)
    assert (tmp_path / "out" / "hello" / "episode.mp4").is_file()


def environment_of(server: Server, home: Path) -> dict[str, str]:
    """An environment with a home of its own that knows the server."""
    return os.environ | {
        "PREFECT_API_URL": server.address,
        "PREFECT_HOME": str(home / "prefect"),
        "REELWRIGHT_HOME": str(home / "reelwright"),
    }


def prefect(environment: dict[str, str], *arguments: str) -> None:
    """Run Prefect's command line in the clone."""
    command = [sys.executable, "-m", "prefect", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
