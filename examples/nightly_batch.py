# ruff: noqa: INP001 - a script, not a package
"""A nightly batch by REST: one run of the deployment `episode` for each script of a folder, however often it is asked.

`PREFECT_API_URL=http://127.0.0.1:4200/api python examples/nightly_batch.py scripts/` needs nothing of Reelwright on
this machine; any HTTP client can do the same.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import httpx

API = os.environ.get("PREFECT_API_URL", "http://127.0.0.1:4200/api")
DEPLOYMENT = "produce-episode/episode"


def brief(text: str) -> dict[str, object]:
    """Return a brief of plain text: the first line is the title, each paragraph a shot."""
    title, *paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    return {"title": title.lstrip("# "), "shots": [{"narration": paragraph} for paragraph in paragraphs]}


def main(folder: str) -> None:
    """Ask for the runs. The idempotency key is the script: the same script gives the same run."""
    with httpx.Client(base_url=API, timeout=30) as http:
        deployment = http.get(f"/deployments/name/{DEPLOYMENT}").raise_for_status().json()["id"]
        for path in sorted(Path(folder).glob("*.md")):
            text = path.read_text("utf-8")
            asked = {
                "name": path.stem,
                "parameters": {"brief": brief(text)},
                "idempotency_key": hashlib.sha256(text.encode()).hexdigest(),
            }
            answer = http.post(f"/deployments/{deployment}/create_flow_run", json=asked)
            # 201: a new run; 200: it was there; 409: the form says what is wrong with it.
            said = answer.json()
            sys.stdout.write(f"{answer.status_code} {path.name} {said.get('id') or said.get('detail')}\n")


if __name__ == "__main__":
    main(sys.argv[1])
