"""`reelwright clean`, and what the server of `reelwright up` forgets by itself: old runs, and a vault in a bucket."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from moto.s3.models import s3_backends
from servers.s3_stores import ENVIRONMENT, Store, moto
from support.prefect_server import Patient, Server
from support.shop import entry_for
from support.terminal import Terminal

from flows.commands.up_work import SERVER_SETTINGS
from flows.form import FLOWS
from flows.local_server import local_server
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.openai_videos import OpenAIVideosServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
OLD = timedelta(days=100)
RUNS = 300
_PATIENCE_SECONDS = 300


@pytest.fixture
def bucket() -> Iterator[Store]:
    """A bucket in moto's server, which runs in this process."""
    with moto() as store:
        yield store


@pytest.fixture
def shop() -> Iterator[OpenAIVideosServer]:
    """A model that costs ten cents a second."""
    with OpenAIVideosServer() as running:
        yield running


def grow_old(bucket: Store) -> None:
    """Let a hundred days pass for all that lies in a bucket: moto has no clock of its own."""
    for key in s3_backends["123456789012"]["aws"].buckets[bucket.bucket].keys.values():
        key.last_modified -= OLD


def test_a_bucket_keeps_what_a_manifest_names_and_what_was_paid(
    served_terminal: Terminal, fresh_terminal: Terminal, bucket: Store, shop: OpenAIVideosServer, tmp_path: Path
) -> None:
    """As long as the episode lies in its folder all is found again; afterwards only the paid clip is."""
    for terminal in (served_terminal, fresh_terminal):
        terminal.environment |= ENVIRONMENT | {"SHOP_KEY": KEY, "REELWRIGHT_VAULT": bucket.address("vault")}
    brief, recipe, out = tmp_path / "tea.yaml", tmp_path / "recipe.yaml", tmp_path / "out"
    brief.write_text(json.dumps({"title": "Tea", "shots": [{"prompt": "A cup of tea.", "seconds": 1}]}), "utf-8")
    recipe.write_text(json.dumps(_bought(shop)), "utf-8")

    def make() -> Any:
        return served_terminal.run("make", str(brief), "--recipe", str(recipe), "--out", str(out), "--json").json

    def clean() -> Any:
        grow_old(bucket)
        shutil.rmtree(served_terminal.home / "reelwright" / "vault-cache")  # as another machine sees the bucket
        # No server is asked: a run that another test has left at work there would have the vault left alone.
        ran = fresh_terminal.run("clean", "--older-than", "30d", "--json")
        assert (ran.exit_code, ran.json["note"]) == (0, ""), ran.stderr
        return ran.json

    assert Decimal(make()["usd"]) == Decimal("0.40")
    before = set(bucket.keys("vault"))
    cleaned = clean()
    manifest = (out / "tea" / "manifest.json").read_text("utf-8")
    named = {key for key in before if key.startswith("vault/objects/") and key[14:].replace("/", "") in manifest}
    assert named
    assert named <= set(bucket.keys("vault"))
    (out / "tea" / "episode.mp4").unlink()
    assert (Decimal(make()["usd"]), shop.created) == (0, 1)

    shutil.rmtree(out / "tea")
    emptied = clean()
    assert emptied["vault"]["objects"] > cleaned["vault"]["objects"]
    jobs = served_terminal.run("ledger", "jobs", "--json").json
    assert [(job["state"], job["model"]) for job in jobs] == [("done", "model-1")]
    assert (Decimal(make()["usd"]), shop.created) == (0, 1)
    assert (out / "tea" / "episode.mp4").is_file()


def _bought(shop: OpenAIVideosServer) -> dict[str, Any]:
    model = entry_for(shop, "model-1").model_dump(mode="json", exclude_unset=True, exclude={"kind"})
    return {
        "output": {"size": "720x1280", "frame_rate": 24},
        "voice": {"narrator": "none"},
        "captions": {"preset": "none"},
        "music": {"source": "none"},
        "content_credentials": False,
        "video_models": [model],
        # What the test's vendor films is not what was asked for: that is not looked at here.
        "checks": {"enabled": False},
    }


def test_hundreds_of_old_runs_go_with_their_artifacts(server: Server, fresh_terminal: Terminal) -> None:
    """A run of each of our flows, over and over: the old ones go, the young ones and other people's stay."""
    fresh_terminal.environment["PREFECT_API_URL"] = server.address
    young = [ended_run(server.http, name) for name in FLOWS]
    others = ended_run(server.http, "somebody-else")
    old = [ended_run(server.http, FLOWS[number % len(FLOWS)]) for number in range(RUNS)]
    let_pass(OLD, Path(os.environ["PREFECT_HOME"]), [others, *old])
    told = fresh_terminal.run("clean", "--dry-run", "--json", timeout=_PATIENCE_SECONDS).json
    assert (told["runs"], told["artifacts"]) == (RUNS, RUNS)
    begun = time.monotonic()
    gone = fresh_terminal.run("clean", "--json", timeout=_PATIENCE_SECONDS).json
    print(f"{RUNS} runs in {time.monotonic() - begun:.1f} s")  # noqa: T201 - a measurement for whoever asks (-s)
    assert (gone["runs"], gone["artifacts"]) == (RUNS, RUNS)
    assert there(server.http, "flow_runs", old) == 0
    assert there(server.http, "artifacts", old) == 0
    assert there(server.http, "flow_runs", [*young, others]) == len(young) + 1
    assert there(server.http, "artifacts", [*young, others]) == len(young) + 1


def test_the_server_of_up_forgets_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is older than ninety days goes without a command: runs, and the artifacts that hang on them."""
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    hurried = {"PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "10"}
    with (
        local_server(0, SERVER_SETTINGS | hurried) as own,
        httpx.Client(base_url=own.address, timeout=60, transport=Patient()) as http,
    ):
        own.wait_until_ready()
        young = [ended_run(http, "produce-episode") for _ in range(5)]
        old = [ended_run(http, "produce-episode") for _ in range(50)]
        let_pass(timedelta(days=80), tmp_path / "prefect", young)
        let_pass(OLD, tmp_path / "prefect", old)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while there(http, "flow_runs", old) or there(http, "artifacts", old):
            assert time.monotonic() < deadline
            time.sleep(1)
        assert there(http, "flow_runs", young) == there(http, "artifacts", young) == len(young)


def ended_run(http: httpx.Client, name: str) -> str:
    """Put a run with an artifact on the server that has ended; return its id."""
    flow = sent(http, "/flows/", {"name": name})["id"]
    run = sent(http, "/flow_runs/", {"flow_id": flow, "state": {"type": "COMPLETED"}})["id"]
    sent(http, "/artifacts/", {"type": "markdown", "key": "episode", "data": "# Tea", "flow_run_id": run})
    return str(run)


def let_pass(time_passed: timedelta, prefect_home: Path, runs: list[str]) -> None:
    """Let time pass for some runs: in the server's database, as its REST API has no other clock than its own."""
    ids = ",".join(f"'{run}'" for run in runs)
    back = f"-{time_passed.days} days"
    with contextlib.closing(sqlite3.connect(prefect_home / "prefect.db", timeout=60)) as database, database:
        changed = database.execute(
            f"update flow_run set end_time = datetime(end_time, ?) where id in ({ids}) and end_time is not null",  # noqa: S608 - the server's own ids
            [back],
        )
        assert changed.rowcount == len(runs)


def sent(http: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    """The answer to a POST."""
    return http.post(path, json=body).raise_for_status().json()


def there(http: httpx.Client, kind: str, runs: list[str]) -> int:
    """How many of these runs, or of the artifacts of these runs, the server still has."""
    found = 0
    for start in range(0, len(runs), 100):
        some = {"any_": runs[start : start + 100]}
        wanted = {"flow_runs": {"id": some}} if kind == "flow_runs" else {"artifacts": {"flow_run_id": some}}
        found += len(sent(http, f"/{kind}/filter", {**wanted, "limit": 200}))
    return found
