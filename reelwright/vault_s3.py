"""The shared vault: a bucket that many machines write, and a cache of it on each.

The bucket holds what a folder vault holds, under the same names: `objects/ab/cdef…`, `finished/<kind>/ab/cdef….json`.
Objects are created only where there is none; a damaged one is replaced only as it was seen. What is put here is kept in
the cache as well, so that the process that made it reads it without a download.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import logging
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reelwright.errors import AssetDamaged, AssetMissing, StorageError
from reelwright.s3.address import Place
from reelwright.s3.bucket import Bucket, Head, Read
from reelwright.s3.conditions import ABSENT, unchanged
from reelwright.s3.start_up import refuse_unconditional
from reelwright.values import Asset
from reelwright.vault import write_text_atomically
from reelwright.vault_cache import Cache

CACHE_BYTES = 20 * 10**9
_CHECK_SECONDS = 24 * 3600
_ROUNDS = 12
_READINGS = 2
_SHARDS = 64
_UNKNOWN_TYPE = "application/octet-stream"
_EMPTY = hashlib.sha256().hexdigest()

_log = logging.getLogger(__name__)


class S3Vault:
    """A vault in a bucket. Its first use tests that the store honours conditional writes; see `check`.

    Besides what `Vault` says, every method raises `StorageError` where the store refuses or does not answer
    (`retryable` tells whether it may answer later), and `MissingCredential` where boto3 finds no credentials.
    """

    def __init__(self, place: Place, cache: Path, *, cache_bytes: int = CACHE_BYTES) -> None:
        self.place = place
        self._cache = Cache(cache, cache_bytes)
        self._bucket = Bucket(place)
        self._whole: dict[str, str] = {}
        """The ETag of the version of each object that this process has sent or read whole."""
        self._checked = False
        self._checking = threading.Lock()
        self._reading = tuple(threading.Lock() for _ in range(_SHARDS))

    def __repr__(self) -> str:
        return f"S3Vault({str(self.place)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Connections stay where they are; the credentials are each process's own.
        return functools.partial(S3Vault, cache_bytes=self._cache.most_bytes), (self.place, self._cache.root)

    def check(self) -> None:
        """Test that the store honours conditional writes. Done by itself once a day on each machine.

        Raises:
            StorageError: it does not, or it cannot be used at all; the hint says what to do.
        """
        refuse_unconditional(self._bucket)
        with contextlib.suppress(StorageError):
            self._bucket.end_abandoned_uploads()  # a courtesy; not every key may list them
        write_text_atomically(str(self.place), self._check_record)
        self._checked = True

    def put_file(self, path: Path, media_type: str, facts: dict[str, Any] | None = None) -> Asset:
        """Keep the bytes of `path`; see `Vault.put_file`."""
        asset = self._cache.put_file(path, media_type, facts)
        self._keep(asset.sha256, media_type)
        return asset

    def put_bytes(self, data: bytes, media_type: str, facts: dict[str, Any] | None = None) -> Asset:
        """Keep `data`; see `Vault.put_bytes`."""
        asset = self._cache.put_bytes(data, media_type, facts)
        self._keep(asset.sha256, media_type)
        return asset

    def path(self, asset: Asset | str) -> Path:
        """Return the verified local copy of an asset, downloaded if there is none; see `Vault.path`."""
        sha256 = _sha256_of(asset)
        with self._reading[int(sha256[:2], 16) % _SHARDS]:
            return self._cache.find(sha256) or self._download(sha256)

    def holds(self, asset: Asset | str) -> bool:
        """Whether the bucket holds the bytes undamaged.

        Where the store keeps the SHA-256 that it checked, its word counts; else the bytes are read. What the bucket has
        lost and this machine still has is put back: nothing is made, or paid, again.
        """
        sha256 = _sha256_of(asset)
        there = self._ready().head(_object(sha256))
        if there is not None and self._is_whole(sha256, there):
            return True
        if self._cache.find(sha256) is None:
            return False
        self._keep(sha256, asset.media_type if isinstance(asset, Asset) else _UNKNOWN_TYPE)
        return True

    def finished(self, kind: str, key: str) -> dict[str, Any] | None:
        """Return what was kept under `key`; an unreadable record counts as none."""
        found = self._ready().read(_record(kind, key))
        try:
            value = json.loads(found[0]) if found else None
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    def finish(self, kind: str, key: str, value: dict[str, Any]) -> None:
        """Keep `value` under `key`. What another writer has put there meanwhile is seen before it is replaced."""
        name = _record(kind, key)
        data = json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
        there: tuple[bytes, str] | None = None
        for _ in _rounds():
            condition = ABSENT if there is None else unchanged(there[1])
            if self._ready().put_bytes(name, data, "application/json", condition):
                if there is not None:
                    _log.info("%s replaces what another run or machine had finished.", name)
                return
            there = self._bucket.read(name)
            if there is not None and there[0] == data:
                return
        raise self._contended(name)

    def scratch(self, suffix: str = "") -> contextlib.AbstractContextManager[Path]:
        """Lend a temporary path on the cache's disk; see `Vault.scratch`."""
        return self._cache.scratch(suffix)

    def _keep(self, sha256: str, media_type: str) -> None:
        """See to it that the bucket holds the cached bytes."""
        name, bucket = _object(sha256), self._ready()
        file = self._cache.path(sha256)
        for _ in _rounds():
            there = bucket.head(name)
            if there is not None and self._is_whole(sha256, there):
                return
            if there is not None and there.size_bytes:
                with contextlib.suppress(StorageError):
                    bucket.copy(name, _aside(sha256))
            try:
                etag = bucket.put_file(name, file, sha256, media_type, unchanged(there.etag) if there else ABSENT)
            except OSError as error:
                raise StorageError.of(error, "send an asset") from error
            except StorageError:
                # The answer may have been lost after the store had taken everything.
                there = bucket.head(name)
                if there is not None and self._is_whole(sha256, there):
                    return
                raise
            if etag is not None:
                self._whole[sha256] = etag
                return
        raise self._contended(name)

    def _is_whole(self, sha256: str, there: Head) -> bool:
        if self._whole.get(sha256) == there.etag:
            return True
        if there.sha256 is not None:
            return there.sha256 == sha256
        read = self._bucket.download(_object(sha256), lambda _: None)
        if read is None or read.sha256 != sha256:
            return False
        self._whole[sha256] = read.etag
        return True

    def _download(self, sha256: str) -> Path:
        found = etag = ""
        # Read once more before it is called damaged: the fault may lie on the way.
        for _ in range(_READINGS):
            with self._cache.scratch() as file:
                read = self._read_into(file, sha256)
                # What was put aside as damaged leaves an empty object behind; see `_put_aside`.
                if read is None or read.sha256 == _EMPTY != sha256:
                    raise AssetMissing(sha256, vault=str(self.place))
                found, etag = read.sha256, read.etag
                if found == sha256:
                    self._whole[sha256] = etag
                    self._cache.put_file(file, _UNKNOWN_TYPE)
                    return self._cache.path(sha256)
        self._put_aside(sha256, etag)
        raise AssetDamaged(sha256, found=found)

    def _read_into(self, file: Path, sha256: str) -> Read | None:
        bucket = self._ready()
        try:
            with file.open("wb") as stream:
                return bucket.download(_object(sha256), stream.write)
        except OSError as error:
            raise StorageError.of(error, "download an asset") from error

    def _put_aside(self, sha256: str, etag: str) -> None:
        """Keep damaged bytes for a person to look at, and leave an empty object, which every reader takes for none.

        The store may vouch for them, having checked them when they came in: without this no other process would see
        the damage before it reads. Replacing on condition, unlike deleting, cannot hit what another has just healed.
        """
        self._whole.pop(sha256, None)
        with contextlib.suppress(StorageError):
            self._bucket.copy(_object(sha256), _aside(sha256))
            self._bucket.put_bytes(_object(sha256), b"", _UNKNOWN_TYPE, unchanged(etag))

    def _ready(self) -> Bucket:
        with self._checking:
            if not self._checked and not self._was_checked_today():
                self.check()
            self._checked = True
        return self._bucket

    def _was_checked_today(self) -> bool:
        try:
            age = time.time() - self._check_record.stat().st_mtime
            return age < _CHECK_SECONDS and self._check_record.read_text("utf-8") == str(self.place)
        except (OSError, ValueError):
            return False

    @property
    def _check_record(self) -> Path:
        return self._cache.root / "checked"

    def _contended(self, name: str) -> StorageError:
        contended = StorageError(
            f"Others kept writing {name!r} in {str(self.place)!r} at the same time.", hint="Run again: it is kept once."
        )
        contended.retryable = True
        return contended


def _rounds() -> Iterator[None]:
    """Try again while others write the same object, with growing pauses; about eight seconds in all."""
    for attempt in range(_ROUNDS):
        yield
        time.sleep(random.uniform(0, min(2.0, 0.05 * 2**attempt)))  # noqa: S311 - only spreads the writers out


def _sha256_of(asset: Asset | str) -> str:
    return asset if isinstance(asset, str) else asset.sha256


def _object(sha256: str) -> str:
    return f"objects/{sha256[:2]}/{sha256[2:]}"


def _aside(sha256: str) -> str:
    return f"damaged/{sha256}"


def _record(kind: str, key: str) -> str:
    return f"finished/{kind}/{key[:2]}/{key[2:]}.json"
