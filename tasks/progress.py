"""What a run tells while it works: one event a stage, for a terminal, a log or a page."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Iterator
from typing import Literal

from reelwright.values import Value


class Progress(Value):
    """One stage of one shot (or of the whole episode: `shot` is 0) that started, moved on or ended."""

    shot: int
    shots: int
    stage: str
    state: Literal["started", "moved", "done", "found", "failed"]
    share: float | None = None
    """Share done, 0 to 1, where it is known."""
    note: str = ""


Listener = Callable[[Progress], None]

_listener: contextvars.ContextVar[Listener | None] = contextvars.ContextVar("reelwright_progress", default=None)


@contextlib.contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Send the progress of everything that runs inside this block to `listener`."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def report(event: Progress) -> None:
    """Tell the listener, if somebody listens."""
    listener = _listener.get()
    if listener is not None:
        listener(event)
