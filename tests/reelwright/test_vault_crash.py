"""The vault when things break: no reader sees half a file, no crash leaves one, and the disk's refusals are told."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import random
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reelwright.errors import AssetMissing, StorageError
from reelwright.vault import FolderVault, sha256_of, write_atomically, write_text_atomically

DAY = 24 * 3600


def files_below(folder: Path) -> list[Path]:
    """Every file under a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


@contextlib.contextmanager
def running(code: str, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs `code`; it is killed at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    """The next line of a process."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


# Whole or not at all

WRITE_LARGE = """
import sys
from pathlib import Path
from reelwright.vault import FolderVault
vault, size = FolderVault(Path(sys.argv[1])), int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for number in range(3):
    vault.put_bytes(bytes([number]) * size, "application/octet-stream")
with vault.scratch() as path:
    path.write_bytes(bytes([9]) * size)
    vault.put_file(path, "application/octet-stream")
print("done", flush=True)
"""


def test_a_reader_never_sees_a_partial_file(tmp_path: Path) -> None:
    """While another process writes large files, whatever has its final name has all its bytes."""
    size, seen = 24 << 20, set()
    with running(WRITE_LARGE, tmp_path, size) as writer:
        assert said(writer) == "ready"
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
        watcher = threading.Thread(target=said, args=(writer,))
        watcher.start()
        while watcher.is_alive():
            for path in files_below(tmp_path / "objects"):
                seen.add((path.name, path.stat().st_size))
        watcher.join()
    # What came between the last look and the writer's last word.
    seen |= {(path.name, path.stat().st_size) for path in files_below(tmp_path / "objects")}
    assert {bytes_seen for _, bytes_seen in seen} == {size}
    assert len(seen) == 4


WRITE_FOREVER = """
import os, sys
from pathlib import Path
from reelwright.vault import FolderVault, write_atomically
root, number = Path(sys.argv[1]), 0
vault = FolderVault(root / "vault")
print("ready", flush=True)
while True:
    number += 1
    asset = vault.put_bytes(os.urandom(1 << 20), "application/octet-stream")
    vault.finish("work-1", asset.sha256, {"asset": asset.sha256, "padding": "x" * 100_000})
    write_atomically(vault.path(asset), root / "episode.mp4")
"""


def test_a_killed_writer_leaves_nothing_half(tmp_path: Path) -> None:
    """SIGKILL at random moments: every object, record and result that has its final name is whole."""
    moments = random.Random(7)
    for _ in range(3):
        with contextlib.ExitStack() as stack:
            writers = [stack.enter_context(running(WRITE_FOREVER, tmp_path)) for _ in range(3)]
            for writer in writers:
                assert said(writer) == "ready"
            for writer in writers:
                time.sleep(moments.uniform(0.01, 0.08))
                writer.send_signal(signal.SIGKILL)
    objects = files_below(tmp_path / "vault" / "objects")
    records = [json.loads(path.read_text("utf-8")) for path in files_below(tmp_path / "vault" / "finished")]
    assert objects
    assert [path for path in objects if sha256_of(path) != path.parent.name + path.name] == []
    vault = FolderVault(tmp_path / "vault")
    assert all(vault.holds(record["asset"]) for record in records)
    assert (tmp_path / "episode.mp4").stat().st_size == 1 << 20


WRITE_SAME = """
import sys
from pathlib import Path
from reelwright.vault import FolderVault
vault = FolderVault(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(40):
    asset = vault.put_bytes(number.to_bytes(2, "big") * 100_000, "application/octet-stream")
    vault.finish("same-1", asset.sha256, {"asset": asset.sha256})
    assert vault.path(asset).stat().st_size == 200_000
print("done", flush=True)
"""


def test_two_processes_may_write_the_same_bytes(tmp_path: Path) -> None:
    """Neither fails, both read whole files all along, and the bytes lie there once."""
    with running(WRITE_SAME, tmp_path) as one, running(WRITE_SAME, tmp_path) as two:
        assert [said(one), said(two)] == ["ready", "ready"]
        for process in (one, two):
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        assert [said(one), said(two)] == ["done", "done"]
    assert len(files_below(tmp_path / "objects")) == len(files_below(tmp_path / "finished")) == 40
    assert files_below(tmp_path / "scratch") == []


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """A player that opened the old file plays it to its end; whoever opens it now has the new one."""
    target = tmp_path / "out" / "episode.mp4"
    (tmp_path / "old").write_bytes(b"old" * 1000)
    (tmp_path / "new").write_bytes(b"new" * 1000)
    write_atomically(tmp_path / "old", target)
    with target.open("rb") as player:
        first = player.read(3)
        write_atomically(tmp_path / "new", target)
        assert first + player.read() == b"old" * 1000
    assert target.read_bytes() == b"new" * 1000
    assert [path.name for path in target.parent.iterdir()] == ["episode.mp4"]


def test_a_result_can_be_read_by_others(tmp_path: Path) -> None:
    """A web server or a sync client may read what is delivered; the copy of a kept object may be written again."""
    vault = FolderVault(tmp_path / "vault")
    write_atomically(vault.path(vault.put_bytes(b"x", "video/mp4")), tmp_path / "episode.mp4")
    write_text_atomically("ä", tmp_path / "captions.srt")
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("episode.mp4", "captions.srt")} == {0o644}
    assert (tmp_path / "captions.srt").read_bytes() == "ä".encode()


def test_a_failed_replacement_leaves_the_old_file(tmp_path: Path) -> None:
    """And nothing beside it."""
    target = tmp_path / "episode.mp4"
    target.write_bytes(b"old")
    with pytest.raises(StorageError):
        write_atomically(tmp_path / "absent", target)
    assert [path.name for path in tmp_path.iterdir()] == ["episode.mp4"]
    assert target.read_bytes() == b"old"


def test_parts_that_killed_processes_left_are_swept(tmp_path: Path) -> None:
    """The next delivery removes a day-old half of the same file, and no other file."""
    names = (".episode.mp4.abc.part", ".episode.mp4.new.part", ".other.mp4.abc.part", "episode.mp4.abc.part")
    for name in names:
        (tmp_path / name).write_bytes(b"half")
        os.utime(tmp_path / name, (time.time() - (60 if "new" in name else 2 * DAY),) * 2)
    write_text_atomically("x", tmp_path / "episode.mp4")
    assert {path.name for path in tmp_path.iterdir()} == {"episode.mp4", *names[1:]}


# What the disk refuses


@contextlib.contextmanager
def as_nobody() -> Iterator[Path]:
    """A folder that this process may not write to, root or not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            os.seteuid(user)
            Path(folder).chmod(0o755)


@pytest.mark.parametrize(
    "write",
    [
        lambda folder: FolderVault(folder).put_bytes(b"x", "text/plain"),
        lambda folder: FolderVault(folder).finish("k", "ab" * 32, {}),
        lambda folder: FolderVault(folder).scratch().__enter__(),
        lambda folder: write_text_atomically("x", folder / "manifest.json"),
        lambda folder: write_text_atomically("x", folder / "new" / "manifest.json"),
    ],
    ids=["put_bytes", "finish", "scratch", "write", "make the folder"],
)
def test_a_read_only_folder_is_told_with_a_next_step(write: Callable[[Path], object]) -> None:
    """A `StorageError` that names the folder and what to do, never an `OSError`."""
    with as_nobody() as folder, pytest.raises(StorageError) as caught:
        write(folder)
    assert str(folder) in caught.value.message
    assert "REELWRIGHT_HOME" in caught.value.hint


FULL_DISK = """
import errno, json, resource, sys
from pathlib import Path
from reelwright.errors import StorageError
from reelwright.vault import FolderVault, write_text_atomically
root = Path(sys.argv[1])
vault = FolderVault(root)
vault.put_bytes(b"small", "text/plain")
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
for write in (
    lambda: vault.put_bytes(b"x" * (1 << 20), "text/plain"),
    lambda: vault.put_file(root.parent / "big", "text/plain"),
    lambda: vault.finish("work-1", "ab" * 32, {"x": "x" * (1 << 20)}),
    lambda: write_text_atomically("x" * (1 << 20), root.parent / "manifest.json"),
):
    try:
        write()
    except StorageError as error:
        print(json.dumps(error.to_json()))
"""


def test_a_disk_that_takes_no_more_is_told(tmp_path: Path) -> None:
    """A `StorageError` for each write, no half file under a final name, no scratch, and what was kept stays."""
    (tmp_path / "big").write_bytes(b"y" * (1 << 20))
    root = tmp_path / "vault"
    ran = subprocess.run([sys.executable, "-c", FULL_DISK, root], capture_output=True, text=True, check=True)
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [error["code"] for error in told] == ["storage_error"] * 4
    assert all(os.strerror(errno.EFBIG) in error["message"] for error in told)
    assert [path.read_bytes() for path in files_below(root)] == [b"small"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["big", "vault"]


def test_a_file_where_a_folder_is_needed_is_told(tmp_path: Path) -> None:
    """`--out` or the home may name a file by mistake."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="file stands where a folder is needed"):
        FolderVault(tmp_path / "file").put_bytes(b"x", "text/plain")
    with pytest.raises(StorageError, match="file stands where a folder is needed"):
        write_text_atomically("x", tmp_path / "file" / "manifest.json")


def test_an_absent_file_cannot_be_kept(tmp_path: Path) -> None:
    """A worker that wrote nothing is told as such."""
    with pytest.raises(StorageError, match="No such file"):
        FolderVault(tmp_path / "vault").put_file(tmp_path / "absent.mp4", "video/mp4")


def test_an_object_that_cannot_be_read_is_no_miss(tmp_path: Path) -> None:
    """Work is not done and paid again because a mount is broken: it stops and says why."""
    vault = FolderVault(tmp_path)
    path = vault.path(asset := vault.put_bytes(b"kept", "text/plain"))
    path.unlink()
    path.mkdir()
    with pytest.raises(StorageError) as caught:
        vault.holds(asset)
    assert not isinstance(caught.value, AssetMissing)
