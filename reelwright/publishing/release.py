"""An episode's folder, read for publishing: its files as the manifest vouches for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from reelwright.errors import InvalidInput
from reelwright.publishing.contract import ChannelEntry, MediaFile, PostOptions, Release
from reelwright.vault import sha256_of

MANIFEST = "manifest.json"
"""As `stages.episode` calls it: that loads all that makes an episode, and reading one needs none of it."""
_CHANNELS: TypeAdapter[dict[str, PostOptions]] = TypeAdapter(dict[str, PostOptions])
_WRITTEN: TypeAdapter[tuple[str | ChannelEntry, ...]] = TypeAdapter(tuple[str | ChannelEntry, ...])
_TYPES = {"episode.mp4": "video/mp4", "cover.jpg": "image/jpeg", "captions.vtt": "text/vtt"}


def read_release(episode: Path) -> Release:
    """Return the release of an episode: its folder, or a file in it.

    Raises:
        InvalidInput: it is no finished episode, or a file is not the one that the manifest names.
    """
    folder = (episode if episode.is_dir() else episode.parent).absolute()
    manifest = _manifest(folder)
    try:
        files = {name: _file(folder, name, digest) for name, digest in manifest["files"].items() if name in _TYPES}
        told, facts = manifest["storyboard"], manifest["master"]["facts"]
        picture = facts["video"]
        turned = picture["rotation"] % 180 != 0
        sides = (picture["size"]["width"], picture["size"]["height"])
        return Release(
            slug=folder.name,
            title=told["title"],
            description=told.get("description", ""),
            hashtags=tuple(tag.lstrip("#") for tag in told.get("hashtags", ())),
            language=told.get("language", "en"),
            video=files["episode.mp4"],
            seconds=facts["seconds"],
            size={"width": sides[turned], "height": sides[not turned]},
            frame_rate=picture["frame_rate"],
            video_codec=picture["codec"],
            audio_codec=facts.get("audio", {}).get("codec", ""),
            cover=files.get("cover.jpg"),
            captions=files.get("captions.vtt"),
            # Silence is no denial: what does not say how it was made is read as made with AI.
            made_with_ai=manifest.get("made_with_ai") is not False,
            options=told.get("channels", {}),
            folder=folder,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(
            f"{str(folder / MANIFEST)!r} does not say all of its episode ({error}).", hint="Make the episode again."
        ) from error


def read_release_texts(episode: str) -> tuple[dict[str, PostOptions], tuple[str | ChannelEntry, ...]]:
    """Return what an episode's storyboard says otherwise on channels, and the channels of its recipe.

    Raises:
        InvalidInput: it is no finished episode.
    """
    folder = Path(episode) if Path(episode).is_dir() else Path(episode).parent
    manifest = _manifest(folder.absolute())
    told = _CHANNELS.validate_python(manifest.get("storyboard", {}).get("channels", {}))
    return told, _WRITTEN.validate_python(manifest.get("recipe", {}).get("channels", ()))


def _manifest(folder: Path) -> dict[str, Any]:
    from reelwright.script.source import MANIFEST_VERSIONS  # noqa: PLC0415 - loads what parses scripts

    try:
        found = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"{str(folder)!r} is no finished episode: its {MANIFEST} cannot be read.",
            hint="Name the folder that `reelwright make` has filled.",
        ) from error
    manifest = found if isinstance(found, dict) else {}
    if manifest.get("schema", MANIFEST_VERSIONS[0]) not in MANIFEST_VERSIONS:
        raise InvalidInput(
            f"This version of Reelwright cannot read the {MANIFEST} in {str(folder)!r}: it is {manifest['schema']!r}.",
            hint=f"A newer version wrote it: publish with that one. This one reads {' or '.join(MANIFEST_VERSIONS)}.",
        )
    return manifest


def _file(folder: Path, name: str, digest: str) -> MediaFile:
    """Return a file that is the one its manifest names: what was changed since has not been checked by anybody."""
    path = folder / name
    if not path.is_file() or sha256_of(path) != digest:
        raise InvalidInput(
            f"{str(path)!r} is not the file that the manifest names.", hint="Make the episode again, then publish it."
        )
    return MediaFile(path=path, sha256=digest, size_bytes=path.stat().st_size, media_type=_TYPES[name])
