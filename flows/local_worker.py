"""Prefect's own process worker as a child of `reelwright up`: `python -m flows.local_worker POOL NAME` ends with it."""

from __future__ import annotations

import runpy
import sys

from flows.local_server import end_with_parent


def _work(pool: str, name: str) -> None:
    end_with_parent()
    # Its own command line, as a person would start it: it knows how to end in good order.
    started = ["worker", "start", "--pool", pool, "--type", "process", "--name", name, "--install-policy", "never"]
    sys.argv = ["prefect", *started]
    runpy.run_module("prefect", run_name="__main__")


if __name__ == "__main__":
    _work(*sys.argv[1:3])
