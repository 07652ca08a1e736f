"""What the vault may forget: old bytes that no episode's manifest and no line of the ledger names.

A manifest is found where an episode was delivered: each delivery is kept in the vault itself (`remember`). An episode
that lies in a folder that cannot be read here, on another machine for one, keeps all that it was made of.
"""

from __future__ import annotations

import contextlib
import json
import platform
import re
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from reelwright.canonical import key_of
from reelwright.errors import InvalidInput
from reelwright.ledger.database import Database
from reelwright.ledger.tables import metadata
from reelwright.values import Value
from reelwright.vault import FolderVault, Vault

DELIVERED = "delivered-1"
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
"""Whatever looks like a SHA-256 counts as named: rather too much is kept than too little."""
_MANIFEST = "manifest.json"


class Swept(Value):
    """What was removed, or would be."""

    objects: int = 0
    size_bytes: int = 0
    records: int = 0
    """Results whose bytes went: the work is done again when somebody asks for it."""
    kept_objects: int = 0


def remember(vault: Vault, folder: Path) -> None:
    """Keep in the vault that an episode was delivered into `folder`, and what it was made of."""
    place = folder.resolve()
    named = sorted(digests_in((folder / _MANIFEST).read_text("utf-8")))
    told = {"folder": str(place), "machine": platform.node(), "assets": named}
    vault.finish(DELIVERED, key_of("delivered/1", [platform.node(), str(place)]), told)


def digests_in(text: str) -> set[str]:
    """Return everything in a text that looks like a SHA-256."""
    return set(_DIGEST.findall(text))


def named_by_ledger(database: Database) -> set[str]:
    """Return every digest that any row of the ledger holds.

    Raises:
        StorageError: the ledger cannot be read.
    """
    found: set[str] = set()
    with database.transaction() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                found |= digests_in(json.dumps(list(row), default=str))
    return found


def named_by_manifests(vault: FolderVault, folders: Iterable[Path] = ()) -> set[str]:
    """Return every digest that the manifest of a delivered episode names; `folders` are looked through as well."""
    found: set[str] = set()
    for delivery in _records(vault, DELIVERED):
        told = _read(delivery)
        place = Path(str(told.get("folder", "")))
        manifest = _text(place / _MANIFEST)
        if manifest:
            found |= digests_in(manifest)
        elif told.get("machine") != platform.node() or not place.parent.is_dir():
            found |= {str(digest) for digest in told.get("assets", ())}
    for folder in folders:
        for path in folder.rglob(_MANIFEST):
            found |= digests_in(_text(path))
    return found


def sweep(vault: Vault, named: set[str], *, older_than: timedelta, dry_run: bool, now: float | None = None) -> Swept:
    """Remove what is older than `older_than` and not `named`, and the results that rested on it.

    Args:
        vault: A folder; a bucket has rules of its own.
        named: Digests that stay, whatever their age.
        older_than: At least a day: what runs work on at this moment is younger.
        dry_run: Only count.
        now: Seconds since 1970; `None`: the clock's.

    Raises:
        InvalidInput: the vault is no folder, or what is younger than a day would go.
    """
    if not isinstance(vault, FolderVault):
        raise InvalidInput(
            "Only a vault in a folder is cleaned here.",
            hint="Give the bucket a lifecycle rule on the prefix, longer than your episodes are needed.",
        )
    if older_than < timedelta(days=1):
        raise InvalidInput("What is younger than a day may be at work.", hint="Expected --older-than 1d or more.")
    before = (time.time() if now is None else now) - older_than.total_seconds()
    objects = list(_objects(vault))
    records = [path for path in vault.root.glob("finished/*/*/*.json") if DELIVERED not in path.parts]
    # What was asked for lately is found again; so is what rests on bytes that stay anyway.
    young = set().union(*(digests_in(_text(path)) for path in records if _touched(path) >= before))
    gone = {digest: path for digest, path in objects if digest not in named | young and _touched(path) < before}
    forgotten = [path for path in records if _touched(path) < before and digests_in(_text(path)) & gone.keys()]
    size = sum(path.stat().st_size for path in gone.values())
    if not dry_run:
        # Results first: nobody finds a result whose bytes are going.
        for path in [*forgotten, *gone.values()]:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
    kept = len(objects) - len(gone)
    return Swept(objects=len(gone), size_bytes=size, records=len(forgotten), kept_objects=kept)


def _objects(vault: FolderVault) -> Iterator[tuple[str, Path]]:
    for path in vault.root.glob("objects/*/*"):
        yield path.parent.name + path.name, path


def _records(vault: FolderVault, kind: str) -> Iterator[Path]:
    return (vault.root / "finished" / kind).glob("*/*.json")


def _read(path: Path) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        value = json.loads(_text(path))
        return value if isinstance(value, dict) else {}
    return {}


def _text(path: Path) -> str:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_text("utf-8")
    return ""


def _touched(path: Path) -> float:
    """Return when a file was last written; one that has gone meanwhile counts as new."""
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return time.time()
