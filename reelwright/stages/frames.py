"""Start frames that are not drawn: a picture of one's own, or the last one of the shot before."""

from __future__ import annotations

import asyncio
from pathlib import Path

from reelwright.finished import once
from reelwright.fit import MIDDLE
from reelwright.media.jobs import LastFrameJob
from reelwright.models.video.contract import FREE
from reelwright.recipe import OutputFormat
from reelwright.stages.fits import plan_of
from reelwright.stages.shots import StartFrame
from reelwright.studio import Studio
from reelwright.takes.values import Clip
from reelwright.values import Asset, Size

GIVEN, CONTINUED = "given", "continued"
"""Who made such a frame, where other frames name a model."""


async def given_frame(studio: Studio, picture: Asset, size: Size) -> StartFrame:
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
