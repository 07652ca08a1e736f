"""No surprise at import: no network, no files, no logging set up, nothing heavy. Each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import blocks
import reelwright
import tasks
from reelwright import testing

pytestmark = pytest.mark.slow  # a process for each name

ROOT = Path(__file__).parents[1]
HEAVY = frozenset(
    {
        "PIL", "alembic", "av", "boto3", "c2pa", "cv2", "fastapi", "faster_whisper", "feedparser", "hibari",
        "imageio_ffmpeg", "jinja2", "markdown_it", "moviepy", "numpy", "onnxruntime", "smartcrop", "sqlalchemy",
    }
)  # fmt: skip
"""What we depend on that takes 30 to 400 ms to import: loaded by who does the work, when it is done."""

WATCH = """
import json, logging, os, sys, threading

done = []
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FILES = {"os.mkdir", "os.rename", "os.remove", "os.link", "os.symlink", "os.truncate", "sqlite3.connect"}
CHILDREN = {"subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn"}
NETWORK = {"socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}


def watch(event, arguments):
    if event in FILES | CHILDREN | NETWORK or (event == "open" and (arguments[2] or 0) & WRITES):
        done.append(f"{event} {arguments[0]}")


before = dict(os.environ)
sys.addaudithook(watch)
exec(sys.argv[1])
loggers = [logging.root, *(one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger))]
print(json.dumps({
    "done": done,
    "handlers": sorted(f"{one.name} {type(handler).__name__}" for one in loggers for handler in one.handlers),
    "environment": sorted(name for name, value in os.environ.items() if before.get(name) != value),
    "threads": sorted(thread.name for thread in threading.enumerate()),
    "loaded": sorted({name.partition(".")[0] for name in sys.modules}),
}))
"""


@dataclass(frozen=True)
class Seen:
    """What a process did while it imported."""

    done: frozenset[str]
    """Connections, addresses, written files, processes; each with its first argument."""
    handlers: frozenset[str]
    environment: frozenset[str]
    """Variables that it changed."""
    threads: frozenset[str]
    loaded: frozenset[str]
    """Every package, by its first name."""

    def surprises(self) -> frozenset[str]:
        """All but what is loaded."""
        return self.done | self.handlers | self.environment | self.threads


Importing = Callable[[str], Seen]


@pytest.fixture(scope="module")
def importing(tmp_path_factory: pytest.TempPathFactory) -> Importing:
    """Run a statement in a bare environment, with a home that is empty, where nothing was imported before."""

    def imported(statement: str) -> Seen:
        home = tmp_path_factory.getbasetemp() / "bare-home"
        home.mkdir(exist_ok=True)
        names = {"HOME": str(home), "PATH": os.defpath, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-c", WATCH, statement]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, env=names, cwd=home)
        assert ran.returncode == 0, ran.stderr
        assert ran.stderr == ""
        told: dict[str, Any] = json.loads(ran.stdout)
        for found in home.iterdir():
            found.rmdir()  # Prefect makes its own folder: empty, or this fails
        return Seen(**{name: frozenset(value) for name, value in told.items()})

    return imported


@pytest.fixture(scope="module")
def prefect(importing: Importing) -> Seen:
    """What an import of Prefect itself does: whoever writes a flow has it."""
    return importing("from prefect import flow, task")


def every_name(package: ModuleType, *but: str) -> str:
    """A statement that imports every public name of a package."""
    names = [name for names in package.PLACES.values() for name in names if name not in but]
    return f"from {package.__name__} import {', '.join(names)}"


@dataclass(frozen=True)
class Case:
    """An import, and what of the heavy it needs."""

    statement: str
    needs: frozenset[str] = frozenset()
    with_prefect: bool = True


CASES = {
    "the packages": Case("import reelwright, reelwright.testing, blocks, tasks, flows", with_prefect=False),
    # It reads scripts.
    "reelwright": Case(
        every_name(reelwright, "Moment", "Picture"), needs=frozenset({"markdown_it"}), with_prefect=False
    ),
    # A picture is an array.
    "a transition": Case("from reelwright import Moment, Picture", frozenset({"numpy"}), with_prefect=False),
    # It makes and reads clips and pictures, and looks into the ledger.
    "testing": Case(every_name(testing), frozenset({"PIL", "av", "numpy", "sqlalchemy"}), with_prefect=False),
    "blocks": Case(every_name(blocks)),
    "tasks": Case(every_name(tasks, *tasks.PLACES.get("publish", ()))),
    # They keep the outbox, and a run its ledger.
    "tasks that publish": Case("import tasks.publish", frozenset({"sqlalchemy"})),
    "a flow": Case("from flows.episode import produce_episode", frozenset({"sqlalchemy"})),
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@every_case
def test_importing_a_name_does_nothing_else(case: Case, importing: Importing, prefect: Seen) -> None:
    """No connection, file, process, thread, variable or log handler but Prefect's own; nothing heavy but what it is."""
    seen = importing(case.statement)
    known = prefect.surprises() if case.with_prefect else frozenset({"MainThread"})
    assert seen.surprises() - known == set()
    assert (seen.loaded & HEAVY) - prefect.loaded == case.needs
    assert ("prefect" in seen.loaded) == case.with_prefect


def test_importing_a_package_loads_nothing(importing: Importing) -> None:
    """Not even what every value is made of: a name's own modules are loaded when it is asked for."""
    seen = importing(CASES["the packages"].statement)
    assert seen.loaded & {"pydantic", "httpx", "jsonschema", "pytest"} == set()


@pytest.mark.parametrize(
    "statement",
    [
        "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('127.0.0.1', 9))",
        "import socket; socket.socket().bind(('127.0.0.1', 0))",
        "import pathlib; pathlib.Path('x').touch(); pathlib.Path('x').unlink()",
        "import tempfile; tempfile.TemporaryDirectory()",
        "import sqlite3; sqlite3.connect(':memory:')",
        "import subprocess; subprocess.run(['true'])",
        "import logging; logging.basicConfig()",
        "import os; os.environ['TZ'] = 'UTC'",
        "import threading; threading.Thread(target=__import__('time').sleep, args=(0.2,)).start()",
    ],
)
def test_a_surprise_is_seen(statement: str, importing: Importing, prefect: Seen) -> None:
    """What these tests look for, they find."""
    assert importing(statement).surprises() - prefect.surprises() != set()


@pytest.mark.parametrize("package", [reelwright, blocks, tasks, testing], ids=lambda package: package.__name__)
def test_each_public_name_is_listed_and_typed(package: ModuleType) -> None:
    """In `dir()`, which completion and Prefect's registration ask, and for type checkers."""
    names = {name for names in package.PLACES.values() for name in names}
    assert set(dir(package)) == names
    text = Path(str(package.__file__)).read_text("utf-8")
    assert [name for name in names if f" import {name} as {name}\n" not in text] == []
