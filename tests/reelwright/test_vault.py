"""The folder vault: bytes by their hash, finished work by its key, damage that heals, scratch that goes."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reelwright.errors import AssetDamaged, AssetMissing
from reelwright.finished import Finished, once
from reelwright.values import Asset
from reelwright.vault import FolderVault, Vault

DAY = 24 * 3600


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    """An empty vault."""
    return FolderVault(tmp_path / "vault")


def files_below(folder: Path) -> list[Path]:
    """Every file under a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def damage(path: Path, data: bytes = b"damaged") -> None:
    """Overwrite a kept file in place, as a failing disk or a careless person does."""
    path.chmod(0o644)
    path.write_bytes(data)


# Keeping and finding


def test_a_folder_vault_is_a_vault(vault: FolderVault) -> None:
    """It keeps the contract that an S3 vault will keep too."""
    assert isinstance(vault, Vault)


def test_bytes_are_found_by_their_hash(vault: FolderVault) -> None:
    """The reference tells hash, size, type and facts; the file has the bytes."""
    asset = vault.put_bytes(b"hello", "text/plain", {"lines": 1})
    assert asset == Asset(
        sha256=hashlib.sha256(b"hello").hexdigest(), media_type="text/plain", size_bytes=5, facts={"lines": 1}
    )
    assert vault.path(asset).read_bytes() == vault.path(asset.sha256).read_bytes() == b"hello"


def test_an_empty_file_can_be_kept(vault: FolderVault) -> None:
    """No bytes are bytes, too."""
    assert vault.path(vault.put_bytes(b"", "text/plain")).read_bytes() == b""


def test_a_file_from_elsewhere_is_copied(vault: FolderVault, tmp_path: Path) -> None:
    """A person's file stays where it is, as it is."""
    source = tmp_path / "mine.txt"
    source.write_bytes(b"mine")
    mode = source.stat().st_mode
    asset = vault.put_file(source, "text/plain")
    damage(vault.path(asset))
    assert (source.read_bytes(), source.stat().st_mode) == (b"mine", mode)


def test_a_file_from_scratch_is_moved(vault: FolderVault) -> None:
    """What was made on the vault's own disk is not written a second time."""
    with vault.scratch(".bin") as path:
        path.write_bytes(b"made")
        inode = path.stat().st_ino
        asset = vault.put_file(path, "application/octet-stream")
        assert not path.exists()
    assert vault.path(asset).stat().st_ino == inode


def test_the_same_bytes_lie_there_once(vault: FolderVault, tmp_path: Path) -> None:
    """Whoever brings them, and under whatever name."""
    source = tmp_path / "same"
    source.write_bytes(b"same")
    assert vault.put_bytes(b"same", "text/plain") == vault.put_file(source, "text/plain")
    assert len(files_below(vault.root)) == 1


def test_kept_bytes_are_read_only(vault: FolderVault) -> None:
    """No program that is handed the path may change them by accident."""
    mode = vault.path(vault.put_bytes(b"kept", "text/plain")).stat().st_mode
    assert not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    assert mode & stat.S_IRUSR


def test_bytes_that_were_never_kept_are_missing(vault: FolderVault) -> None:
    """A reference from another machine's vault is a clear miss."""
    with pytest.raises(AssetMissing) as caught:
        vault.path("ab" * 32)
    assert (caught.value.sha256, caught.value.vault) == ("ab" * 32, str(vault.root))
    assert not vault.holds("ab" * 32)


# Finished work


def test_finished_work_is_found_by_its_key(vault: FolderVault) -> None:
    """The latest value under a key counts; another kind or key is another place."""
    vault.finish("clip-1", "ab" * 32, {"n": 1})
    vault.finish("clip-1", "ab" * 32, {"n": 2, "name": "Brötchen"})
    assert vault.finished("clip-1", "ab" * 32) == {"n": 2, "name": "Brötchen"}
    assert vault.finished("clip-2", "ab" * 32) is None
    assert vault.finished("clip-1", "cd" * 32) is None


@pytest.mark.parametrize("text", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b'{"n": 1}{'])
def test_an_unreadable_record_counts_as_none(vault: FolderVault, text: bytes) -> None:
    """It is made anew, and the next reader finds the new one."""
    vault.finish("clip-1", "ab" * 32, {"n": 1})
    (record,) = files_below(vault.root / "finished")
    record.write_bytes(text)
    assert vault.finished("clip-1", "ab" * 32) is None
    vault.finish("clip-1", "ab" * 32, {"n": 2})
    assert vault.finished("clip-1", "ab" * 32) == {"n": 2}


# Damage


@pytest.mark.parametrize("data", [b"", b"kep", b"kepT", b"kept and more"], ids=["empty", "cut off", "a bit", "longer"])
def test_damaged_bytes_are_refused_and_put_aside(vault: FolderVault, data: bytes) -> None:
    """Nobody is handed other bytes than asked for; the damaged ones are kept for a look."""
    asset = vault.put_bytes(b"kept", "text/plain")
    damage(vault.path(asset), data)
    with pytest.raises(AssetDamaged) as caught:
        vault.path(asset)
    assert caught.value.found == hashlib.sha256(data).hexdigest()
    assert [path.read_bytes() for path in files_below(vault.root / "damaged")] == [data]
    with pytest.raises(AssetMissing):
        vault.path(asset)


def test_damage_that_keeps_size_and_time_is_seen(vault: FolderVault) -> None:
    """A restored backup or a flipped bit has the size and the modification time of the whole file."""
    path = vault.path(asset := vault.put_bytes(b"kept", "text/plain"))
    before = path.stat()
    damage(path, b"kepT")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not vault.holds(asset)


def test_damage_done_before_this_process_is_seen(vault: FolderVault) -> None:
    """Another process trusts no earlier look."""
    asset = vault.put_bytes(b"kept", "text/plain")
    damage(vault.path(asset))
    assert not FolderVault(vault.root).holds(asset)


def test_a_damaged_file_is_replaced_by_the_same_bytes(vault: FolderVault) -> None:
    """Keeping the bytes again heals them."""
    asset = vault.put_bytes(b"kept", "text/plain")
    damage(vault.path(asset))
    assert vault.put_bytes(b"kept", "text/plain") == asset
    assert vault.path(asset).read_bytes() == b"kept"


class Made(Finished):
    """A result with one asset."""

    asset: Asset


@pytest.mark.parametrize("harm", [damage, Path.unlink], ids=["damaged", "vanished"])
def test_harmed_bytes_are_made_anew(vault: FolderVault, harm: Callable[[Path], None]) -> None:
    """Finished work whose bytes are not whole is a miss: it is done again, once, and found from then on."""
    made = []

    async def make() -> Made:
        made.append(1)
        return Made(asset=vault.put_bytes(b"work", "text/plain"))

    async def ask() -> Made:
        return await once(vault, "work/1", {"x": 1}, Made, make)

    first = asyncio.run(ask())
    harm(vault.path(first.asset))
    again, then = asyncio.run(ask()), asyncio.run(ask())
    assert (first.hit, again.hit, then.hit, len(made)) == (False, False, True, 2)
    assert vault.path(again.asset).read_bytes() == b"work"


# Scratch


def test_scratch_is_cleaned_whatever_happened(vault: FolderVault) -> None:
    """Files and folders beside the lent path go too, also after an error."""

    def fail() -> None:
        with vault.scratch(".mp4") as path:
            path.write_bytes(b"half")
            (path.parent / "more").mkdir()
            (path.parent / "more" / "list.txt").write_text("x")
            raise ValueError("oops")

    with pytest.raises(ValueError, match="oops"):
        fail()
    assert list((vault.root / "scratch").iterdir()) == []


def test_scratch_paths_are_apart(vault: FolderVault) -> None:
    """Two jobs with files of the same name do not meet; the suffix tells ffmpeg the format."""
    with vault.scratch(".mp4") as one, vault.scratch(".mp4") as two:
        assert one.parent != two.parent
        assert one.suffix == two.suffix == ".mp4"


def test_scratch_does_not_reword_errors_of_its_user(vault: FolderVault) -> None:
    """A missing font in the block is no fault of the vault."""
    with pytest.raises(FileNotFoundError), vault.scratch():
        Path("/no/such/font").read_bytes()


def left_behind(folder: Path, *, age: float, touched: float) -> Path:
    """A scratch folder of a process that is gone: made `age` seconds ago, last written to `touched` seconds ago."""
    left = folder / "tmpkilled"
    left.mkdir(parents=True)
    part = left / "file.mp4"
    part.write_bytes(b"half")
    os.utime(part, (time.time() - touched,) * 2)
    os.utime(left, (time.time() - age,) * 2)
    return left


@pytest.mark.parametrize(
    ("age", "touched", "stays"),
    [(2 * DAY, 2 * DAY, False), (2 * DAY, 60, True), (60, 60, True), (DAY - 600, DAY - 600, True)],
    ids=["abandoned", "still written to", "new", "almost a day"],
)
def test_opening_sweeps_out_what_killed_processes_left(tmp_path: Path, age: float, touched: float, stays: bool) -> None:
    """Scratch in which nothing was written for a day goes; what may be in use stays."""
    left = left_behind(tmp_path / "scratch", age=age, touched=touched)
    FolderVault(tmp_path)
    assert left.exists() is stays


def test_opening_makes_nothing(tmp_path: Path) -> None:
    """Looking at the settings leaves no folder behind."""
    FolderVault(tmp_path / "vault")
    assert list(tmp_path.iterdir()) == []
