"""Start frames: drawn by an image model, cut from a picture of one's own, or the last one of the shot before."""

from __future__ import annotations

import asyncio
from pathlib import Path

from reelwright.asking import image_request
from reelwright.catalogue import Entry
from reelwright.finished import once
from reelwright.fit import MIDDLE, Fit
from reelwright.media.jobs import LastFrameJob
from reelwright.models.video.contract import FREE
from reelwright.recipe import OutputFormat, Recipe
from reelwright.references import asset_of, references_for
from reelwright.stages.fits import plan_of
from reelwright.stages.paying import BuyerOf, payer_at
from reelwright.stages.shots import StartFrame, draw_start_frame
from reelwright.storyboard import Shot, Storyboard
from reelwright.studio import Studio
from reelwright.takes.values import Clip
from reelwright.values import Asset, Size

GIVEN, CONTINUED = "given", "continued"
"""Who made such a frame, where other frames name a model."""


async def start_frame(
    studio: Studio,
    shot: Shot,
    storyboard: Storyboard,
    recipe: Recipe,
    entry: Entry,
    *,
    buyer_of: BuyerOf | None = None,
) -> StartFrame:
    """Make the picture that a shot starts from, with one image model; `buyer_of` gives who pays.

    Raises:
        ProviderError, TakeFailed: the model refused.
        BudgetExceeded: a cap would be passed; nothing was sent.
    """
    shown = references_for(shot, storyboard.characters, studio.vault)
    request = image_request(shot, storyboard, recipe, shown)
    return await draw_start_frame(studio, entry, request, payer_at(entry, buyer_of))


async def given_frame(studio: Studio, shot: Shot, recipe: Recipe) -> StartFrame:
    """Cut a shot's own picture to the output's size, round its subject.

    Raises:
        AssetMissing: the vault has lost it.
        MediaError: it is no picture.
    """
    return await cut_frame(studio, asset_of(shot.start_frame, studio.vault), recipe.output.pixels)


async def continued_frame(
    studio: Studio, clip: Clip, shown: int, recipe: Recipe, fill: Fit | None = None
) -> StartFrame:
    """Take the last picture of a clip: its frame `shown`, at the output's rate, fitted as that shot is.

    Raises:
        MediaError: the clip cannot be decoded.
    """
    return await last_frame(studio, clip, shown, recipe.output.filled(fill))


async def cut_frame(studio: Studio, picture: Asset, size: Size) -> StartFrame:
    """Cut a picture round its subject to exactly `size`.

    Raises:
        MediaError: it is no picture.
    """

    async def make() -> StartFrame:
        from reelwright.models.images.drawn import cut_to  # noqa: PLC0415 - loads what cuts pictures

        data, warnings = await asyncio.to_thread(cut_to, studio.vault.path(picture), size)
        facts = {"width": size.width, "height": size.height, "drawn_by": GIVEN}
        made = studio.vault.put_bytes(data, "image/png", facts)
        return StartFrame(picture=made, model=GIVEN, charge=FREE, warnings=warnings)

    return await once(studio.vault, "given-frame/1", {"picture": picture, "size": size}, StartFrame, make)


async def last_frame(studio: Studio, clip: Clip, frames: int, output: OutputFormat) -> StartFrame:
    """Return the picture that a clip ends with when it is shown for `frames` frames of the output.

    Raises:
        MediaError: the clip cannot be decoded.
    """

    async def make() -> StartFrame:
        with studio.vault.scratch(".png") as path:
            await studio.crew.ask(_job(studio, clip, frames, output, path).model_dump(mode="json"))
            facts = {"width": output.pixels.width, "height": output.pixels.height, "drawn_by": CONTINUED}
            made = studio.vault.put_file(path, "image/png", facts)
        return StartFrame(picture=made, model=CONTINUED, charge=FREE)

    asked: dict[str, object] = {"clip": clip.clip, "picture": clip.picture, "frames": frames, "output": output}
    if (plan := plan_of(clip, output, frames)) != MIDDLE:
        asked["fit"] = plan
    return await once(studio.vault, "last-frame/1", asked, StartFrame, make)


def _job(studio: Studio, clip: Clip, frames: int, output: OutputFormat, into: Path) -> LastFrameJob:
    return LastFrameJob(
        clip=studio.vault.path(clip.clip),
        is_motion=clip.is_motion,
        picture=studio.vault.path(clip.picture) if clip.picture else None,
        frames=frames,
        output=output,
        fit=plan_of(clip, output, frames),
        paintings=studio.settings.painting_folder,
        into=into,
    )
