# ruff: noqa: INP001 - a script, not a package
"""A nightly batch by REST: one run of the deployment `episode` for each script of a folder, however often it is asked.

`PREFECT_API_URL=http://127.0.0.1:4200/api python examples/nightly_batch.py scripts/` needs nothing of Reelwright on
this machine; any HTTP client can do the same. It ends with 1 if a script was refused, and tells why.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from pathlib import Path
from typing import Any

import httpx

API = os.environ.get("PREFECT_API_URL", "http://127.0.0.1:4200/api")
DEPLOYMENT = "produce-episode/episode"
PAUSES_SECONDS = (0.5, 1, 2, 4, 8, 16, 32)
TOLD = {httpx.codes.CREATED: "asked for", httpx.codes.OK: "there already"}


def brief(text: str) -> dict[str, Any]:
    """Return a brief of plain text: the first paragraph is the title, each further one a shot.

    Raises:
        ValueError: it has no title, or nothing below it.
    """
    title, *paragraphs = [" ".join(part.split()) for part in text.split("\n\n") if part.strip()] or [""]
    if not paragraphs:
        raise ValueError("it needs a title, and below it a paragraph for each shot, with empty lines between them")
    return {"title": title.lstrip("# "), "shots": [{"narration": paragraph} for paragraph in paragraphs]}


def ask(http: httpx.Client, deployment: str, path: Path) -> tuple[bool, str]:
    """Ask for a script's run; return whether there is one, and what is to be said.

    The idempotency key is the script: the same words give the same run, whoever asks, and however many at once. How it
    is made stands with the deployment, as the parameter `recipe`; what is given here goes before that.
    """
    try:
        text = path.read_text("utf-8")
        told = brief(text)
    except ValueError as error:
        return False, f"refused, {error}"
    asked = {
        "name": told["title"],
        "parameters": {"brief": told},
        "idempotency_key": hashlib.sha256(text.encode()).hexdigest(),
    }
    for pause_seconds in PAUSES_SECONDS:  # busy for a moment: asked again, the key makes no second run of it
        answer = http.post(f"/deployments/{deployment}/create_flow_run", json=asked)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            break
        time.sleep(pause_seconds)
    if answer.status_code == httpx.codes.CONFLICT:  # the deployment's form knows what is wrong
        return False, f"refused, {answer.json()['detail']}"
    run = answer.raise_for_status().json()
    return True, f"{TOLD[httpx.codes(answer.status_code)]}, run {run['id']}, {run['state']['name']}"


def main(folder: str) -> int:
    """Ask for the runs; return how many scripts were refused."""
    refused = 0
    with httpx.Client(base_url=API, timeout=30) as http:
        deployment = http.get(f"/deployments/name/{DEPLOYMENT}").raise_for_status().json()["id"]
        for path in sorted(Path(folder).glob("*.md")):
            done, said = ask(http, deployment, path)
            refused += not done
            sys.stdout.write(f"{path.name}: {said}\n")
    return refused


if __name__ == "__main__":
    try:
        sys.exit(1 if main(sys.argv[1]) else 0)
    except httpx.HTTPError as problem:
        sys.exit(f"{API}: {str(problem).splitlines()[0]}")
