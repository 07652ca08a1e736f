"""The vault: bytes by their SHA-256, and what was finished by its key.

A folder vault keeps `objects/ab/cdef…` (the bytes, read-only) and `finished/<kind>/ab/cdef….json` (a small JSON value
under the key of the work that made it). Both are written under a temporary name, synced and renamed: no reader ever
sees a partial file. A file that vanished or was damaged is a miss: the work is done again and heals it. What the
operating system refuses (a full disk, a folder that cannot be written) is a `StorageError`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol, runtime_checkable

from reelwright.errors import AssetDamaged, AssetMissing, StorageError
from reelwright.values import Asset

_CHUNK = 1 << 20
_ABANDONED_SECONDS = 24 * 3600


@runtime_checkable
class Vault(Protocol):
    """Where bytes and finished work are kept; shared by every process that names the same place."""

    def put_file(self, path: Path, media_type: str, facts: dict[str, Any] | None = None) -> Asset:
        """Keep the bytes of `path` (moved if it lies in `scratch`, copied otherwise) and return their reference."""
        ...

    def put_bytes(self, data: bytes, media_type: str, facts: dict[str, Any] | None = None) -> Asset:
        """Keep `data` and return its reference."""
        ...

    def path(self, asset: Asset | str) -> Path:
        """Return a local, verified, read-only file with the asset's bytes.

        Raises:
            AssetMissing: the bytes are gone.
            AssetDamaged: the bytes no longer have their SHA-256 (they are put aside, so that a re-run heals).
        """
        ...

    def holds(self, asset: Asset | str) -> bool:
        """Whether the bytes are there and undamaged."""
        ...

    def finished(self, kind: str, key: str) -> dict[str, Any] | None:
        """Return what was kept under `key`, or `None`."""
        ...

    def finish(self, kind: str, key: str, value: dict[str, Any]) -> None:
        """Keep `value` (plain JSON) under `key`, replacing what was there."""
        ...

    def scratch(self, suffix: str = "") -> contextlib.AbstractContextManager[Path]:
        """Lend a temporary path on the vault's own disk; whatever is left there goes when the block ends."""
        ...


class FolderVault:
    """A vault in a folder of the local disk (or a shared one). Opening it sweeps out what killed processes left."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._verified: dict[str, tuple[int, ...]] = {}
        _sweep((root / "scratch").glob("*"))

    def __repr__(self) -> str:
        return f"FolderVault({str(self.root)!r})"

    def put_file(self, path: Path, media_type: str, facts: dict[str, Any] | None = None) -> Asset:
        """Keep the bytes of `path`; see `Vault.put_file`."""
        with _storing("keep an asset"):
            with path.open("rb") as stream:
                sha256, size = _hash(stream)
            if not self.holds(sha256):
                if not path.is_relative_to(self.root / "scratch"):
                    with self.scratch() as copy:
                        shutil.copyfile(path, copy)
                        # Hashed anew: the file is not ours, and may have changed meanwhile.
                        return self.put_file(copy, media_type, facts)
                _sync_file(path)
                path.chmod(0o444)
                _rename(path, self._object(sha256))
        return Asset(sha256=sha256, media_type=media_type, size_bytes=size, facts=facts or {})

    def put_bytes(self, data: bytes, media_type: str, facts: dict[str, Any] | None = None) -> Asset:
        """Keep `data`; see `Vault.put_bytes`."""
        with _storing("keep an asset"), self.scratch() as path:
            path.write_bytes(data)
            return self.put_file(path, media_type, facts)

    def path(self, asset: Asset | str) -> Path:
        """Return the verified file of an asset; see `Vault.path`."""
        sha256 = asset if isinstance(asset, str) else asset.sha256
        path = self._object(sha256)
        with _storing("read an asset"):
            try:
                stream = path.open("rb")
            except FileNotFoundError:
                raise AssetMissing(sha256, vault=str(self.root)) from None
            with stream:
                # The bytes are hashed once for each process and version of the file, not at every use.
                version = _version(os.fstat(stream.fileno()))
                if self._verified.get(sha256) == version:
                    return path
                found, _ = _hash(stream)
        if found != sha256:
            self._put_aside(path, version)
            raise AssetDamaged(sha256, found=found)
        self._verified[sha256] = version
        return path

    def holds(self, asset: Asset | str) -> bool:
        """Whether the bytes are there and undamaged."""
        try:
            self.path(asset)
        except (AssetMissing, AssetDamaged):
            return False
        return True

    def finished(self, kind: str, key: str) -> dict[str, Any] | None:
        """Return what was kept under `key`; an unreadable record counts as none."""
        with _storing("read finished work"):
            try:
                value = json.loads(self._record(kind, key).read_text("utf-8"))
            except (FileNotFoundError, ValueError):
                return None
        return value if isinstance(value, dict) else None

    def finish(self, kind: str, key: str, value: dict[str, Any]) -> None:
        """Keep `value` under `key`."""
        with _storing("keep finished work"), self.scratch(".json") as path:
            path.write_text(json.dumps(value, ensure_ascii=False, sort_keys=True), "utf-8")
            _sync_file(path)
            _rename(path, self._record(kind, key))

    @contextlib.contextmanager
    def scratch(self, suffix: str = "") -> Iterator[Path]:
        """Lend a temporary path; see `Vault.scratch`."""
        folder = self.root / "scratch"
        with _storing("make a scratch folder"):
            folder.mkdir(parents=True, exist_ok=True)
            lent = Path(tempfile.mkdtemp(dir=folder))
        try:
            yield lent / f"file{suffix}"
        finally:
            shutil.rmtree(lent, ignore_errors=True)

    def _object(self, sha256: str) -> Path:
        return self.root / "objects" / sha256[:2] / sha256[2:]

    def _record(self, kind: str, key: str) -> Path:
        return self.root / "finished" / kind / key[:2] / f"{key[2:]}.json"

    def _put_aside(self, path: Path, version: tuple[int, ...]) -> None:
        aside = self.root / "damaged"
        # Where it cannot be moved it is replaced when it is made anew.
        with contextlib.suppress(OSError):
            aside.mkdir(exist_ok=True)
            # Another process may have healed it meanwhile.
            if _version(path.stat()) == version:
                path.replace(aside / (path.parent.name + path.name))


def write_atomically(source: Path, target: Path) -> None:
    """Make `target` a copy of `source` that no reader ever sees half: a sibling is written, synced and renamed.

    Raises:
        StorageError: the source cannot be read, or the target cannot be written.
    """
    with _sibling(target) as part:
        shutil.copyfile(source, part)


def write_text_atomically(text: str, target: Path) -> None:
    """Write `text` as UTF-8 so that no reader ever sees half of it.

    Raises:
        StorageError: the target cannot be written.
    """
    with _sibling(target) as part:
        part.write_text(text, "utf-8")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hex digits."""
    with path.open("rb") as stream:
        return _hash(stream)[0]


def _hash(stream: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _version(stat: os.stat_result) -> tuple[int, ...]:
    """What changes when a file's bytes do; the change time tells also where the modification time was kept."""
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


@contextlib.contextmanager
def _storing(doing: str) -> Iterator[None]:
    """Turn what the operating system refuses into a `StorageError`."""
    try:
        yield
    except OSError as error:
        raise StorageError.of(error, doing) from error


@contextlib.contextmanager
def _sibling(target: Path) -> Iterator[Path]:
    """Lend a file beside `target` that takes its place, synced, when the block ends well."""
    with _storing(f"write {target.name!r}"):
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path for path in target.parent.glob(".*.part") if path.name.startswith(f".{target.name}."))
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        os.close(handle)
        part = Path(name)
        try:
            yield part
            part.chmod(0o644)
            _sync_file(part)
            _rename(part, target)
        finally:
            part.unlink(missing_ok=True)


def _sweep(left: Iterable[Path]) -> None:
    """Remove those files and folders in which nothing was written for a day: their process was killed."""
    for path in left:
        with contextlib.suppress(OSError):
            touched = max(part.lstat().st_mtime for part in (path, *path.rglob("*")))
            if time.time() - touched > _ABANDONED_SECONDS:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _rename(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
