"""A channel's own rendition of an episode: made once of the master, kept in the vault, read back before it is used."""

from __future__ import annotations

from reelwright.canonical import key_of
from reelwright.publishing.contract import MediaFile, Release
from reelwright.publishing.rendition import Rendition
from reelwright.values import Asset
from reelwright.vault import Vault

_KIND = "rendition/1"
_MEDIA_TYPE = "video/mp4"


def rendered(vault: Vault, release: Release, wanted: Rendition | None) -> Release:
    """Return the release with the video that a channel wants; the master's where that is so already. It may take long.

    Raises:
        InvalidInput: the size has another shape than the master, or the bytes are too few.
        MediaError: it could not be made, or is not what was asked for.
        StorageError: the vault cannot keep it.
    """
    if wanted is None or wanted.is_kept_by(release):
        return release
    planned = wanted.expected(release)
    key = key_of(_KIND, {"master": release.video.sha256, "wanted": wanted.model_dump(mode="json")})
    asset = _kept(vault, key) or _made(vault, key, release, planned, wanted)
    video = MediaFile(
        path=vault.path(asset), sha256=asset.sha256, size_bytes=asset.size_bytes, media_type=asset.media_type
    )
    return planned.model_copy(update={"video": video})


def _kept(vault: Vault, key: str) -> Asset | None:
    found = vault.finished(_KIND, key)
    asset = Asset.model_validate(found) if found else None
    return asset if asset and vault.holds(asset) else None


def _made(vault: Vault, key: str, release: Release, planned: Release, wanted: Rendition) -> Asset:
    from reelwright.media.rendition import render  # noqa: PLC0415 - loads a decoder, for those who ask for one

    with vault.scratch(".mp4") as path:
        facts = render(
            release.video.path,
            path,
            size=planned.size,
            frame_rate=planned.frame_rate,
            most_bytes=wanted.most_bytes,
        )
        asset = vault.put_file(path, _MEDIA_TYPE, facts.to_json())
    vault.finish(_KIND, key, asset.model_dump(mode="json"))
    return asset
