"""Work that is done once: found again by what was asked for, made when it is not there, healed when it is damaged."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ValidationError

from reelwright.canonical import key_of
from reelwright.values import Asset, Value
from reelwright.vault import Vault


class Finished(Value):
    """The result of a stage. `hit` tells that it was found again and cost nothing this time."""

    hit: bool = False
    """Whether it was found again, at no cost."""

    def assets(self) -> Iterator[Asset]:
        """Every asset this result refers to."""
        return _assets_in(self)

    def found_again(self) -> Self:
        """Return the same result, marked as a hit."""
        return self.model_copy(update={"hit": True})


Result = TypeVar("Result", bound=Finished)

_flights: dict[str, Future[None]] = {}
_flights_change = threading.Lock()


async def once(
    vault: Vault,
    kind: str,
    request: object,
    result: type[Result],
    make: Callable[[], Awaitable[Result]],
    *,
    fresh: bool = False,
) -> Result:
    """Return what `request` gave before if all its bytes are still whole, else `make` it and keep it.

    Two callers of one process that ask for the same thing at the same time share one `make`, also from two event loops
    (Prefect runs submitted tasks in threads). If it fails, it fails for the one who made it; the next makes it anew.
    `kind` names the work and its version, e.g. `narration/1`; `request` is what the key is made of (see
    `reelwright.canonical`). `fresh` makes it anew and replaces what was kept.

    Raises:
        StorageError: the vault cannot be read or written; else what `make` raises.
    """
    key = key_of(kind, request)
    folder = kind.replace("/", "-")
    async with _single_flight(key):
        found = None if fresh else await asyncio.to_thread(_look_up, vault, folder, key, result)
        if found is not None:
            return found.found_again()
        made = await make()
        await asyncio.to_thread(vault.finish, folder, key, made.model_dump(mode="json", exclude={"hit"}))
        return made


def _look_up(vault: Vault, folder: str, key: str, result: type[Result]) -> Result | None:
    record = vault.finished(folder, key)
    if record is None:
        return None
    try:
        found = result.model_validate(record)
    except ValidationError:
        return None  # written by another version: made anew
    return found if all(vault.holds(asset) for asset in found.assets()) else None


@contextlib.asynccontextmanager
async def _single_flight(key: str) -> AsyncIterator[None]:
    """Let in one caller of this process at a time; the others wait without holding a thread."""
    mine: Future[None] = Future()
    # A future that runs cannot be cancelled: a caller that gives up waiting ends nothing for the others.
    mine.set_running_or_notify_cancel()
    while True:
        with _flights_change:
            ahead = _flights.setdefault(key, mine)
        if ahead is mine:
            break
        await asyncio.wrap_future(ahead)
    try:
        yield
    finally:
        with _flights_change:
            del _flights[key]
        mine.set_result(None)


def _assets_in(value: Any) -> Iterator[Asset]:
    if isinstance(value, Asset):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _assets_in(getattr(value, name))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _assets_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _assets_in(item)
