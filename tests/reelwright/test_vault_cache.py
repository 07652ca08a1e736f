"""Local copies: bounded by size, the least recently used going first, never one that is in use."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from reelwright.errors import AssetDamaged, AssetMissing
from reelwright.vault_cache import Cache

SIZE = 1000


def _filled(root: Path, count: int) -> list[str]:
    """Let another process keep `count` files, asked for one day after the other; the last one yesterday."""
    cache, kept = Cache(root, most_bytes=10**9), []
    for index in range(count):
        sha256 = cache.put_bytes(bytes([index]) * SIZE, "video/mp4").sha256
        then = time.time() - (count - index) * 86400
        os.utime(root / "asked" / sha256, (then, then))
        kept.append(sha256)
    return kept


def _held(root: Path) -> set[str]:
    return {path.parent.name + path.name for path in (root / "objects").glob("??/*")}


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    """Above the bound, the files that were not asked for longest make room, with their marks."""
    old = _filled(tmp_path, 6)
    cache = Cache(tmp_path, most_bytes=5 * SIZE)
    cache.path(old[0])

    new = cache.put_bytes(b"n" * SIZE, "video/mp4").sha256

    assert _held(tmp_path) == {new, old[0], *old[4:]}
    assert {mark.name for mark in (tmp_path / "asked").iterdir()} == _held(tmp_path)


def test_nothing_goes_below_the_bound(tmp_path: Path) -> None:
    """A cache that is not full keeps everything."""
    old = _filled(tmp_path, 3)

    new = Cache(tmp_path, most_bytes=4 * SIZE).put_bytes(b"n" * SIZE, "video/mp4").sha256

    assert _held(tmp_path) == {new, *old}


def test_what_this_process_uses_stays(tmp_path: Path) -> None:
    """What was handed out hours ago is still there, however small the bound is."""
    cache, hours_ago = Cache(tmp_path, most_bytes=1), time.time() - 5 * 3600
    handed = []
    for index in range(8):
        handed.append(cache.put_bytes(bytes([index]) * SIZE, "video/mp4").sha256)
        os.utime(tmp_path / "asked" / handed[-1], (hours_ago, hours_ago))

    assert _held(tmp_path) == set(handed)


def test_what_another_process_has_just_asked_for_stays(tmp_path: Path) -> None:
    """The processes of one machine share the folder: none takes another's file away."""
    used = Cache(tmp_path, most_bytes=1).put_bytes(b"used" * SIZE, "video/mp4").sha256

    new = Cache(tmp_path, most_bytes=1).put_bytes(b"n" * SIZE, "video/mp4").sha256

    assert _held(tmp_path) == {used, new}


def test_a_damaged_copy_is_gone(tmp_path: Path) -> None:
    """It is reported once and takes no room afterwards: the bucket has the right one."""
    cache = Cache(tmp_path, most_bytes=10**9)
    sha256 = cache.put_bytes(b"whole", "video/mp4").sha256
    cache.path(sha256).chmod(0o644)
    cache.path(sha256).write_bytes(b"rotten")

    with pytest.raises(AssetDamaged):
        cache.path(sha256)
    with pytest.raises(AssetMissing):
        cache.path(sha256)
    assert cache.find(sha256) is None
    assert not (tmp_path / "damaged").exists()


def test_marks_of_what_is_not_here_are_forgotten(tmp_path: Path) -> None:
    """Asking for bytes that only the bucket could have leaves nothing behind for good."""
    _filled(tmp_path, 1)
    Cache(tmp_path, most_bytes=10**9).find("0" * 64)
    os.utime(tmp_path / "asked" / ("0" * 64), (1, 1))

    Cache(tmp_path, most_bytes=10**9).put_bytes(b"n", "video/mp4")

    assert {mark.name for mark in (tmp_path / "asked").iterdir()} == _held(tmp_path)


def test_many_at_once_take_nothing_from_each_other(tmp_path: Path) -> None:
    """Four users of a cache that is far too small: each can read whatever it has just put or found."""
    failures = []

    def use(name: int) -> None:
        cache = Cache(tmp_path, most_bytes=3 * SIZE)
        for index in range(30):
            asset = cache.put_bytes(f"{name} {index}".encode() * 200, "video/mp4")
            shared = cache.find(asset.sha256)
            if shared is None or not shared.exists():
                failures.append(asset)

    users = [threading.Thread(target=use, args=(name,)) for name in range(4)]
    for user in users:
        user.start()
    for user in users:
        user.join()

    assert failures == []
