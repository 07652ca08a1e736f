"""What the vault forgets, and what it never does."""

from __future__ import annotations

import json
import os
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from reelwright.cleaning import named_by_ledger, named_by_manifests, remember, sweep
from reelwright.errors import InvalidInput
from reelwright.ledger.ledger import Ledger
from reelwright.ledger.values import Purpose
from reelwright.values import Asset
from reelwright.vault import FolderVault

MONTH = timedelta(days=30)


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    """An empty vault."""
    return FolderVault(tmp_path / "vault")


def keep(vault: FolderVault, text: str, *, record: str = "", days_ago: int = 100) -> Asset:
    """Keep bytes, and perhaps a result that rests on them, so long ago."""
    asset = vault.put_bytes(text.encode(), "text/plain")
    then = time.time() - days_ago * 86400
    os.utime(vault.path(asset), (then, then))
    if record:
        vault.finish("clip-1", record * 32, {"clip": asset.model_dump()})
        (written,) = vault.root.glob(f"finished/clip-1/{record}/*.json")
        os.utime(written, (then, then))
    return asset


def delivered(vault: FolderVault, folder: Path, asset: Asset) -> None:
    """Deliver an episode that was made of an asset."""
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"shots": [{"clip": asset.sha256}]}))
    remember(vault, folder)


def test_only_what_is_old_and_named_by_nothing_goes(vault: FolderVault, tmp_path: Path) -> None:
    """A manifest's bytes, a paid clip of the ledger, and what was asked for lately stay; a dry run touches nothing."""
    old, young = keep(vault, "old", record="aa"), keep(vault, "young", days_ago=2)
    lately = keep(vault, "lately")
    vault.finish("clip-1", "bb" * 32, {"clip": lately.model_dump()})
    told, paid = keep(vault, "told", record="cc"), keep(vault, "paid")
    delivered(vault, tmp_path / "out" / "tea", told)
    ledger = Ledger(f"sqlite:///{tmp_path}/ledger.db")
    free = Purpose(episode="tea", run="", shot=1)
    job = ledger.claim("k" * 64, holder="me", entry="kling-v3", model="", account="", usd=Decimal(0), purpose=free)
    ledger.starting(job)
    ledger.done(job, paid, Decimal(0))
    named = named_by_ledger(ledger.database) | named_by_manifests(vault)
    ledger.database.close()
    counted = sweep(vault, named, older_than=MONTH, dry_run=True)
    assert vault.holds(old)
    swept = sweep(vault, named, older_than=MONTH, dry_run=False)
    assert swept == counted
    assert (swept.objects, swept.size_bytes, swept.records, swept.kept_objects) == (1, 3, 1, 4)
    assert not vault.holds(old)
    assert all(map(vault.holds, (young, lately, told, paid)))
    assert vault.finished("clip-1", "aa" * 32) is None
    assert vault.finished("clip-1", "cc" * 32) is not None


def test_a_deleted_episode_lets_its_bytes_go_and_one_out_of_reach_does_not(vault: FolderVault, tmp_path: Path) -> None:
    """Whoever removes an episode's folder has done with it; a disk that is away has not."""
    gone, away = keep(vault, "gone"), keep(vault, "away")
    delivered(vault, tmp_path / "out" / "gone", gone)
    delivered(vault, tmp_path / "disk" / "out" / "away", away)
    (tmp_path / "out" / "gone" / "manifest.json").unlink()
    (tmp_path / "disk").rename(tmp_path / "unplugged")
    sweep(vault, named_by_manifests(vault), older_than=MONTH, dry_run=False)
    assert (vault.holds(gone), vault.holds(away)) == (False, True)


def test_what_may_be_at_work_is_never_removed(vault: FolderVault) -> None:
    """Less than a day is refused."""
    with pytest.raises(InvalidInput, match="may be at work"):
        sweep(vault, set(), older_than=timedelta(hours=5), dry_run=True)
