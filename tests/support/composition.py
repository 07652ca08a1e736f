"""The services of deployments/compose.yaml as processes: the file's commands, environment, health checks.

Only what a container would be given by its network and its volumes is told in other words: names of hosts, ports and
folders. PostgreSQL is this machine's, with a role and databases of its own; Redis is started as the file says.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ruamel.yaml import YAML
from support.databases import POSTGRES

from flows.local_server import free_port

ROOT = Path(__file__).parents[2]
DEPLOYMENTS = ROOT / "deployments"
_PATIENCE_SECONDS = 180
_GRACE_SECONDS = 60


@dataclass
class Composition:
    """Services of the file, started one after the other."""

    folder: Path
    role: str
    password: str
    ports: dict[str, int]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    services: dict[str, dict[str, Any]] = field(
        default_factory=lambda: YAML(typ="safe").load(DEPLOYMENTS / "compose.yaml")["services"]
    )

    @property
    def clone(self) -> Path:
        """What the image holds in its working directory."""
        return self.folder / "srv"

    @property
    def ledger(self) -> str:
        """Database URL of the ledger."""
        return self.here(str(self.services["worker"]["environment"]["REELWRIGHT_LEDGER"]))

    def address(self, service: str) -> str:
        """Where a service is reached."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def here(self, said: str, service: str = "") -> str:
        """What the file says, as it is on this machine."""
        host, port = _server()
        exact = {
            "postgres": host,
            "reelwright": self.role,
            "prefect": f"{self.role}_prefect",
            "0.0.0.0": "127.0.0.1",  # noqa: S104 - what the file says
        }
        parts = {
            "reelwright@postgres/reelwright": f"{self.role}@{host}:{port}/{self.role}",
            "database prefect owner reelwright": f"database {self.role}_prefect owner {self.role}",
            "redis:6379": f"127.0.0.1:{self.ports['redis']}",
            "//server:": "//127.0.0.1:",
            "4200": str(self.ports["server"]),
            "4201": str(self.ports["episodes"]),
            '"0.0.0.0"': '"127.0.0.1"',
            "/run/secrets/": f"{self.folder}/secrets/",
            "/var/lib/reelwright": f"{self.folder}/home",
            "/tmp/": f"{self.folder}/tmp/{service}/",  # noqa: S108 - what the file says
            "$$": "$",
        }
        if said in exact:
            return exact[said]
        return re.sub("|".join(map(re.escape, parts)), lambda found: parts[found[0]], said)

    def start(self, service: str) -> None:
        """Start a service with its command, and wait until it is what the file calls healthy."""
        told = self.services[service]
        command = [*told.get("entrypoint", []), *told["command"]]
        if command[0] == "tini" and not shutil.which("tini"):
            command = command[2:]  # the machine's first process does as tini does
        (self.folder / "tmp" / service).mkdir(parents=True)
        extra = ["--port", str(self.ports["redis"]), "--save", ""] if service == "redis" else []
        with (self.folder / f"{service}.log").open("wb") as log:
            self.processes[service] = subprocess.Popen(
                [command[0], *(self._words(command[1:], service)), *extra],
                cwd=self.folder / "tmp" / service if service == "redis" else self.clone,
                env=self._environment(service), stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        if check := told.get("healthcheck"):
            self._wait(service, check["test"])

    def _words(self, command: list[str], service: str) -> list[str]:
        # A program's own name and subcommands stay what they are.
        programs = {"prefect", "reelwright"}
        return [word if word in programs else self.here(word, service) for word in command]

    def _environment(self, service: str) -> dict[str, str]:
        image = (DEPLOYMENTS / "Dockerfile").read_text("utf-8").rpartition("\nFROM ")[2]
        of_image = dict(re.findall(r"^(?:ENV| ) +.*?\b([A-Z_]+)=(/\S+|\w+)", image, re.MULTILINE))
        of_service = {name: str(value) for name, value in self.services[service].get("environment", {}).items()}
        told = {name: self.here(value, service) for name, value in (of_image | of_service).items() if name != "PATH"}
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR", "PYTHONPATH") if name in os.environ}
        ports = {
            "PREFECT_SERVER_API_PORT": str(self.ports["server"]),
            "PREFECT_SERVER_DATABASE_PORT": _server()[1],
        }
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return kept | told | (ports if service in {"server", "services"} else {}) | {"PATH": path}

    def _wait(self, service: str, test: list[str]) -> None:
        assert test[0] == "CMD"
        port = ["-p", str(self.ports["redis"])] if service == "redis" else []
        command = [test[1], *port, *self._words(test[2:], service)]
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            assert self.processes[service].poll() is None, self.log(service)
            done = subprocess.run(
                command, cwd=self.clone, env=self._environment(service), capture_output=True, text=True, check=False
            )
            if done.returncode == 0:
                return
            assert time.monotonic() < deadline, f"{done.stdout}{done.stderr}\n{self.log(service)}"
            time.sleep(0.5)

    def stop(self, service: str) -> int:
        """Stop a service as `docker compose stop` does; return its exit code. What must be killed, fails."""
        process = self.processes.pop(service)
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(_GRACE_SECONDS)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def log(self, service: str) -> str:
        """The end of what a service has said."""
        return (self.folder / f"{service}.log").read_text("utf-8", "replace")[-4000:]


def _server() -> tuple[str, str]:
    found = psycopg.conninfo.conninfo_to_dict(POSTGRES)
    return str(found.get("host", "127.0.0.1")), str(found.get("port", "5432"))


@contextlib.contextmanager
def composition(folder: Path) -> Iterator[Composition]:
    """Prepare what the services need: a working directory like the image's, a role, databases, a secret."""
    _require("redis-server" if not shutil.which("redis-server") else "")
    made = Composition(
        folder, f"rw{uuid.uuid4().hex[:10]}", secrets.token_hex(8),
        {name: free_port() for name in ("redis", "server", "episodes")},
    )  # fmt: skip
    (made.clone / "out").mkdir(parents=True)
    shutil.copytree(DEPLOYMENTS, made.clone / "deployments", ignore=shutil.ignore_patterns("secrets"))
    shutil.copy(ROOT / "prefect.yaml", made.clone)
    (folder / "home").mkdir()
    (folder / "secrets").mkdir()
    (folder / "secrets" / "postgres").write_text(made.password)
    content = YAML(typ="safe").load(DEPLOYMENTS / "compose.yaml")["configs"]["databases"]["content"]
    try:
        connection = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        _require(f"PostgreSQL ({error})")
        raise
    with connection:
        connection.execute(f"create role {made.role} login password '{made.password}'")
        connection.execute(f"create database {made.role} owner {made.role}")
        connection.execute(made.here(content))
        try:
            yield made
        finally:
            for service in reversed(list(made.processes)):
                made.stop(service)
            for name in (made.role, f"{made.role}_prefect"):
                connection.execute(f"drop database if exists {name} with (force)")
            connection.execute(f"drop role {made.role}")


def _require(missing: str) -> None:
    if missing and not os.environ.get("REELWRIGHT_REQUIRE_SERVICES"):
        pytest.skip(f"there is no {missing} on this machine")
    assert not missing, missing
