"""A Prefect server as its REST API shows it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx

_TRIES = 40


class Patient(httpx.HTTPTransport):
    """Asks again where the server's database is busy for a moment, as Prefect's own clients do."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request until the answer is another one than 503, for 20 s at most."""
        for _ in range(_TRIES):
            answer = super().handle_request(request)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            answer.read()
            time.sleep(0.5)
        return answer


class Server:
    """A Prefect server, read through its REST API."""

    def __init__(self, address: str, http: httpx.Client, home: Path) -> None:
        self.address, self.http, self.home = address, http, home

    def of_run(self, kind: str, flow_run_id: str) -> list[dict[str, Any]]:
        """Everything of one kind (task_runs, artifacts, logs) that belongs to a flow run."""
        of_run = {"flow_run_id": {"any_": [flow_run_id]}}
        wanted = {"task_runs": {"flow_runs": {"id": {"any_": [flow_run_id]}}}}.get(kind, {kind: of_run})
        answer = self.http.post(f"/{kind}/filter", json=wanted).raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found

    def get(self, path: str) -> Any:
        """The answer to a GET."""
        return self.http.get(path).raise_for_status().json()
