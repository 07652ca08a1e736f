"""Signs of life: while this process works on jobs, a thread of its own keeps their leases alive."""

from __future__ import annotations

import atexit
import contextlib
import logging
import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

from reelwright.errors import StorageError

_log = logging.getLogger(__name__)


class Leases(Protocol):
    """A table whose rows are held on a lease: the ledger's jobs, its publications."""

    lease_seconds: float

    def keep(self, holders: Sequence[str]) -> None:
        """Give a sign of life for all that these holders hold."""
        ...

    def let_go(self, holders: Sequence[str]) -> None:
        """Give up all that these holders hold."""
        ...


class Keeper:
    """Renews the leases of the holders that are at work here. A thread, so that a busy event loop costs no job."""

    def __init__(self, ledger: Leases) -> None:
        self._ledger = ledger
        self._holders: dict[str, int] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        atexit.register(self.let_go)

    @contextlib.contextmanager
    def holding(self, holder: str) -> Iterator[None]:
        """Keep all that `holder` holds alive while the block runs; what runs inside may claim more."""
        with self._changed:
            self._holders[holder] = self._holders.get(holder, 0) + 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="reelwright-leases", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._changed:
                self._holders[holder] -= 1
                if not self._holders[holder]:
                    del self._holders[holder]

    def let_go(self) -> None:
        """Give up everything in good order: the next run need not wait."""
        with self._changed:
            holders = list(self._holders)
        if holders:
            with contextlib.suppress(StorageError):
                self._ledger.let_go(holders)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait(self._ledger.lease_seconds / 4)
                holders = list(self._holders)
            if not holders:
                continue
            try:
                self._ledger.keep(holders)
            except StorageError as error:
                # The next sign may come through; if none does, the lease runs out, and each step then says so.
                _log.warning("no sign of life to the ledger: %s", error)
