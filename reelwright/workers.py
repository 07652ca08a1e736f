"""Worker processes for heavy local work: one JSON line in, one JSON line out.

They are apart so that the flow's process stays small, native code cannot take it down, and two cores work at once. A
worker's standard input is its lifeline: it ends when its parent does, however that ended, SIGKILL included, and takes
the programs it has started along.
"""

from __future__ import annotations

import asyncio
import atexit
import base64
import contextlib
import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from reelwright.errors import MediaError, ReelwrightError, StorageError

_DYING_SECONDS = 1.0
_WATCH_SECONDS = 0.2


class Crew:
    """Up to `count` worker processes of one module, started when they are first needed."""

    def __init__(self, module: str, count: int) -> None:
        self.module, self.count = module, count
        self._all = tuple(_Worker(module) for _ in range(count))
        # The last one to finish is asked first: what one worker can do starts no second.
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        for worker in self._all:
            self._idle.put(worker)
        # Threads of its own, one a worker: requests that wait shall not take the event loop's from everything else.
        self._threads = ThreadPoolExecutor(count, thread_name_prefix=module)
        self._closed = 0
        atexit.register(self.close)

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Let a free worker answer `request`, waiting for one without blocking the event loop.

        The work is free and repeatable: a worker that dies is replaced and the request is given once more. Whoever
        stops waiting (cancellation) ends the work.

        Raises:
            ReelwrightError: what the worker raised, as it raised it.
            MediaError: the worker died twice over the same request, or was ended while at work.
        """
        errand = _Errand(json.dumps(request))
        try:
            answer = await asyncio.get_running_loop().run_in_executor(self._threads, self._run, errand)
        except asyncio.CancelledError:
            errand.give_up()
            raise
        reply: dict[str, Any] = json.loads(answer)
        if "raised" in reply:
            error = pickle.loads(base64.b64decode(reply["raised"]))  # noqa: S301 - our own child wrote it
            raise error
        return reply

    def close(self) -> None:
        """End all workers; requests that are being answered fail."""
        self._closed += 1
        for worker in self._all:
            worker.end()

    def _run(self, errand: _Errand) -> str:
        worker, closed = self._idle.get(), self._closed
        errand.worker = worker
        try:
            answer = worker.exchange(errand.line)
            ended = errand.given_up or closed != self._closed
            if not answer and not ended:
                answer = worker.exchange(errand.line)
        finally:
            errand.worker = None
            self._idle.put(worker)
        if not answer:
            how = "was ended while at work" if ended else "died twice over one request"
            raise MediaError(f"The worker {self.module} {how}.", exit_status=worker.exit_status)
        return answer


@dataclass(eq=False)
class _Errand:
    """A request on its way, and the worker that is at it."""

    line: str
    worker: _Worker | None = None
    given_up: bool = False

    def give_up(self) -> None:
        self.given_up = True
        if self.worker is not None:
            self.worker.end()


class _Worker:
    def __init__(self, module: str) -> None:
        self._module = module
        self._process: subprocess.Popen[str] | None = None
        self._starting = threading.Lock()
        self.exit_status: int | None = None

    def exchange(self, line: str) -> str:
        """Give a line and return the answer's line; empty if the worker died over it."""
        process = self._running()
        if process.stdin is None or process.stdout is None:
            return ""
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except (BrokenPipeError, ValueError):
            answer = ""
        # Half a line is the last that a dying worker said.
        if not answer.endswith("\n"):
            self.end(patience_seconds=_DYING_SECONDS)
            return ""
        return answer

    def end(self, *, patience_seconds: float = 0) -> None:
        """End the process and all that it has started; wait first for its own end and its exit status."""
        with self._starting:
            process, self._process = self._process, None
        if process is not None:
            self._bury(process, patience_seconds)

    def _bury(self, process: subprocess.Popen[str], patience_seconds: float) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=patience_seconds)
        # The whole group, also when the worker is dead: its ffmpeg would go on writing the file that is made anew.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        self.exit_status = process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def _running(self) -> subprocess.Popen[str]:
        with self._starting:
            if self._process is not None and self._process.poll() is not None:
                self._bury(self._process, 0)
                self._process = None
            if self._process is None:
                try:
                    self._process = self._start()
                except OSError as error:
                    raise MediaError(f"The worker {self._module} cannot be started: {error.strerror}.") from error
            return self._process

    def _start(self) -> subprocess.Popen[str]:
        from reelwright.settings import worker_environment  # noqa: PLC0415 - a worker reads this file, and no settings

        return subprocess.Popen(
            [sys.executable, "-m", self._module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=worker_environment(),
            # A group of its own: Ctrl-C is the parent's to handle, and one signal ends all that it starts.
            process_group=0,
        )


def serve(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Be a worker: answer lines until standard input ends, or the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A worker that is told to end takes its ffmpeg along.
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    requests, answers = _own_pipes()
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, lines, os.getppid()), daemon=True).start()
    while (line := lines.get()) is not None:
        answers.write(_reply(answer, line) + "\n")
        answers.flush()


def _own_pipes() -> tuple[TextIO, TextIO]:
    """Take the two pipes to the parent for this process alone.

    A program that inherited them could write into an answer, or keep the parent waiting for one from a dead worker.
    """
    requests, answers = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return requests, answers


def _listen(requests: TextIO, lines: queue.SimpleQueue[str | None], parent: int) -> None:
    """Read the lines; when they end because the parent did, end the work that nobody waits for."""
    for line in requests:
        lines.put(line)
    lines.put(None)
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os.killpg(0, signal.SIGKILL)


def _reply(answer: Callable[[dict[str, Any]], dict[str, Any]], line: str) -> str:
    try:
        return json.dumps(answer(json.loads(line)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear of it on its line
        return json.dumps({"raised": base64.b64encode(pickle.dumps(_portable(error))).decode()})


def _portable(error: Exception) -> ReelwrightError:
    """Return one of our errors as it is, and another as the one of ours that says the same."""
    match error:
        case ReelwrightError():
            return error
        case OSError():
            return StorageError.of(error, "do this work")
        case _:
            return MediaError(f"{type(error).__name__}: {error}")
