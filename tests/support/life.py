"""A machine with `reelwright up` at work on it, a person who works there, and a webhook that hears what it tells."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.prefect_server import Patient
from support.terminal import Terminal

_PATIENCE_SECONDS = 240
"""Nothing here depends on how fast the machine is."""
TINY = {
    "output": {"size": "720x1280", "frame_rate": 24},
    "voice": {"narrator": "none"},
    "captions": {"preset": "none"},
    "music": {"source": "none"},
    "content_credentials": False,
    "chapters": False,
}
"""A recipe of little work: how an episode looks and sounds is asked elsewhere."""
_ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


@dataclass(frozen=True)
class Life:
    """A machine with `reelwright up` at work on it."""

    terminal: Terminal
    port: int
    out: Path
    process: subprocess.Popen[str]
    told: list[dict[str, str]]
    """What it said of its parts when it started."""
    http: httpx.Client

    def up(self, *options: str) -> tuple[int, dict[str, str]]:
        """Run `reelwright up` once more; return its exit code, and the state of each part."""
        ran = self.terminal.run("up", "--port", str(self.port), "--out", self.out, "--json", *options)
        return ran.exit_code, {part["part"]: part["state"] for part in ran.json}

    def review(self, *arguments: str) -> Any:
        """Run `reelwright review`."""
        ran = self.terminal.run("review", *arguments, "--json", PREFECT_API_URL=str(self.http.base_url).rstrip("/"))
        assert ran.exit_code == 0, ran.stderr
        return ran.json

    def start(self, brief: dict[str, Any]) -> None:
        """Ask for a run through the REST API."""
        deployment = self.http.get("/deployments/name/produce-episode/episode").raise_for_status().json()["id"]
        asked = {"parameters": {"brief": brief}}
        answer = self.http.post(f"/deployments/{deployment}/create_flow_run", json=asked)
        assert answer.status_code == httpx.codes.CREATED, answer.text

    def run_named(self, name: str) -> dict[str, Any]:
        """Return the newest run of that name."""
        wanted = {"flow_runs": {"name": {"any_": [name]}}, "sort": "START_TIME_DESC", "limit": 1}
        answer = self.http.post("/flow_runs/filter", json=wanted)
        found = answer.json() if answer.status_code == httpx.codes.OK else []
        return dict(found[0]) if found else {"state": {"type": "NONE", "state_details": {}}}

    def wait_for(self, name: str, review: str = "") -> dict[str, Any]:
        """Wait until a run has ended, or waits for that review."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            run = self.run_named(name)
            paused_for = run["state"]["state_details"].get("pause_key") if run["state"]["type"] == "PAUSED" else ""
            if run["state"]["type"] in _ENDED or (review and paused_for == review):
                return run
            time.sleep(0.5)
        pytest.fail(f"{name!r} came to nothing: {run['state']}")

    def artifacts(self, run: dict[str, Any]) -> dict[str, str]:
        """Return the newest artifact of each key of a run."""
        wanted = {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}, "sort": "CREATED_DESC"}
        found = self.http.post("/artifacts/filter", json=wanted).raise_for_status().json()
        return {one["key"]: one["data"] for one in reversed(found)}

    def be_told_at(self, address: str) -> None:
        """Save a webhook as the notification block, as a person does on the page Blocks, and run `up` again."""
        kinds = self.http.get("/block_types/slug/custom-webhook").raise_for_status().json()
        schemas = {"block_schemas": {"block_type_id": {"any_": [kinds["id"]]}}}
        schema = self.http.post("/block_schemas/filter", json=schemas).json()[0]
        told = {"text": "{{subject}}|{{body}}"}
        data = {"name": "reelwright", "url": address, "method": "POST", "json_data": told, "allow_private_urls": True}
        document = {"name": "reelwright", "block_type_id": kinds["id"], "block_schema_id": schema["id"], "data": data}
        self.http.post("/block_documents/", json=document).raise_for_status()
        assert self.up()[1]["automations"] == "made"
        time.sleep(5)  # the server reads its automations anew


@contextlib.contextmanager
def living(terminal: Terminal, out: Path, port: int) -> Iterator[Life]:
    """Start `reelwright up` and end it as a person does, unless the test has killed it."""
    log = terminal.home / "up.json"
    with log.open("w") as stdout:
        command = [sys.executable, "-m", "flows", "up", "--port", str(port), "--out", str(out), "--json"]
        process = subprocess.Popen(command, env=terminal.environment, stdout=stdout, text=True, start_new_session=True)
        try:
            deadline = time.monotonic() + _PATIENCE_SECONDS
            while not (text := log.read_text()).endswith("]\n") and time.monotonic() < deadline:
                assert process.poll() is None
                time.sleep(0.2)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}/api", timeout=60, transport=Patient()) as http:
                yield Life(terminal, port, out, process, json.loads(text), http)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                assert process.wait(timeout=400) == 0


@contextlib.contextmanager
def listener() -> Iterator[tuple[str, list[str]]]:
    """Lend the address of a webhook on the loopback interface, and what it has heard."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["content-length"])).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", heard
    finally:
        server.shutdown()
        server.server_close()
