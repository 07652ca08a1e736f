"""The shared set-up by hand: every service as deployments/compose.yaml says it, and an episode made by it."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
from support.composition import Composition, composition
from support.prefect_server import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
_PATIENCE_SECONDS = 300
TINY = {
    "output": {"size": "720x1280", "frame_rate": 24},
    "voice": {"narrator": "none"},
    "captions": {"preset": "none"},
    "music": {"source": "none"},
}


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composition]:
    """Start the services in the order of the file; each is healthy, by its own check, before the next."""
    with composition(tmp_path_factory.mktemp("composed")) as made:
        for service in made.services:
            if service != "postgres":
                made.start(service)
        yield made


@pytest.fixture
def server(composed: Composition) -> Iterator[Server]:
    """The server of the file."""
    with httpx.Client(base_url=f"{composed.address('server')}/api", timeout=60) as http:
        yield Server(f"{composed.address('server')}/api", http, composed.folder / "tmp" / "server")


def test_a_run_started_from_the_ui_becomes_an_episode(composed: Composition, server: Server) -> None:
    """Server, services, Redis, PostgreSQL and worker do their part; the video plays where its run's page links to."""
    deployment = server.get("/deployments/name/produce-episode/episode")["id"]
    shots = [{"prompt": "A harbour.", "seconds": 1}, {"prompt": "A forest.", "seconds": 1}]
    parameters = {"brief": {"title": "Hello", "shots": shots}, "recipe": TINY}
    run = server.http.post(f"/deployments/{deployment}/create_flow_run", json={"parameters": parameters})
    run_id = run.raise_for_status().json()["id"]
    ended = waited(server, run_id)
    assert ended["state"]["type"] == "COMPLETED", (ended["state"], composed.log("worker"))
    # States of tasks travel as events: from the worker to the server, through Redis to the services, into the tables.
    tasks = {one["state"]["type"] for one in waited_for_tasks(server, run_id)}
    assert tasks == {"COMPLETED"}
    (video,) = (composed.clone / "out").rglob("episode.mp4")
    address = f"{composed.address('episodes')}/{video.relative_to(composed.clone / 'out')}"
    assert any(address in str(one["data"]) for one in server.of_run("artifacts", run_id))
    part = httpx.get(address, headers={"Range": "bytes=0-99"})
    assert (part.status_code, part.content) == (httpx.codes.PARTIAL_CONTENT, video.read_bytes()[:100])


def test_nothing_is_kept_outside_the_databases(composed: Composition) -> None:
    """Runs are in Prefect's database, the ledger in its own: no service has an SQLite file."""
    with psycopg.connect(composed.ledger) as connection:
        tables = {row[0] for row in connection.execute("select tablename from pg_tables where schemaname = 'public'")}
    assert "alembic_version" in tables
    assert "flow_run" not in tables
    assert list(composed.folder.rglob("*.db")) == []


def test_the_ui_is_served_from_the_folder_that_may_be_written(composed: Composition) -> None:
    """Prefect copies its pages before it shows them; in a read-only container that needs a place."""
    page = httpx.get(f"{composed.address('server')}/", follow_redirects=True, headers={"Accept": "text/html"})
    assert (page.status_code, "<title>Prefect" in page.text) == (httpx.codes.OK, True)
    assert (composed.folder / "tmp" / "server" / "ui").is_dir()


def test_every_service_ends_when_it_is_told_to(composed: Composition) -> None:
    """`docker compose stop`: none has to be killed. What serves pages ends its requests, then by the signal itself."""
    codes = {service: composed.stop(service) for service in reversed(list(composed.processes))}
    served = dict.fromkeys(("episodes", "services", "server"), -signal.SIGTERM)
    assert codes == {"worker": 0, "redis": 0, **served}


def waited(server: Server, run_id: str) -> dict[str, Any]:
    """Wait until a run has ended."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        run: dict[str, Any] = server.get(f"/flow_runs/{run_id}")
        if run["state"]["type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"} or time.monotonic() > deadline:
            return run
        time.sleep(0.5)


def waited_for_tasks(server: Server, run_id: str) -> list[dict[str, Any]]:
    """Wait until the last of a run's tasks is known to have ended: events come a moment later."""
    deadline = time.monotonic() + 60
    while True:
        tasks = server.of_run("task_runs", run_id)
        if (tasks and all(one["end_time"] for one in tasks)) or time.monotonic() > deadline:
            return tasks
        time.sleep(0.5)
