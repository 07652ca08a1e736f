"""Files beside the source (what characters look like, a shot's own frames), kept in the vault before all else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import Literal

import regex

from reelwright.effects import Effect
from reelwright.errors import InvalidInput, MediaError, RecipeError
from reelwright.models.video.contract import Reference
from reelwright.storyboard import Brief, Character, Shot
from reelwright.validation import Place
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

FRAMES = ("start_frame", "end_frame")
"""The fields of a shot that name pictures."""

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


def with_files(brief: Brief, told: Callable[[str, Place], str]) -> Brief:
    """Return the brief with each of its files named as `told` names it, given its name and its place in the brief."""
    people = tuple(
        person.model_copy(
            update={
                "references": tuple(
                    told(name, ("characters", index, "references", nth)) for nth, name in enumerate(person.references)
                )
            }
        )
        for index, person in enumerate(brief.characters)
    )
    shots = []
    for index, shot in enumerate(brief.shots):
        place: Place = ("shots", index)
        given: dict[str, object] = {
            field: told(getattr(shot, field), (*place, field)) for field in FRAMES if getattr(shot, field)
        }
        if shot.effects:
            given["effects"] = tuple(
                effect.model_copy(update={"file": told(effect.file, (*place, "effects", nth, "file"))})
                for nth, effect in enumerate(shot.effects)
            )
        shots.append(shot.model_copy(update=given) if given else shot)
    return brief.model_copy(update={"characters": people, "shots": tuple(shots)})


def gather(brief: Brief, vault: Vault, *, keep: bool) -> Brief:
    """Return the brief with each of its files named by its bytes (`SHA-256.suffix`), so that it can move.

    Args:
        brief: Names paths, or bytes that the vault has.
        vault: Where the bytes go.
        keep: Whether to put them there; if not, they are only looked at.

    Raises:
        InvalidInput: a file is not there, or not what its name says.
        StorageError: the vault cannot be written.
    """
    people = []
    for person in brief.characters:
        names = tuple(_named(f"{person.name}'s reference", one, vault, keep=keep) for one in person.references)
        people.append(person.model_copy(update={"references": names}) if names else person)
    shots = []
    for number, shot in enumerate(brief.shots, 1):
        given = {field: getattr(shot, field) for field in FRAMES if getattr(shot, field)}
        names_of = {
            field: _named(f"shot {number}'s {field}", name, vault, keep=keep, wanted="image")
            for field, name in given.items()
        }
        changed: dict[str, object] = {**names_of}
        if shot.effects:
            changed["effects"] = tuple(_effect(one, number, brief.title, vault, keep=keep) for one in shot.effects)
        shots.append(shot.model_copy(update=changed) if changed else shot)
    return brief.model_copy(update={"characters": tuple(people), "shots": tuple(shots)})


def _effect(effect: Effect, number: int, title: str, vault: Vault, *, keep: bool) -> Effect:
    one = effect if is_kept(effect.file) else _found(effect, number, title)
    file = _named(f"shot {number}'s effect", one.file, vault, keep=keep, wanted="audio")
    return one.model_copy(update={"file": file})


def _found(effect: Effect, number: int, title: str) -> Effect:
    """Return an effect of shot `number` with the path of one file, and with the file's own name and licence.

    Raises:
        InvalidInput: its folder holds no sound.
    """
    from reelwright.media.music import choose, note_of  # noqa: PLC0415 - loads what decodes sound

    path = Path(effect.file).expanduser()
    if path.is_dir():
        try:
            path = choose(path, title)
        except RecipeError:
            raise InvalidInput(f"shot {number}'s effect {effect.file!r} is a folder without a sound in it.") from None
    told = {"file": str(path), "name": effect.name or path.name}
    if path.is_file() and not effect.licence:
        told["licence"] = note_of(path)
    return effect.model_copy(update=told)


def asset_of(name: str, vault: Vault) -> Asset:
    """Return the asset that a gathered name stands for.

    Raises:
        AssetMissing: the vault has lost it.
    """
    role, sha256 = role_of(name) or "image", PurePath(name).stem
    media_type = SUFFIXES[role].get(PurePath(name).suffix, "image/png")
    return Asset(sha256=sha256, media_type=media_type, size_bytes=vault.path(sha256).stat().st_size)


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
            role = role_of(name)
            if role is not None:
                yield Reference(role=role, asset=asset_of(name, vault), name=person.name)


def _named(what: str, reference: str, vault: Vault, *, keep: bool, wanted: Role | None = None) -> str:
    role = role_of(reference)
    if role is None and wanted is None:
        return reference  # the plan says so, together with everything else that is wrong
    if role is None or role != (wanted or role):
        raise InvalidInput(f"{what} {reference!r} is no {wanted} ({', '.join(SUFFIXES[wanted or 'image'])}).")
    if is_kept(reference):
        if not vault.holds(PurePath(reference).stem):
            raise InvalidInput(f"{what} {reference!r} is not in the vault.", hint="Name the file.")
        return reference
    path, suffix = Path(reference).expanduser(), PurePath(reference).suffix.lower()
    if not path.is_file():
        raise InvalidInput(
            f"{what} {reference!r} is not there.",
            hint="Paths start from the source's folder; without a source file, from the folder the run works in.",
        )
    _check(what, path, role)
    sha256 = vault.put_file(path, SUFFIXES[role][suffix]).sha256 if keep else sha256_of(path)
    return f"{sha256}{suffix}"


def _check(what: str, path: Path, role: Role) -> None:
    """Look whether a file is what its name says, before a vendor is sent it."""
    from reelwright.media.probe import image_size, probe  # noqa: PLC0415 - loads what reads media

    try:
        if role == "image":
            image_size(path)
            return
        facts = probe(path)
    except MediaError as error:
        raise InvalidInput(f"{what} {str(path)!r} cannot be read: {error.message}") from None
    if (facts.video if role == "video" else facts.audio) is None:
        raise InvalidInput(f"{what} {str(path)!r} has no {role} in it.")
