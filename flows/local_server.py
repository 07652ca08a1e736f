"""Prefect's own server, when the person has none: for one run, or as long as `reelwright up` lasts.

Prefect can start one itself, but loads the whole server into the flow's process to do so: 2 s of CPU more, and one
that is left behind when the flow is killed. This one hangs on its standard input: it ends when its parent does.
`python -m flows.local_server PORT [FOLDER]` is the child; FOLDER's episodes are to be seen at `/episodes`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from reelwright.errors import ReelwrightError

_STARTUP_SECONDS = 120
_SWITCHED_OFF = {
    # What only matters to a server that stays: schedules, late runs, triggers. A run of minutes needs none of it.
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_REPOSSESSOR_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
}


class ServerNotStarted(ReelwrightError):
    """Prefect's local server did not come up."""

    code = "server_not_started"


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server of our own, perhaps still starting."""

    address: str
    """Of its API."""
    process: subprocess.Popen[bytes]
    log: IO[bytes]

    def wait_until_ready(self) -> None:
        """Wait until the server answers.

        Raises:
            ServerNotStarted: it ended, or did not answer within two minutes.
        """
        deadline = time.monotonic() + _STARTUP_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.address}/health", timeout=5) as answer:  # noqa: S310 - our loopback
                    if answer.status == 200:  # noqa: PLR2004 - OK
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise ServerNotStarted(
            f"Prefect's local server did not start: {self._last_words()}.",
            hint="Start one yourself (prefect server start) and set PREFECT_API_URL to its address.",
        )

    def _last_words(self) -> str:
        if self.process.poll() is None:
            return f"no answer within {_STARTUP_SECONDS} s"
        self.log.seek(0)
        lines = [line for line in self.log.read().decode("utf-8", "replace").splitlines() if line.strip()]
        return lines[-1].strip().rstrip(".") if lines else f"it ended with status {self.process.returncode}"


@contextlib.contextmanager
def local_server(
    port: int = 0, settings: Mapping[str, str] = _SWITCHED_OFF, episodes: Path | None = None
) -> Iterator[LocalServer]:
    """Run a server on a port of the loopback interface; yield it at once, while it still starts.

    Args:
        port: Where it listens; 0: any free port.
        settings: Of Prefect, for the server alone.
        episodes: A folder to be seen at `/episodes`.
    """
    port = port or free_port()
    # Prefect makes its home, but not the folder that its home is in.
    Path(os.environ.get("PREFECT_HOME", Path.home() / ".prefect")).mkdir(parents=True, exist_ok=True)
    command = ["flows.local_server", str(port), *([str(episodes)] if episodes else [])]
    with tempfile.TemporaryFile() as log, child(command, settings, log) as process:
        yield LocalServer(f"http://127.0.0.1:{port}/api", process, log)


@contextlib.contextmanager
def child(command: Sequence[str], settings: Mapping[str, str], log: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of our modules that calls `end_with_parent`; it is ended with the block, and with this process."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=log,
        env={**os.environ, "PREFECT_LOGGING_LEVEL": "CRITICAL", **settings},
        process_group=0,
    )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=15)
        process.kill()
        process.wait()


def end_with_parent(before: Callable[[], object] = lambda: None) -> None:
    """End this process in good order when its standard input ends: whoever started it has gone.

    Args:
        before: What is done first.
    """

    def wait() -> None:
        sys.stdin.read()
        before()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(port: int, episodes: str = "") -> None:
    end_with_parent()
    import uvicorn  # noqa: PLC0415 - only the child loads the server
    from prefect.server.api.server import create_app  # noqa: PLC0415
    from starlette.routing import Mount  # noqa: PLC0415
    from starlette.staticfiles import StaticFiles  # noqa: PLC0415

    app = create_app()
    if episodes:
        # Before Prefect's own pages: those answer at every other path.
        app.router.routes.insert(0, Mount("/episodes", StaticFiles(directory=episodes)))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical", timeout_graceful_shutdown=5)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), *sys.argv[2:])
