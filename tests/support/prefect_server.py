"""A Prefect server as its REST API shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx


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
