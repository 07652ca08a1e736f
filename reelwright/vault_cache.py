"""Local copies of a remote vault's bytes: whole files only, bounded by size, the least recently used going first."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reelwright.errors import AssetDamaged, AssetMissing, StorageError
from reelwright.values import Asset
from reelwright.vault import FolderVault

_OWN_SECONDS = 24 * 3600
"""No work reads a file a day after it asked for it; a worker that lives for weeks must not keep everything."""
_OTHERS_SECONDS = 2 * 3600
_MARK_SECONDS = 60
_ROOM = 0.9
_LOOK_EVERY = 0.05


class Cache:
    """A folder of copies that the processes of one machine share.

    It holds at most `most_bytes`, unless more is in use. In use is what this process asked for in the last day and any
    other in the last two hours: such a file is never removed.
    """

    def __init__(self, root: Path, most_bytes: int) -> None:
        self.root, self.most_bytes = root, most_bytes
        self._folder = FolderVault(root)
        self._asked: dict[str, float] = {}
        self._added: float = most_bytes  # look around at the first file

    def put_file(self, path: Path, media_type: str, facts: dict[str, Any] | None = None) -> Asset:
        """Keep a copy of `path`, moved if it lies in `scratch`; then make room."""
        return self._kept(self._folder.put_file(path, media_type, facts))

    def put_bytes(self, data: bytes, media_type: str, facts: dict[str, Any] | None = None) -> Asset:
        """Keep `data`; then make room."""
        return self._kept(self._folder.put_bytes(data, media_type, facts))

    def path(self, sha256: str) -> Path:
        """Return the verified copy, in use from now on.

        Raises:
            AssetMissing: there is none.
            AssetDamaged: it was damaged, and is gone now.
        """
        # Marked before it is looked for: whoever makes room has removed it by now, or will leave it.
        self._mark(sha256)
        try:
            return self._folder.path(sha256)
        except AssetDamaged:
            shutil.rmtree(self.root / "damaged", ignore_errors=True)
            raise

    def find(self, sha256: str) -> Path | None:
        """Return the verified copy, in use from now on; `None`: there is no whole one."""
        try:
            return self.path(sha256)
        except (AssetMissing, AssetDamaged):
            return None

    def scratch(self, suffix: str = "") -> contextlib.AbstractContextManager[Path]:
        """Lend a temporary path on the cache's own disk."""
        return self._folder.scratch(suffix)

    def _kept(self, asset: Asset) -> Asset:
        self._mark(asset.sha256)
        self._make_room(asset.size_bytes)
        return asset

    def _mark(self, sha256: str) -> None:
        now = time.monotonic()
        if now - self._asked.get(sha256, -_MARK_SECONDS) < _MARK_SECONDS:
            return
        with self._locked(fcntl.LOCK_SH):
            # A file of its own: access times are not kept on every disk, and a changed one would look like damage.
            self._marker(sha256).parent.mkdir(parents=True, exist_ok=True)
            self._marker(sha256).touch()
        self._asked[sha256] = now

    def _make_room(self, added_bytes: int) -> None:
        self._added += added_bytes
        if self._added < self.most_bytes * _LOOK_EVERY:
            return
        self._added = 0
        with self._locked(fcntl.LOCK_EX):
            kept = sorted(self._copies())
            total = sum(size for _, size, _ in kept)
            bound = self.most_bytes * _ROOM if total > self.most_bytes else total
            for last_asked, size, path in kept:
                if total <= bound:
                    break
                if not self._is_in_use(_sha256_of(path), last_asked):
                    path.unlink(missing_ok=True)
                    total -= size
            self._forget_marks({_sha256_of(path) for *_, path in kept if path.exists()})

    def _forget_marks(self, held: set[str]) -> None:
        """Remove the marks of files that are not here, but for those that somebody may be fetching."""
        for mark in (self.root / "asked").iterdir():
            if mark.name not in held and time.time() - mark.stat().st_mtime > _OTHERS_SECONDS:
                mark.unlink(missing_ok=True)

    def _is_in_use(self, sha256: str, last_asked: float) -> bool:
        own = self._asked.get(sha256)
        if own is not None and time.monotonic() - own < _OWN_SECONDS:
            return True
        return time.time() - last_asked < _OTHERS_SECONDS

    def _copies(self) -> Iterator[tuple[float, int, Path]]:
        """Every copy: when it was last asked for, its size in bytes, its path."""
        for path in (self.root / "objects").glob("??/*"):
            marker = self._marker(_sha256_of(path))
            # Another process may have found it damaged and taken it away.
            with contextlib.suppress(FileNotFoundError):
                stat = path.stat()
                yield (marker if marker.exists() else path).stat().st_mtime, stat.st_size, path

    def _marker(self, sha256: str) -> Path:
        return self.root / "asked" / sha256

    @contextlib.contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Marking goes side by side, removing alone: a file is not removed between being marked and being found."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with (self.root / "lock").open("ab") as file:
                fcntl.flock(file, how)
                yield
        except OSError as error:
            raise StorageError.of(error, "use the vault's cache") from error


def _sha256_of(path: Path) -> str:
    return path.parent.name + path.name
