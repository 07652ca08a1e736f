"""The one place that runs ffmpeg. Argument lists are built elsewhere, by pure functions."""

from __future__ import annotations

import contextlib
import functools
import subprocess
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from reelwright.errors import MediaError, NotInstalled

_QUIET = ("-hide_banner", "-nostdin", "-nostats", "-loglevel", "error")


@functools.cache
def executable() -> str:
    """Return the path of the ffmpeg that came with the imageio-ffmpeg wheel (or that IMAGEIO_FFMPEG_EXE names).

    Raises:
        NotInstalled: the wheel for this platform carries none.
    """
    import imageio_ffmpeg  # noqa: PLC0415 - only media work pays for this import

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise NotInstalled("ffmpeg", install="pip install imageio-ffmpeg") from error


def run(
    arguments: Sequence[str], *, loglevel: str = "error", frames: Iterable[bytes | memoryview] | None = None
) -> str:
    """Run ffmpeg with `arguments`, feeding `frames` to its standard input; return what it said on standard error.

    Raises:
        MediaError: ffmpeg ended with an error; its last lines are in the message. A failure of `frames` passes through.
    """
    command = [executable(), *_QUIET[:-1], loglevel, *arguments]
    with (
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE if frames is not None else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            bufsize=0,
        ) as process,
        # The log ends with the process: it is killed before anybody waits for its last line.
        _log_of(process) as log,
        _killed_on_error(process),
    ):
        if frames is not None:
            _feed(process.stdin, frames)
        status = process.wait()
    said = b"".join(log).decode("utf-8", "replace")
    if status != 0:
        lines = tuple(line for line in said.splitlines() if line.strip())[-8:]
        message = f"ffmpeg ended with status {status}."
        raise MediaError(message, exit_status=status, last_lines=lines)
    return said


def _feed(stream: IO[bytes] | None, frames: Iterable[bytes | memoryview]) -> None:
    if stream is None:
        return
    # ffmpeg may end before it took every frame (an error, or enough output); its status tells which.
    with contextlib.suppress(BrokenPipeError):
        for frame in frames:
            view = memoryview(frame).cast("B")
            while view:
                view = view[stream.write(view) :]
    with contextlib.suppress(BrokenPipeError):
        stream.close()


@contextlib.contextmanager
def _killed_on_error(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Leave no ffmpeg behind when the frames fail or the person presses Ctrl-C."""
    try:
        yield
    except BaseException:
        process.kill()
        raise


@contextlib.contextmanager
def _log_of(process: subprocess.Popen[bytes]) -> Iterator[list[bytes]]:
    """Read standard error beside the work, so that a talkative ffmpeg never blocks on a full pipe."""
    log: list[bytes] = []
    stream = process.stderr
    if stream is None:
        yield log
        return
    reader = threading.Thread(target=lambda: log.extend(iter(lambda: stream.read(65536), b"")), daemon=True)
    reader.start()
    try:
        yield log
    finally:
        process.poll()
        reader.join(timeout=10)
