"""Files that a brief names, told from the series file's folder: what the ledger remembers holds on any machine."""

from __future__ import annotations

import os
from pathlib import Path

from reelwright.references import is_kept, with_files
from reelwright.storyboard import Brief
from reelwright.validation import Place


def from_folder(brief: Brief, folder: Path) -> Brief:
    """Return the brief with its absolute paths told from `folder`."""
    start = folder.resolve()
    return with_files(brief, lambda name, _: os.path.relpath(name, start) if Path(name).is_absolute() else name)


def from_anywhere(brief: Brief, folder: Path) -> Brief:
    """Return the brief with absolute paths; those in it start from `folder`."""

    def found(name: str, _: Place) -> str:
        return name if is_kept(name) else str((folder / Path(name).expanduser()).resolve())

    return with_files(brief, found)
