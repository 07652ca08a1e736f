"""A strict server as a process of its own, steered and asked through its control end-point."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TESTS = Path(__file__).parent.parent


@dataclass
class ServerProcess:
    """A running server."""

    url: str
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        """The port that it listens at."""
        return int(self.url.rpartition(":")[2])

    @property
    def state(self) -> dict[str, Any]:
        """What it has seen: `created` counts the starts it accepted, across its own restarts too."""
        return self._ask()

    def tell(self, **what: Any) -> dict[str, Any]:
        """Steer it: `plan={…}`, `faults=[{…}]`, `lose_jobs=True`, `expire=True`."""
        return self._ask(json.dumps(what).encode())

    def _ask(self, data: bytes | None = None) -> dict[str, Any]:
        request = urllib.request.Request(f"{self.url}/_control", data, {"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server on loopback
            told: dict[str, Any] = json.load(answer)
            return told


@contextlib.contextmanager
def server_process(module: str, state_file: Path, *, port: int = 0, **more: str) -> Iterator[ServerProcess]:
    """Run a server module, e.g. `reelwright.testing.servers.openai_videos`; with `port` it comes back where it was."""
    arguments = [f"--{name}={value}" for name, value in {"port": port, "state-file": state_file, **more}.items()]
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=_TESTS,
        env={**os.environ, "PYTHONPATH": str(_TESTS.parent)},
    ) as process:
        try:
            assert process.stdout is not None
            yield ServerProcess(process.stdout.readline().strip(), process)
        finally:
            process.kill()
