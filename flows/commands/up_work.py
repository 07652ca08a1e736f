"""`reelwright up`: a Prefect server and a worker on this machine, with all that people need to live in the UI.

Both are children that end with this process, however it ends; one that ends by itself is started again. Where
PREFECT_API_URL (or the active profile) names a server, that one is set up, and only the worker is ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands import terminal
from flows.commands.command import print_json
from flows.local_server import LocalServer, child, local_server
from reelwright.errors import FailureKind, InvalidInput, ProviderError, ReelwrightError
from reelwright.settings import Settings
from tasks.stored import server_address

if TYPE_CHECKING:
    from flows.commands.setting_up import Part

POOL = "reelwright"
"""The work pool that the worker works for."""

SERVER_SETTINGS = {
    # Held places at models survive a restart of the server: in memory they would stay taken for ever.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    # What is older than 90 days goes by itself: runs with their logs and artifacts, and events.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    # Nobody is told about a person's videos; without network these would end in error lines.
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "DO_NOT_TRACK": "1",
}
_PATIENCE_SECONDS = 5
_PAUSE_SECONDS = 5
_LOOK_SECONDS = 3600
"""Between two looks at the ledger for what needs a person."""


def up(*, port: int, check: bool, as_json: bool, episodes: Path) -> bool:
    """Start what is not there, set it up, and stay until Ctrl-C; return whether all is (or was) in place.

    With `check` or where all runs already it does not stay. `episodes` is the folder whose videos the UI links to.

    Raises:
        InvalidInput: the port is taken by something else.
        ServerNotStarted: the server did not come up.
        ProviderError: the server that the environment names does not answer.
    """
    own_address = f"http://127.0.0.1:{port}/api"
    named = server_address().rstrip("/")
    address = named or own_address
    answers = _answers(address)
    if check:
        return _told(asyncio.run(_checked(address, answers=answers)), as_json=as_json)
    if named and not answers:
        raise ProviderError(
            f"The Prefect server {named} does not answer.",
            provider="Prefect",
            kind=FailureKind.BUSY,
            hint="Start it, or unset PREFECT_API_URL (prefect config unset PREFECT_API_URL) to have one of our own.",
        )
    with contextlib.ExitStack() as running:
        _stop_on(signal.SIGTERM, signal.SIGHUP)
        served = episodes.resolve()
        os.environ.setdefault("REELWRIGHT_EPISODES", str(served))
        server = None
        if not answers:
            _require_free(port)
            served.mkdir(parents=True, exist_ok=True)
            # Runs link to what this server shows.
            os.environ["REELWRIGHT_EPISODES_URL"] = f"http://127.0.0.1:{port}/episodes"
            terminal.note("Prefect's server starts; the first time takes a minute.")
            server = running.enter_context(_server(port, served))
        _speak_to(address)
        from flows.commands.setting_up import Part, set_up  # noqa: PLC0415 - Prefect reads the address when it is imported

        mine = running.enter_context(_alone(address))
        parts = [Part(part="server", state="started" if server else "found", detail=address)]
        parts += asyncio.run(set_up(make=True))
        parts.append(Part(part="worker", state="started" if mine else "found", detail=f"of this machine, in {POOL}"))
        _told(parts, as_json=as_json)
        if not mine:
            return True
        worker = running.enter_context(_worker())
        page = address.removesuffix("/api")
        terminal.note(f"\nOpen {page} - to make an episode: Deployments, episode, Run.")
        terminal.note("Ctrl-C ends it; finished work is kept.")
        _stay(running, server, worker, port, served)
    return True


async def _checked(address: str, *, answers: bool) -> list[Part]:
    _speak_to(address)
    from flows.commands.setting_up import Part, set_up  # noqa: PLC0415 - Prefect reads the address when it is imported

    if not answers:
        return [Part(part="server", state="missing", detail=f"{address} does not answer", what_to_do="reelwright up")]
    parts = [Part(part="server", state="found", detail=address), *await set_up(make=False)]
    from prefect.client.orchestration import get_client  # noqa: PLC0415 - the same

    async with get_client() as client:
        pools = {part.part: part for part in parts}
        workers = [] if pools["work pool"].state == "missing" else await client.read_workers_for_work_pool(POOL)
    online = [worker.name for worker in workers if str(getattr(worker.status, "value", worker.status)) == "ONLINE"]
    if online:
        return [*parts, Part(part="worker", state="found", detail=", ".join(online))]
    return [*parts, Part(part="worker", state="missing", detail="none is at work", what_to_do="reelwright up")]


def _told(parts: list[Part], *, as_json: bool) -> bool:
    if as_json:
        print_json([part.model_dump(mode="json") for part in parts])
    else:
        terminal.parts(parts)
    return not any(part.state == "missing" for part in parts)


def _speak_to(address: str) -> None:
    if "prefect" in sys.modules:
        raise RuntimeError("Prefect was imported before it was told the address of its server")
    os.environ["PREFECT_API_URL"] = address


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310 - http(s) only
            return bool(answer.status == 200 and answer.read() == b"true")  # noqa: PLR2004 - OK
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise InvalidInput(
                f"Something else listens at port {port}.", hint="Name another one: reelwright up --port 4300"
            ) from error


@contextlib.contextmanager
def _server(port: int, episodes: Path) -> Iterator[LocalServer]:
    own = SERVER_SETTINGS | {"PREFECT_SERVER_API_PORT": str(port), "PREFECT_SERVER_API_HOST": "127.0.0.1"}
    own["PREFECT_UI_URL"] = f"http://127.0.0.1:{port}"  # messages link to it
    with local_server(port, own, episodes) as server:
        server.wait_until_ready()
        yield server


@dataclass(frozen=True)
class _Worker:
    process: subprocess.Popen[bytes]


@contextlib.contextmanager
def _worker() -> Iterator[_Worker]:
    settings = {"DO_NOT_TRACK": "1", "PREFECT_LOGGING_LEVEL": "INFO"}  # runs keep a log, on their pages
    with (
        tempfile.TemporaryFile() as log,
        child(["flows.local_worker", POOL, f"reelwright {platform.node()}"], settings, log) as process,
    ):
        yield _Worker(process)


@contextlib.contextmanager
def _alone(address: str) -> Iterator[bool]:
    """Say whether no other `up` of this person works for that server; the system frees the place, however we end."""
    home = Settings().home
    home.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(address.encode()).hexdigest()[:16]
    with (home / f"up-{name}.lock").open("w") as held:
        try:
            import fcntl  # noqa: PLC0415 - not on every system

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:
            yield True
        except OSError:
            yield False
        else:
            yield True


def _stay(
    running: contextlib.ExitStack, server: LocalServer | None, worker: _Worker, port: int, episodes: Path
) -> None:
    """Start again what ends by itself and look after what nobody else does, until somebody ends us."""
    from flows.alerts import look_after_the_ledger  # noqa: PLC0415 - loads Prefect and the database
    from flows.automations import patience  # noqa: PLC0415 - the same
    from flows.dead_runs import end_dead_runs  # noqa: PLC0415 - the same

    silence = patience().total_seconds()
    ledger, runs = _Every(_LOOK_SECONDS, now=True), _Every(silence)
    while True:
        time.sleep(1)
        if ledger.is_due():
            _tried(look_after_the_ledger)
        if runs.is_due():
            _tried(lambda: asyncio.run(end_dead_runs()))
        if server is not None and server.process.poll() is not None:
            terminal.note("The server has ended; it is started again.")
            time.sleep(_PAUSE_SECONDS)
            server = running.enter_context(_server(port, episodes))
            runs = _Every(silence)  # it has heard nobody while it was away
        if worker.process.poll() is not None:
            terminal.note("The worker has ended; it is started again.")
            time.sleep(_PAUSE_SECONDS)
            worker = running.enter_context(_worker())


class _Every:
    """Something that is done every so many seconds."""

    def __init__(self, seconds: float, *, now: bool = False) -> None:
        self._seconds, self._done = seconds, time.monotonic() - (seconds if now else 0)

    def is_due(self) -> bool:
        """Whether its time has come; then the next one begins."""
        if time.monotonic() - self._done < self._seconds:
            return False
        self._done = time.monotonic()
        return True


def _tried(work: Callable[[], object]) -> None:
    """Do what the server and the worker can do without."""
    try:
        work()
    except ReelwrightError as error:
        terminal.error(error)


def _stop_on(*signals: signal.Signals) -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    for one in signals:
        signal.signal(one, stop)
