"""The flow that a page deploys: its two files as they stand there, a form that explains itself, a run by REST."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.prefect_server import Server
from support.terminal import Terminal

PAGE = (Path(__file__).parents[1] / "docs/pages/how-to/deploy.md").read_text("utf-8")

pytestmark = pytest.mark.slow


def written(begins: str) -> str:
    """A block of the page, by how it begins."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (block,) = [block for block in blocks if block.startswith(begins)]
    return str(block)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page's files, named as the page names them."""
    folder = tmp_path_factory.mktemp("clone")
    (folder / "our_show").mkdir()
    (folder / "our_show/greeting.py").write_text(written("from prefect import flow\n\nfrom flows.episode"), "utf-8")
    (folder / "our-show.yaml").write_text(written("name: our-show"), "utf-8")
    return folder


@pytest.fixture(scope="module")
def deployment(clone: Path, server: Server, terminal: Terminal) -> dict[str, Any]:
    """What the server knows of it after the page's command."""
    if server.http.get("/work_pools/reelwright").status_code == httpx.codes.NOT_FOUND:
        server.http.post("/work_pools/", json={"name": "reelwright", "type": "process"}).raise_for_status()
    prefect(clone, server, terminal, *told("prefect --no-prompt deploy"))
    found: dict[str, Any] = server.get("/deployments/name/greeting/greeting")
    return found


def told(command: str) -> list[str]:
    """The arguments that the page gives to a `prefect` command."""
    (line,) = re.findall(rf"^\.venv/bin/({command}.*)$", PAGE, re.MULTILINE)
    return str(line).split()[1:]


def prefect(clone: Path, server: Server, terminal: Terminal, *arguments: str) -> None:
    """Run Prefect's command line in the clone."""
    environment = os.environ | terminal.environment | {"PREFECT_API_URL": server.address}
    command = [sys.executable, "-m", "prefect", *arguments]
    done = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_form_tells_what_the_function_says(deployment: dict[str, Any]) -> None:
    """Each parameter has its line of `Args`; the schedule has its own title, the deployment the rest."""
    fields = deployment["parameter_openapi_schema"]["properties"]
    assert fields["shelf"]["description"] == "A folder where it is published. Empty: nowhere."
    assert [name for name in ("title", "lines", "recipe") if not fields[name].get("description")] == []
    (schedule,) = deployment["schedules"]
    assert (schedule["slug"], schedule["parameters"]) == ("mornings", {"title": "Good morning"})


def test_a_run_by_rest_is_made_and_published(
    deployment: dict[str, Any], clone: Path, server: Server, terminal: Terminal, tmp_path: Path
) -> None:
    """201, then 200 for the same key, 409 for what the form refuses; a worker makes it and puts it on the shelf."""
    path = f"/deployments/{deployment['id']}/create_flow_run"
    asked = {
        "idempotency_key": "hello-1",
        "parameters": {"title": "Hello", "lines": ["Good morning."], "shelf": str(tmp_path)},
    }
    first, second = (server.http.post(path, json=asked) for _ in range(2))
    assert (first.status_code, second.status_code) == (httpx.codes.CREATED, httpx.codes.OK)
    assert first.json()["id"] == second.json()["id"]
    refused = server.http.post(path, json={"parameters": {"title": "Hello", "lines": "Good morning."}})
    assert refused.status_code == httpx.codes.CONFLICT
    assert "lines" in refused.json()["detail"]
    prefect(
        clone, server, terminal, "worker", "start", "--pool", "reelwright", "--run-once", "--install-policy", "never"
    )
    run = server.get(f"/flow_runs/{first.json()['id']}")
    assert (run["name"], run["state"]["type"]) == ("Hello", "COMPLETED"), run["state"]
    assert (tmp_path / "hello" / "episode.mp4").stat().st_size > 10_000
