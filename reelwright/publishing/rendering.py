"""A channel's own rendition of an episode: made once of the master, kept in the vault, read back before it is used.

Where the master has content credentials, the rendition gets its own. A signature is another one each time: so the bytes
that a publication was begun with are kept to, and taken from the vault by their SHA-256.
"""

from __future__ import annotations

import asyncio
import functools

from reelwright.certificate import signer_of
from reelwright.finished import Finished, once
from reelwright.publishing.contract import MediaFile, Post, Release
from reelwright.publishing.rendition import Rendition
from reelwright.settings import Settings
from reelwright.values import Asset
from reelwright.vault import Vault

_MEDIA_TYPE = "video/mp4"


class Rendered(Finished):
    """A rendition that was made."""

    video: Asset
    """Its bytes."""


async def rendered(vault: Vault, settings: Settings, release: Release, wanted: Rendition | None) -> Release:
    """Return the release with the video that a channel wants; the master's where that is so already. It may take long.

    Raises:
        InvalidInput: the size has another shape than the master, the bytes are too few, or nobody can sign.
        MediaError: it could not be made, or is not what was asked for.
        StorageError: the vault cannot keep it.
    """
    if wanted is None or wanted.is_kept_by(release):
        return release
    planned = wanted.expected(release)

    async def make() -> Rendered:
        return Rendered(video=await asyncio.to_thread(_made, vault, settings, release, planned, wanted))

    asked = {"master": release.video.sha256, "wanted": wanted.model_dump(mode="json")}
    made = await once(vault, "rendition/2", asked, Rendered, make)
    return planned.model_copy(update={"video": _file(vault, made.video)})


async def begun_with(
    vault: Vault, settings: Settings, release: Release, wanted: Rendition | None, post: Post, *, is_needed: bool
) -> Release:
    """Return the release with the very video that a publication was begun with, as long as anybody has it.

    Args:
        vault: Where renditions are kept.
        settings: Who signs, where it must be made again.
        release: The episode, with its master.
        wanted: What the channel asks for now.
        post: What the publication was begun with.
        is_needed: Whether its bytes have still to be sent: only then it is made again where it was lost. Without a
            signature it becomes the same; else the outbox says that it is another.

    Raises:
        ReelwrightError: as `rendered`.
    """
    master, begun = release.video.sha256, post.video
    if begun.sha256 == master or post.master_sha256 != master:
        return release
    asset = Asset(sha256=begun.sha256, media_type=begun.media_type, size_bytes=begun.size_bytes)
    if await asyncio.to_thread(vault.holds, asset):
        return release.model_copy(
            update={"master_sha256": master, "video": await asyncio.to_thread(_file, vault, asset)}
        )
    return await rendered(vault, settings, release, wanted) if is_needed else release


def _file(vault: Vault, asset: Asset) -> MediaFile:
    return MediaFile(
        path=vault.path(asset), sha256=asset.sha256, size_bytes=asset.size_bytes, media_type=asset.media_type
    )


def _made(vault: Vault, settings: Settings, release: Release, planned: Release, wanted: Rendition) -> Asset:
    # Both load a decoder, for those who ask for one.
    from reelwright.media.provenance import read  # noqa: PLC0415
    from reelwright.media.rendition import render, render_signed  # noqa: PLC0415

    is_signed = read(release.video.path) is not None
    made = functools.partial(render_signed, signer=signer_of(settings)) if is_signed else render
    with vault.scratch(".mp4") as path:
        facts = made(
            release.video.path,
            path,
            size=planned.size,
            frame_rate=planned.frame_rate,
            most_bytes=wanted.most_bytes,
        )
        return vault.put_file(path, _MEDIA_TYPE, facts.to_json())
