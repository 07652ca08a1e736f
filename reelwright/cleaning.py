"""What the vault may forget: old bytes that no episode's manifest and no line of the ledger names.

A manifest is found where an episode was delivered: each delivery is kept in the vault itself (`remember`). An episode
that lies in a folder that cannot be read here, on another machine for one, keeps all that it was made of. A vault in a
bucket is cleaned as one in a folder: by what is named, which no lifecycle rule of a bucket knows.
"""

from __future__ import annotations

import contextlib
import json
import platform
import re
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from reelwright.canonical import key_of
from reelwright.errors import InvalidInput
from reelwright.ledger.database import Database
from reelwright.ledger.tables import metadata
from reelwright.shelves import Lying, read_text, shelf_of
from reelwright.values import Value
from reelwright.vault import Vault

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


def named_by_manifests(vault: Vault, folders: Iterable[Path] = ()) -> set[str]:
    """Return every digest that the manifest of a delivered episode names; `folders` are looked through as well.

    Raises:
        StorageError: the vault cannot be read.
    """
    found: set[str] = set()
    shelf = shelf_of(vault)
    for text in shelf.texts([one.name for one in shelf.lying(f"finished/{DELIVERED}/")]):
        told = _value(text)
        place = Path(str(told.get("folder", "")))
        manifest = read_text(place / _MANIFEST)
        if manifest:
            found |= digests_in(manifest)
        elif told.get("machine") != platform.node() or not place.parent.is_dir():
            found |= {str(digest) for digest in told.get("assets", ())}
    for folder in folders:
        for path in folder.rglob(_MANIFEST):
            found |= digests_in(read_text(path))
    return found


def sweep(vault: Vault, named: set[str], *, older_than: timedelta, dry_run: bool, now: float | None = None) -> Swept:
    """Remove what is older than `older_than` and not `named`, and the results that rested on it.

    Args:
        vault: A folder or a bucket.
        named: Digests that stay, whatever their age.
        older_than: At least a day: what runs work on at this moment is younger.
        dry_run: Only count.
        now: Seconds since 1970; `None`: the clock's.

    Raises:
        InvalidInput: what is younger than a day would go.
        StorageError: the vault cannot be read or written.
    """
    if older_than < timedelta(days=1):
        raise InvalidInput("What is younger than a day may be at work.", hint="Expected --older-than 1d or more.")
    before = (time.time() if now is None else now) - older_than.total_seconds()
    shelf = shelf_of(vault)
    objects, damaged = list(shelf.lying("objects/")), list(shelf.lying("damaged/"))
    records = [one for one in shelf.lying("finished/") if not one.name.startswith(f"finished/{DELIVERED}/")]
    rests_on = dict(zip(records, map(digests_in, shelf.texts([one.name for one in records])), strict=True))
    # What was asked for lately is found again; so is what rests on bytes that stay anyway.
    young = set().union(*(digests for one, digests in rests_on.items() if one.written_at >= before))
    kept = named | young
    gone = {_digest(one): one for one in objects if one.written_at < before and _digest(one) not in kept}
    forgotten = [one for one, digests in rests_on.items() if one.written_at < before and digests & gone.keys()]
    away = [*gone.values(), *(one for one in damaged if one.written_at < before)]
    if not dry_run:
        # Results first: nobody finds a result whose bytes are going.
        shelf.remove([one.name for one in forgotten])
        shelf.remove([one.name for one in away])
    return Swept(
        objects=len(away),
        size_bytes=sum(one.size_bytes for one in away),
        records=len(forgotten),
        kept_objects=len(objects) - len(gone),
    )


def _digest(one: Lying) -> str:
    return one.name.removeprefix("objects/").replace("/", "")


def _value(text: str) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        value = json.loads(text)
        return value if isinstance(value, dict) else {}
    return {}
