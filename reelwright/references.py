"""What characters look and sound like: files beside the source, kept in the vault before anything is made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Literal

import regex

from reelwright.errors import InvalidInput, MediaError
from reelwright.models.video.contract import Reference
from reelwright.storyboard import Character, Shot
from reelwright.values import Asset
from reelwright.vault import Vault, sha256_of

Role = Literal["image", "video", "audio"]

SUFFIXES: dict[Role, dict[str, str]] = {
    "image": {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"},
    "video": {".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/quicktime", ".webm": "video/webm"},
    "audio": {
        ".mp3": "audio/mpeg", ".wav": "audio/wav", ".m4a": "audio/mp4", ".flac": "audio/flac", ".ogg": "audio/ogg",
    },
}  # fmt: skip
"""What a file may be, by the end of its name."""

_KEPT = regex.compile(r"([0-9a-f]{64})(\.[a-z0-9]+)?")


def role_of(reference: str) -> Role | None:
    """Return what a reference is by its name; an asset of the vault without a suffix counts as a picture."""
    kept = _KEPT.fullmatch(reference)
    if kept and not kept[2]:
        return "image"
    suffix = PurePath(reference).suffix.lower()
    return next((role for role, known in SUFFIXES.items() if suffix in known), None)


def is_kept(reference: str) -> bool:
    """Whether it names bytes of the vault, not a file."""
    return bool(_KEPT.fullmatch(reference))


def gather(characters: Sequence[Character], vault: Vault, *, keep: bool) -> tuple[Character, ...]:
    """Return the characters with each reference named by its bytes (`SHA-256.suffix`), so that it can move.

    Args:
        characters: Whose references are paths, or names of bytes that the vault has.
        vault: Where the bytes go.
        keep: Whether to put them there; if not, they are only looked at.

    Raises:
        InvalidInput: a file is not there, or not what its name says.
        StorageError: the vault cannot be written.
    """
    return tuple(
        person.model_copy(
            update={"references": tuple(_name(person, one, vault, keep=keep) for one in person.references)}
        )
        if person.references
        else person
        for person in characters
    )


def seen_in(shot: Shot, characters: Sequence[Character]) -> tuple[Character, ...]:
    """Return who appears in a shot."""
    return tuple(person for person in characters if person.name in shot.characters)


def references_for(shot: Shot, characters: Sequence[Character], vault: Vault) -> tuple[Reference, ...]:
    """Return what a model shall look at or listen to for a shot: the gathered references of who appears in it.

    Raises:
        AssetMissing: the vault has lost one.
    """
    return tuple(_kept(shot, characters, vault))


def _kept(shot: Shot, characters: Sequence[Character], vault: Vault) -> Iterator[Reference]:
    for person in seen_in(shot, characters):
        for name in person.references:
            role, sha256 = role_of(name), PurePath(name).stem
            if role is not None:
                media_type = SUFFIXES[role].get(PurePath(name).suffix, "image/png")
                size = vault.path(sha256).stat().st_size
                asset = Asset(sha256=sha256, media_type=media_type, size_bytes=size)
                yield Reference(role=role, asset=asset, name=person.name)


def _name(person: Character, reference: str, vault: Vault, *, keep: bool) -> str:
    role = role_of(reference)
    if role is None:
        return reference  # the plan says so, together with everything else that is wrong
    if is_kept(reference):
        if not vault.holds(PurePath(reference).stem):
            raise InvalidInput(f"{person.name}'s reference {reference!r} is not in the vault.", hint="Name the file.")
        return reference
    path, suffix = Path(reference).expanduser(), PurePath(reference).suffix.lower()
    if not path.is_file():
        raise InvalidInput(
            f"{person.name}'s reference {reference!r} is not there.",
            hint="Paths start from the source's folder; without a source file, from the folder the run works in.",
        )
    _check(person, path, role)
    sha256 = vault.put_file(path, SUFFIXES[role][suffix]).sha256 if keep else sha256_of(path)
    return f"{sha256}{suffix}"


def _check(person: Character, path: Path, role: Role) -> None:
    """Look whether a file is what its name says, before a vendor is sent it."""
    from reelwright.media.probe import image_size, probe  # noqa: PLC0415 - loads what reads media

    try:
        if role == "image":
            image_size(path)
            return
        facts = probe(path)
        lacks = facts.video is None if role == "video" else facts.audio is None
    except MediaError as error:
        raise InvalidInput(f"{person.name}'s reference {str(path)!r} cannot be read: {error.message}") from None
    if lacks:
        raise InvalidInput(f"{person.name}'s reference {str(path)!r} has no {role} in it.")
