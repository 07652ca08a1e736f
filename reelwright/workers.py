"""Worker processes for heavy local work: one JSON line in, one JSON line out.

They are apart so that the flow's process stays small, native code cannot take it down, and two cores work at once. A
worker's standard input is its lifeline: it ends when its parent does, however that ended, SIGKILL included.
"""

from __future__ import annotations

import asyncio
import atexit
import base64
import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from reelwright.errors import MediaError, ReelwrightError


class Crew:
    """Up to `count` worker processes of one module, started when they are first needed."""

    def __init__(self, module: str, count: int) -> None:
        self.module, self.count = module, count
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        for _ in range(count):
            self._idle.put(_Worker(module))
        self._all = list(self._idle.queue)
        atexit.register(self.close)

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Let a free worker answer `request`, waiting for one without blocking the event loop.

        The work is free and repeatable: a worker that dies is replaced and the request is given once more.

        Raises:
            ReelwrightError: what the worker raised, as it raised it.
            MediaError: the worker died twice over the same request.
        """
        return await asyncio.to_thread(self._ask, request)

    def close(self) -> None:
        """End all workers."""
        for worker in self._all:
            worker.end()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        worker = self._idle.get()
        try:
            line = json.dumps(request)
            answer = worker.exchange(line) or worker.exchange(line)
        finally:
            self._idle.put(worker)
        if not answer:
            raise MediaError(f"The worker {self.module} died twice over one request.", exit_status=worker.exit_status)
        reply: dict[str, Any] = json.loads(answer)
        if "raised" in reply:
            error = pickle.loads(base64.b64decode(reply["raised"]))  # noqa: S301 - our own child wrote it
            raise error
        return reply


class _Worker:
    def __init__(self, module: str) -> None:
        self._module = module
        self._process: subprocess.Popen[str] | None = None
        self._starting = threading.Lock()
        self.exit_status: int | None = None

    def exchange(self, line: str) -> str:
        process = self._running()
        if process.stdin is None or process.stdout is None:
            return ""
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except (BrokenPipeError, ValueError):
            answer = ""
        if not answer:
            self.end()
        return answer

    def end(self) -> None:
        with self._starting:
            process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        try:
            self.exit_status = process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            process.kill()
            self.exit_status = process.wait()

    def _running(self) -> subprocess.Popen[str]:
        with self._starting:
            if self._process is None or self._process.poll() is not None:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", self._module],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    # A group of its own: Ctrl-C is the parent's to handle.
                    process_group=0,
                )
            return self._process


def serve(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Be a worker: answer lines until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A worker that is told to end takes its ffmpeg along.
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear of it on its line
            reply = {"raised": base64.b64encode(pickle.dumps(_portable(error))).decode()}
        answers.write(json.dumps(reply) + "\n")
        answers.flush()


def _portable(error: Exception) -> Exception:
    """Return the error if it survives pickle, else one that says the same."""
    if isinstance(error, ReelwrightError | OSError):
        return error
    return MediaError(f"{type(error).__name__}: {error}")
