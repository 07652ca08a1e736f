"""The command line as people use it: a process, its exit code, its two outputs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from typer.testing import CliRunner

from flows import cli


@dataclass(frozen=True)
class Ran:
    """What a command gave back."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document and nothing else."""
        return json.loads(self.stdout)


class Terminal:
    """A terminal whose home, and so its vault and its Prefect, is a folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        kept = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "SSL_CERT_FILE")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ} | {
            "REELWRIGHT_HOME": str(home / "reelwright"),
            "PREFECT_HOME": str(home / "prefect"),
            "COLUMNS": "160",
        }

    def served_by(self, address: str) -> Terminal:
        """Return the same terminal beside a Prefect server that runs already."""
        served = copy(self)
        served.environment = self.environment | {"PREFECT_API_URL": address}
        return served

    def run(self, *arguments: str | Path, stdin: str = "", timeout: float = 170, **environment: str) -> Ran:
        """Run `reelwright` with arguments to its end."""
        done = subprocess.run(
            self._command(arguments),
            input=stdin,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def here(self, *arguments: str | Path, stdin: str = "", **environment: str) -> Ran:
        """Run it in this process, without a process's start: for what ends before Prefect is loaded."""
        with mock.patch.dict(os.environ, self.environment | environment, clear=True):
            done = CliRunner().invoke(cli.app, list(map(str, arguments)), input=stdin)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ran(done.exit_code, done.stdout, done.stderr)

    def stop(self, *arguments: str | Path, when: Callable[[], bool], by: signal.Signals) -> Ran:
        """Run `reelwright` and send it a signal as soon as `when` says so."""
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            # A shell's background job ignores Ctrl-C, and so would what it starts.
            signal.signal(signal.SIGINT, signal.default_int_handler)
        with subprocess.Popen(
            self._command(arguments),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            deadline = time.monotonic() + 400
            while not when() and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(by)
            stdout, stderr = process.communicate(timeout=400)
        return Ran(process.returncode, stdout, stderr)

    @staticmethod
    def _command(arguments: tuple[str | Path, ...]) -> list[str]:
        return [sys.executable, "-m", "flows", *map(str, arguments)]
