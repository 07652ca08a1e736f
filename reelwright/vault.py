"""The vault: bytes by their SHA-256, and what was finished by its key.

A folder vault keeps `objects/ab/cdef…` (the bytes, read-only) and `finished/<kind>/ab/cdef….json` (a small JSON value
under the key of the work that made it). Both are written under a temporary name, synced and renamed: no reader ever
sees a partial file. A file that vanished or was damaged is a miss: the work is done again and heals it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol, runtime_checkable

from reelwright.errors import AssetDamaged, AssetMissing
from reelwright.values import Asset

_CHUNK = 1 << 20


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
    """A vault in a folder of the local disk (or a shared one)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._verified: dict[str, tuple[int, int]] = {}

    def __repr__(self) -> str:
        return f"FolderVault({str(self.root)!r})"

    def put_file(self, path: Path, media_type: str, facts: dict[str, Any] | None = None) -> Asset:
        """Keep the bytes of `path`; see `Vault.put_file`."""
        with path.open("rb") as stream:
            sha256, size = _hash(stream)
        target = self._object(sha256)
        if not self.holds(sha256):
            if path.is_relative_to(self.root / "scratch"):
                _sync_file(path)
                path.chmod(0o444)
                _rename(path, target)
            else:
                with self.scratch() as copy:
                    shutil.copyfile(path, copy)
                    _sync_file(copy)
                    copy.chmod(0o444)
                    _rename(copy, target)
        return Asset(sha256=sha256, media_type=media_type, size_bytes=size, facts=facts or {})

    def put_bytes(self, data: bytes, media_type: str, facts: dict[str, Any] | None = None) -> Asset:
        """Keep `data`; see `Vault.put_bytes`."""
        with self.scratch() as path:
            path.write_bytes(data)
            return self.put_file(path, media_type, facts)

    def path(self, asset: Asset | str) -> Path:
        """Return the verified file of an asset; see `Vault.path`."""
        sha256 = asset if isinstance(asset, str) else asset.sha256
        path = self._object(sha256)
        try:
            stat = path.stat()
        except FileNotFoundError:
            raise AssetMissing(sha256, vault=str(self.root)) from None
        # The bytes are hashed once for each process and version of the file, not at every use.
        seen = (stat.st_size, stat.st_mtime_ns)
        if self._verified.get(sha256) != seen:
            with path.open("rb") as stream:
                found, _ = _hash(stream)
            if found != sha256:
                self._put_aside(path)
                raise AssetDamaged(sha256, found=found)
            self._verified[sha256] = seen
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
        try:
            value = json.loads(self._record(kind, key).read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return value if isinstance(value, dict) else None

    def finish(self, kind: str, key: str, value: dict[str, Any]) -> None:
        """Keep `value` under `key`."""
        with self.scratch(".json") as path:
            path.write_text(json.dumps(value, ensure_ascii=False, sort_keys=True), "utf-8")
            _sync_file(path)
            _rename(path, self._record(kind, key))

    @contextlib.contextmanager
    def scratch(self, suffix: str = "") -> Iterator[Path]:
        """Lend a temporary path; see `Vault.scratch`."""
        folder = self.root / "scratch"
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

    def _put_aside(self, path: Path) -> None:
        aside = self.root / "damaged"
        aside.mkdir(exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            path.replace(aside / (path.parent.name + path.name))


def write_atomically(source: Path, target: Path) -> None:
    """Make `target` a copy of `source` that no reader ever sees half: a sibling is written, synced and renamed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        shutil.copyfile(source, part)
        part.chmod(0o644)
        _sync_file(part)
        _rename(part, target)
    finally:
        part.unlink(missing_ok=True)


def write_text_atomically(text: str, target: Path) -> None:
    """Write `text` as UTF-8 so that no reader ever sees half of it."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "text"
        source.write_text(text, "utf-8")
        write_atomically(source, target)


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
