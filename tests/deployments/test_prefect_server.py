"""What is deployed on a real Prefect server: it loads, it runs, and what is taken out stops running."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.prefect_server import Server

from flows.commands.series_deploy import deploy_series

ROOT = Path(__file__).parents[2]
PLACES = ("harbour", "forest", "desert")
TINY = {
    "output": {"size": "720x1280", "frame_rate": 24},
    "voice": {"narrator": "none"},
    "captions": {"preset": "none"},
    "music": {"source": "none"},
    "content_credentials": False,
    "chapters": False,
}
DUE = {
    "series-kitchen-science": "2026-12-01T09:00:00Z",
    "series-quiet-corners": "2026-12-04T08:00:00Z",
    "series-word-of-the-day": "2026-12-01T09:00:00Z",
}
"""A moment at which one slot of each is due."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what deploys; its series tell of a shot of a second each, so that a test can run them all."""
    clone = tmp_path / "clone"
    clone.mkdir()
    shutil.copytree(ROOT / "deployments", clone / "deployments")
    shutil.copy(ROOT / "prefect.yaml", clone)
    for path in (clone / "deployments" / "series").glob("*.yaml"):
        told: dict[str, Any] = YAML(typ="safe").load(path)
        topics = [{"title": f"The {place}", "shots": [{"prompt": f"A {place}.", "seconds": 1}]} for place in PLACES]
        path.write_text(json.dumps(told | {"topics": {"list": topics}, "recipe": TINY}), "utf-8")
    monkeypatch.chdir(clone)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.setenv("REELWRIGHT_HOME", str(tmp_path / "reelwright"))
    monkeypatch.delenv("REELWRIGHT_IMAGE", raising=False)
    return clone


def prefect(server: Server, clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Prefect's command line in the clone."""
    command = [sys.executable, "-m", "prefect", *arguments]
    environment = os.environ | {"PREFECT_API_URL": server.address, "NO_COLOR": "1", "COLUMNS": "400"}
    return subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, timeout=400, check=False)


def deployments(server: Server) -> dict[str, dict[str, Any]]:
    """What is deployed, by name."""
    found: list[dict[str, Any]] = server.http.post("/deployments/filter", json={}).raise_for_status().json()
    return {one["name"]: one for one in found}


def test_all_that_is_deployed_runs_and_what_is_taken_out_stops(server: Server, clone: Path) -> None:
    """`prefect deploy --all` as the file stands; a run of each; a series and a time fewer, and they are gone."""
    server.http.post("/work_pools/", json={"name": "reelwright", "type": "process"}).raise_for_status()
    deployed = prefect(server, clone, "--no-prompt", "deploy", "--all")
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    found = deployments(server)
    wanted = [one["name"] for one in YAML(typ="safe").load(clone / "prefect.yaml")["deployments"]]
    assert sorted(found) == sorted(wanted)
    assert not any(schedule["active"] for one in found.values() for schedule in one["schedules"])
    kitchen = found["series-kitchen-science"]
    assert kitchen["pull_steps"][0]["prefect.deployments.steps.set_working_directory"]["directory"] == str(clone)
    assert (kitchen["concurrency_options"]["collision_strategy"], kitchen["global_concurrency_limit"]["limit"]) == (
        "ENQUEUE",
        1,
    )
    last = found.pop("publication")
    run_to_the_end(server, clone, list(found.values()))
    assert (clone / "out" / "hello" / "episode.mp4").is_file()
    run_to_the_end(server, clone, [last])
    assert list((clone / "published").rglob("*.mp4")) != []
    made = {path.parents[2].name for path in (clone / "out").glob("*/*/*/episode.mp4")}
    assert made == {"kitchen-science", "quiet-corners", "word-of-the-day"}
    wait_for_a_person(server, clone)
    take_out(server, clone)


def wait_for_a_person(server: Server, clone: Path) -> None:
    """A series with a review starts a run of its own for each slot; run again, it waits for that one."""
    file = clone / "deployments" / "series" / "word-of-the-day.yaml"
    told = json.loads(file.read_text("utf-8")) | {"review": "storyboard"}
    (clone / "reviewed.yaml").write_text(json.dumps(told), "utf-8")
    for _ in range(2):
        report = reelwright(server, clone, "series", "run", "reviewed.yaml", "--now", "2026-12-01T09:00:00", "--json")
        assert [(slot["state"], slot["title"]) for slot in report["slots"]] == [("in review", "The harbour")]
    scheduled: list[dict[str, Any]] = server.http.post(
        "/flow_runs/filter", json={"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    ).json()
    (run,) = [one for one in scheduled if one["parameters"].get("review") == "storyboard"]
    assert run["parameters"]["out"] == "out/reviewed/2026-12-01-0730"
    assert run["parameters"]["recipe"]["budget"]["series"] == "reviewed"
    server.http.delete(f"/flow_runs/{run['id']}").raise_for_status()


def reelwright(server: Server, clone: Path, *arguments: str) -> Any:
    """Run a command in the clone; return what it prints."""
    environment = os.environ | {"PREFECT_API_URL": server.address}
    done = subprocess.run(
        [sys.executable, "-m", "flows", *arguments], cwd=clone, env=environment, capture_output=True, text=True,
        timeout=400, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def run_to_the_end(server: Server, clone: Path, chosen: list[dict[str, Any]]) -> None:
    """Start a run of each deployment, and let a worker work until nothing is left."""
    runs = {one["name"]: started(server, one) for one in chosen}
    worker = prefect(server, clone, "worker", "start", "--pool", "reelwright", "--run-once")
    states = {name: server.get(f"/flow_runs/{run}")["state"] for name, run in runs.items()}
    told = [(name, state["name"], state["message"]) for name, state in states.items() if state["type"] != "COMPLETED"]
    assert told == [], worker.stderr[-4000:]


def take_out(server: Server, clone: Path) -> None:
    """Take a series and a time out of the files, and deploy again: of one deployment, that is enough."""
    series = clone / "deployments" / "series"
    (series / "quiet-corners.yaml").unlink()
    word = series / "word-of-the-day.yaml"
    word.write_text(word.read_text("utf-8").replace("07:30", "08:45"), "utf-8")
    deploy_series(check=False)
    deployed = prefect(server, clone, "--no-prompt", "deploy", "--name", "series-word-of-the-day")
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    found = deployments(server)
    assert "series-quiet-corners" not in found
    slugs = {schedule["slug"] for schedule in found["series-word-of-the-day"]["schedules"]}
    assert slugs == {"mornings-0845", "mornings-0845-slot"}


def started(server: Server, deployment: dict[str, Any]) -> str:
    """Start a run of a deployment as its form would; return the run's id."""
    path = f"/deployments/{deployment['id']}/create_flow_run"
    parameters: dict[str, Any] = {"now": DUE[deployment["name"]]} if deployment["name"] in DUE else {}
    if deployment["name"] == "publication":
        parameters = {"episode": "out/hello", "channels": [{"kind": "folder", "settings": {"path": "published"}}]}
    if deployment["name"] == "episode":
        shots = [{"prompt": "A harbour.", "seconds": 1}]
        parameters = {"brief": {"title": "Hello", "shots": shots}, "recipe": TINY}
        no_title = server.http.post(path, json={"parameters": {"brief": {"shots": shots}}})
        assert (no_title.status_code, "'title' is a required property" in no_title.text) == (409, True)
    run = server.http.post(path, json={"parameters": deployment["parameters"] | parameters})
    return str(run.raise_for_status().json()["id"])


def make_pool(server: Server, clone: Path, kind: str) -> None:
    """Make a pool of a kind from its template, as `prefect work-pool create --base-job-template` does."""
    template = json.loads((clone / "deployments" / f"{kind}-pool.json").read_text("utf-8"))
    pool = {"name": f"reelwright-{kind}", "type": kind, "base_job_template": template}
    server.http.post("/work_pools/", json=pool).raise_for_status()


def test_without_their_image_containers_are_not_deployed(server: Server, clone: Path) -> None:
    """The deploy ends at once and says which variable is missing; nothing is left on the server."""
    make_pool(server, clone, "docker")
    refused = prefect(server, clone, "--no-prompt", "deploy", "--all", "--prefect-file", "deployments/docker.yaml")
    assert refused.returncode != 0
    assert "REELWRIGHT_IMAGE" in refused.stdout + refused.stderr
    assert not [one for one in deployments(server).values() if one["work_pool_name"] == "reelwright-docker"]


def test_with_their_image_containers_are_deployed(server: Server, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server takes the pool's template, and the image's name stands in the deployment."""
    make_pool(server, clone, "kubernetes")
    monkeypatch.setenv("REELWRIGHT_IMAGE", "registry.example/reelwright:1")
    file = "deployments/kubernetes.yaml"
    deployed = prefect(server, clone, "--no-prompt", "deploy", "--name", "episode", "--prefect-file", file)
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    episode = deployments(server)["episode"]
    assert episode["job_variables"] == {"image": "registry.example/reelwright:1"}
    assert episode["work_pool_name"] == "reelwright-kubernetes"
