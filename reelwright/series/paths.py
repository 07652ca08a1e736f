"""Files that a brief names, told from the series file's folder: what the ledger remembers holds on any machine."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from reelwright.references import FRAMES, is_kept
from reelwright.storyboard import Brief, Character


def from_folder(brief: Brief, folder: Path) -> Brief:
    """Return the brief with its absolute paths told from `folder`."""
    start = folder.resolve()
    return _with_files(brief, lambda name: os.path.relpath(name, start) if Path(name).is_absolute() else name)


def from_anywhere(brief: Brief, folder: Path) -> Brief:
    """Return the brief with absolute paths; those in it start from `folder`."""
    return _with_files(brief, lambda name: name if is_kept(name) else str((folder / Path(name).expanduser()).resolve()))


def _with_files(brief: Brief, told: Callable[[str], str]) -> Brief:
    people = tuple(_person(person, told) for person in brief.characters)
    shots = []
    for shot in brief.shots:
        given = {field: told(getattr(shot, field)) for field in FRAMES if getattr(shot, field)}
        shots.append(shot.model_copy(update=given) if given else shot)
    return brief.model_copy(update={"characters": people, "shots": tuple(shots)})


def _person(person: Character, told: Callable[[str], str]) -> Character:
    return person.model_copy(update={"references": tuple(told(name) for name in person.references)})
