"""What a vault forgets, in a folder and in a bucket, and what it never does."""

from __future__ import annotations

import json
import math
import time
import uuid
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from support.vaults import BucketKeeper, FolderKeeper, Keeper

from reelwright.cleaning import DELIVERED, named_by_ledger, named_by_manifests, remember, sweep
from reelwright.errors import InvalidInput
from reelwright.ledger.ledger import Ledger
from reelwright.ledger.values import Purpose
from reelwright.values import Asset
from reelwright.vault import Vault

MONTH = timedelta(days=30)
NOW = time.time() + 2 * MONTH.total_seconds()
"""A moment at which all that the tests keep is old."""


@pytest.fixture(params=["folder", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("moto", "seaweed"))])
def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> Keeper:
    """An empty place of each kind."""
    if request.param == "folder":
        return FolderKeeper(tmp_path)
    request.getfixturevalue("aws_credentials")
    return BucketKeeper(request.getfixturevalue(f"{request.param}_store"), prefix=uuid.uuid4().hex, homes=tmp_path)


@pytest.fixture
def vault(keeper: Keeper) -> Vault:
    """An empty vault."""
    return keeper.open()


def keep(vault: Vault, text: str, *, record: str = "") -> Asset:
    """Keep bytes, and perhaps a result that rests on them."""
    asset = vault.put_bytes(text.encode(), "text/plain")
    if record:
        vault.finish("clip-1", record * 32, {"clip": asset.model_dump()})
    return asset


def delivered(vault: Vault, folder: Path, asset: Asset) -> None:
    """Deliver an episode that was made of an asset."""
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"shots": [{"clip": asset.sha256}]}))
    remember(vault, folder)


def paid_in(folder: Path, clip: Asset) -> Ledger:
    """A ledger that has paid for a clip."""
    ledger = Ledger(f"sqlite:///{folder}/ledger.db")
    bread = Purpose(episode="bread", run="", shot=1)
    job = ledger.claim("k" * 64, holder="me", entry="kling-v3", model="", account="", usd=Decimal(0), purpose=bread)
    ledger.starting(job)
    ledger.done(job, clip, Decimal(0))
    return ledger


def a_second_later() -> float:
    """Wait until whatever is kept now has another second than what was kept before; return the moment between."""
    moment = math.ceil(time.time())
    time.sleep(moment - time.time() + 0.01)
    return moment


def test_only_what_is_old_and_named_by_nothing_goes(keeper: Keeper, vault: Vault, tmp_path: Path) -> None:
    """A manifest's bytes, a paid clip of the ledger, and what was asked for lately stay; a dry run touches nothing."""
    old, lately = keep(vault, "old", record="aa"), keep(vault, "lately")
    told, paid = keep(vault, "told", record="cc"), keep(vault, "paid")
    delivered(vault, tmp_path / "out" / "tea", told)
    moment = a_second_later()
    young = keep(vault, "young")
    vault.finish("clip-1", "bb" * 32, {"clip": lately.model_dump()})
    ledger = paid_in(tmp_path, paid)
    named = named_by_ledger(ledger.database) | named_by_manifests(vault)
    ledger.database.close()
    now = moment + MONTH.total_seconds()
    counted = sweep(vault, named, older_than=MONTH, dry_run=True, now=now)
    elsewhere = keeper.open()
    assert elsewhere.path(old).read_bytes() == b"old"
    swept = sweep(vault, named, older_than=MONTH, dry_run=False, now=now)
    assert swept == counted
    assert (swept.objects, swept.size_bytes, swept.records, swept.kept_objects) == (1, 3, 1, 4)
    # On a machine that has no copy of its own: there a bucket's vault would put back what the bucket has lost.
    elsewhere = keeper.open()
    assert [elsewhere.holds(one) for one in (old, young, lately, told, paid)] == [False, True, True, True, True]
    assert elsewhere.finished("clip-1", "aa" * 32) is None
    assert elsewhere.finished("clip-1", "cc" * 32) is not None


def test_a_deleted_episode_lets_its_bytes_go_and_one_out_of_reach_does_not(
    keeper: Keeper, vault: Vault, tmp_path: Path
) -> None:
    """Whoever removes an episode's folder has done with it; a disk that is away has not, nor has another machine."""
    gone, away, remote = keep(vault, "gone"), keep(vault, "away"), keep(vault, "remote")
    delivered(vault, tmp_path / "out" / "gone", gone)
    delivered(vault, tmp_path / "disk" / "out" / "away", away)
    vault.finish(DELIVERED, "ee" * 32, {"folder": "/srv/out/tea", "machine": "elsewhere", "assets": [remote.sha256]})
    (tmp_path / "out" / "gone" / "manifest.json").unlink()
    (tmp_path / "disk").rename(tmp_path / "unplugged")
    sweep(vault, named_by_manifests(vault), older_than=MONTH, dry_run=False, now=NOW)
    assert [keeper.open().holds(one) for one in (gone, away, remote)] == [False, True, True]


def test_damaged_bytes_that_were_put_aside_go_with_their_age(keeper: Keeper, vault: Vault) -> None:
    """Nobody has looked at them for a month: they need no more room."""
    asset = keep(vault, "damaged soon")
    keeper.damage(asset.sha256)
    other = keeper.open()
    assert not other.holds(asset)
    other.put_bytes(b"damaged soon", "text/plain")
    swept = sweep(other, {asset.sha256}, older_than=MONTH, dry_run=False, now=NOW)
    assert (swept.objects, swept.kept_objects) == (1, 1)
    assert keeper.open().path(asset).read_bytes() == b"damaged soon"


def test_what_may_be_at_work_is_never_removed(vault: Vault) -> None:
    """Less than a day is refused."""
    with pytest.raises(InvalidInput, match="may be at work"):
        sweep(vault, set(), older_than=timedelta(hours=5), dry_run=True)
