"""What every vault does, whatever keeps its bytes: run over a folder, moto and SeaweedFS alike."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import pickle
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.vaults import BucketKeeper, FolderKeeper, Keeper

from reelwright.errors import AssetDamaged, AssetMissing
from reelwright.finished import Finished, once
from reelwright.values import Asset
from reelwright.vault import Vault

KEY = "ab" * 32


@pytest.fixture(params=["folder", "moto", pytest.param("seaweed", marks=pytest.mark.slow)])
def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> Keeper:
    """An empty place of each kind."""
    if request.param == "folder":
        return FolderKeeper(tmp_path)
    request.getfixturevalue("aws_credentials")
    return BucketKeeper(request.getfixturevalue(f"{request.param}_store"), prefix=uuid.uuid4().hex, homes=tmp_path)


@pytest.fixture
def vault(keeper: Keeper) -> Vault:
    """A vault at an empty place."""
    return keeper.open()


def test_it_is_a_vault(vault: Vault) -> None:
    """It has every method that the stages call."""
    assert isinstance(vault, Vault)


@pytest.mark.parametrize("data", [b"", b"a", os.urandom(3 << 20)], ids=["empty", "one byte", "3 MiB"])
def test_bytes_come_back_on_another_machine(keeper: Keeper, vault: Vault, data: bytes) -> None:
    """What one machine puts, another reads, byte for byte, by the SHA-256 alone."""
    asset = vault.put_bytes(data, "image/png", {"width": 3})

    assert asset == Asset(
        sha256=hashlib.sha256(data).hexdigest(), media_type="image/png", size_bytes=len(data), facts={"width": 3}
    )
    assert keeper.open().path(asset.sha256).read_bytes() == data


def test_a_file_of_ones_own_stays(vault: Vault, tmp_path: Path) -> None:
    """A file that does not lie in scratch is copied: it stays where it is, and may be changed later."""
    mine = tmp_path / "mine.txt"
    mine.write_bytes(b"mine")

    asset = vault.put_file(mine, "text/plain")
    mine.write_bytes(b"changed")

    assert vault.path(asset).read_bytes() == b"mine"


def test_a_scratch_file_is_moved(vault: Vault) -> None:
    """A file in scratch is taken without a copy, and nothing of scratch is left behind."""
    with vault.scratch(".mp4") as path:
        path.write_bytes(b"made")
        asset = vault.put_file(path, "video/mp4")
        assert path.suffix == ".mp4"
        assert not path.exists()

    assert not path.parent.exists()
    assert vault.path(asset).read_bytes() == b"made"


def test_what_it_hands_out_is_read_only(vault: Vault) -> None:
    """Nobody changes kept bytes by mistake."""
    asset = vault.put_bytes(b"kept", "text/plain")

    assert vault.path(asset).stat().st_mode & 0o222 == 0


def test_bytes_that_nobody_put_are_missing(vault: Vault) -> None:
    """An unknown SHA-256 is a miss, with the vault's name in the error."""
    assert not vault.holds("0" * 64)
    with pytest.raises(AssetMissing, match="000000000000 is not in the vault"):
        vault.path("0" * 64)


def test_vanished_bytes_heal(keeper: Keeper, vault: Vault) -> None:
    """Bytes that are gone are a miss everywhere, and there again once they are put anew."""
    asset = vault.put_bytes(b"precious", "text/plain")
    keeper.lose(asset.sha256)

    elsewhere = keeper.open()
    assert not elsewhere.holds(asset)
    with pytest.raises(AssetMissing):
        elsewhere.path(asset)

    elsewhere.put_bytes(b"precious", "text/plain")
    assert keeper.open().path(asset).read_bytes() == b"precious"


def test_damaged_bytes_heal(keeper: Keeper, vault: Vault) -> None:
    """Other bytes under the same name are never handed out; putting the right ones replaces them."""
    asset = vault.put_bytes(b"precious", "text/plain")
    keeper.damage(asset.sha256)

    with pytest.raises(AssetDamaged, match=hashlib.sha256(b"damaged").hexdigest()[:12]):
        keeper.open().path(asset)
    assert not keeper.open().holds(asset)

    elsewhere = keeper.open()
    elsewhere.put_bytes(b"precious", "text/plain")
    assert elsewhere.holds(asset)
    assert keeper.open().path(asset).read_bytes() == b"precious"


def test_damage_is_healed_without_being_read_before(keeper: Keeper, vault: Vault) -> None:
    """Putting bytes looks at those that are there: it does not take another's word that they are whole."""
    asset = vault.put_bytes(b"precious", "text/plain")
    keeper.damage(asset.sha256)

    keeper.open().put_bytes(b"precious", "text/plain")

    assert keeper.open().path(asset).read_bytes() == b"precious"


def test_finished_work_is_found_on_another_machine(keeper: Keeper, vault: Vault) -> None:
    """A record is found under its kind and key, and nowhere else."""
    vault.finish("narration-1", KEY, {"text": "Größe · 大きさ", "seconds": "13/2"})

    elsewhere = keeper.open()
    assert elsewhere.finished("narration-1", KEY) == {"text": "Größe · 大きさ", "seconds": "13/2"}
    assert elsewhere.finished("narration-2", KEY) is None
    assert elsewhere.finished("narration-1", "cd" * 32) is None


def test_a_record_is_replaced(keeper: Keeper, vault: Vault) -> None:
    """The later record counts, also when another machine has written the one before."""
    vault.finish("narration-1", KEY, {"take": 1})
    keeper.open().finish("narration-1", KEY, {"take": 2})
    vault.finish("narration-1", KEY, {"take": 3})

    assert keeper.open().finished("narration-1", KEY) == {"take": 3}


def test_an_unreadable_record_counts_as_none(keeper: Keeper, vault: Vault) -> None:
    """Half a record is none, and is replaced by the next."""
    vault.finish("narration-1", KEY, {"take": 1})
    keeper.spoil("narration-1", KEY)

    assert keeper.open().finished("narration-1", KEY) is None
    vault.finish("narration-1", KEY, {"take": 2})
    assert vault.finished("narration-1", KEY) == {"take": 2}


class _Clip(Finished):
    asset: Asset


@pytest.mark.parametrize("accident", ["lose", "damage"])
def test_once_makes_anew_what_is_no_longer_whole(keeper: Keeper, vault: Vault, accident: str) -> None:
    """A hit costs nothing; when its bytes vanished or changed it is a miss, made again and whole again."""
    made = []

    def ask(at: Vault) -> _Clip:
        async def make() -> _Clip:
            made.append(at)
            return _Clip(asset=at.put_bytes(b"a clip", "video/mp4"))

        return asyncio.run(once(at, "clip/1", {"prompt": "a bakery at dawn"}, _Clip, make))

    first = ask(vault)
    assert (ask(keeper.open()).hit, len(made)) == (True, 1)

    getattr(keeper, accident)(first.asset.sha256)
    healed = keeper.open()
    assert (ask(healed).hit, len(made)) == (False, 2)
    assert (ask(keeper.open()).hit, len(made)) == (True, 2)
    assert healed.path(first.asset).read_bytes() == b"a clip"


def test_it_goes_to_another_process(vault: Vault) -> None:
    """A pickled vault opens the same place."""
    asset = vault.put_bytes(b"carried", "text/plain")

    assert pickle.loads(pickle.dumps(vault)).path(asset).read_bytes() == b"carried"  # noqa: S301 - our own


_PUTS = """
import hashlib, sys, time
from reelwright.settings import Settings
data = b"the same bytes" * 100_000
vault = Settings().open_vault()
vault.finished("warm", "00" * 32)
print("ready", flush=True)
sys.stdin.readline()
asset = vault.put_bytes(data, "video/mp4")
vault.finish("clip-1", "ab" * 32, {"asset": asset.sha256, "by": sys.argv[1]})
print(hashlib.sha256(vault.path(asset).read_bytes()).hexdigest() == asset.sha256)
"""


def test_two_processes_put_the_same_at_once(keeper: Keeper) -> None:
    """Both succeed, both read it whole, and one of their records is kept."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _PUTS, name],
            env={**os.environ, **keeper.environment()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    assert [writer.stdout.readline() for writer in writers if writer.stdout] == ["ready\n"] * 2
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()

    assert [writer.communicate()[0] for writer in writers] == ["True\n"] * 2
    vault = keeper.open()
    record = vault.finished("clip-1", KEY)
    assert record is not None
    assert record["by"] in {"one", "two"}
    assert vault.path(record["asset"]).read_bytes() == b"the same bytes" * 100_000


@pytest.fixture
def reader(keeper: Keeper) -> Iterator[list[bytes]]:
    """Reads one asset over and over from a machine of its own, and keeps what it saw."""
    sha256, seen, stop = hashlib.sha256(_LARGE).hexdigest(), list[bytes](), threading.Event()
    machine = keeper.open()

    def read() -> None:
        while not stop.is_set():
            with contextlib.suppress(AssetMissing):
                seen.append(machine.path(sha256).read_bytes())
                break

    thread = threading.Thread(target=read)
    thread.start()
    yield seen
    stop.set()
    thread.join()


_LARGE = os.urandom(8 << 20)


def test_a_reader_never_sees_half(vault: Vault, reader: list[bytes]) -> None:
    """Bytes are missing until they are whole: a reader that asks all the time never gets a part."""
    vault.put_bytes(_LARGE, "video/mp4")
    until = time.monotonic() + 20
    while not reader and time.monotonic() < until:
        time.sleep(0.01)

    assert reader == [_LARGE]
