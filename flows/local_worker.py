"""Prefect's own process worker as a child of `reelwright up`: `python -m flows.local_worker POOL NAME` ends with it."""

from __future__ import annotations

import contextlib
import os
import runpy
import signal
import subprocess
import sys
import time

from flows.local_server import end_with_parent

_GOOD_ORDER_SECONDS = 8
"""How long runs may take to end: less than the worker itself has, see `flows.local_server.child`."""


def _work(pool: str, name: str) -> None:
    end_with_parent(_end_runs)
    # Its own command line, as a person would start it: it knows how to end in good order.
    started = ["worker", "start", "--pool", pool, "--type", "process", "--name", name, "--install-policy", "never"]
    sys.argv = ["prefect", *started]
    runpy.run_module("prefect", run_name="__main__")


def _end_runs() -> None:
    """End the runs at work: on their own they would go on, and pay, with nobody to show it or to stop it.

    Each is told as crashed; what is finished is found again.
    """
    with contextlib.suppress(FileNotFoundError):  # a small container may have no ps: there they are left alone
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=False)
        pairs = (line.split() for line in listed.stdout.splitlines())
        runs = [int(pid) for pid, parent in pairs if int(parent) == os.getpid()]
        deadline = time.monotonic() + _GOOD_ORDER_SECONDS
        for run in runs:
            with contextlib.suppress(ProcessLookupError):
                os.kill(run, signal.SIGTERM)
        while time.monotonic() < deadline and any(map(_lives, runs)):
            time.sleep(0.1)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    _work(*sys.argv[1:3])
