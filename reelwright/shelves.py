"""What lies in a vault, name by name, whatever keeps it: for those who look at everything, as cleaning does."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from reelwright.vault import FolderVault, Vault

if TYPE_CHECKING:
    from reelwright.s3.bucket import Bucket

_AT_ONCE = 8
"""Requests to a bucket side by side."""


@dataclass(frozen=True, slots=True)
class Lying:
    """Something that lies in a vault."""

    name: str
    """`objects/ab/cdef…` and so on: the same in a folder and in a bucket."""
    size_bytes: int
    written_at: float
    """Seconds since 1970."""


class Shelf(Protocol):
    """A vault's names. Methods raise `StorageError` where the store refuses or does not answer."""

    def lying(self, beginning: str) -> Iterator[Lying]:
        """Yield everything whose name begins so."""
        ...

    def texts(self, names: Iterable[str]) -> Iterator[str]:
        """Yield what stands under each name, in their order; nothing for what has gone or is no text."""
        ...

    def remove(self, names: Iterable[str]) -> None:
        """Remove what lies under these names; what has gone is gone."""
        ...


def shelf_of(vault: Vault) -> Shelf:
    """Return a vault's shelf.

    Raises:
        TypeError: nobody has said how to look through this kind.
    """
    if isinstance(vault, FolderVault):
        return _Folder(vault.root)
    from reelwright.s3.bucket import Bucket  # noqa: PLC0415 - a folder needs neither this nor boto3
    from reelwright.vault_s3 import S3Vault  # noqa: PLC0415

    if isinstance(vault, S3Vault):
        return _Bucket(Bucket(vault.place))
    raise TypeError(f"{vault!r} cannot be looked through")


@dataclass(frozen=True, slots=True)
class _Folder:
    root: Path

    def lying(self, beginning: str) -> Iterator[Lying]:
        for path in (self.root / beginning).rglob("*"):
            # What goes meanwhile was not there.
            with contextlib.suppress(FileNotFoundError):
                told = path.stat()
                if path.is_file():
                    yield Lying(path.relative_to(self.root).as_posix(), told.st_size, told.st_mtime)

    def texts(self, names: Iterable[str]) -> Iterator[str]:
        return (read_text(self.root / name) for name in names)

    def remove(self, names: Iterable[str]) -> None:
        for name in names:
            (self.root / name).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Bucket:
    bucket: Bucket

    def lying(self, beginning: str) -> Iterator[Lying]:
        for name, size, written in self.bucket.list(beginning):
            yield Lying(name, size, written.timestamp())

    def texts(self, names: Iterable[str]) -> Iterator[str]:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            yield from pool.map(self._text, names)

    def remove(self, names: Iterable[str]) -> None:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(self.bucket.delete, names))

    def _text(self, name: str) -> str:
        found = self.bucket.read(name)
        return found[0].decode("utf-8", "replace") if found else ""


def read_text(path: Path) -> str:
    """Return a file's text; nothing if it cannot be read."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_text("utf-8")
    return ""
