"""What checks of one's own say of a clip: found again until the clip, the check or its settings change."""

from __future__ import annotations

import asyncio

from reelwright.checks.own import ClipSeen, source_of
from reelwright.checks.own_job import OwnCheckJob
from reelwright.checks.verdict import Verdict
from reelwright.errors import FailureKind, MediaRejected
from reelwright.finished import Finished, once
from reelwright.recipe import OwnCheck, Recipe
from reelwright.stages.shots import StartFrame
from reelwright.storyboard import Shot
from reelwright.studio import Studio
from reelwright.takes.values import Clip, TakeFailed
from reelwright.values import Asset

_OURS = frozenset({"picture", "sound"})


class OwnVerdict(Finished):
    """What one check said of one clip."""

    verdict: Verdict


async def check_clip(
    studio: Studio, number: int, clip: Clip, shot: Shot, frame: StartFrame | None, recipe: Recipe
) -> Clip:
    """Return a clip with the verdicts of all checks of one's own; what the animatic draws has none.

    `frame` is what the shot starts from; `None`: nothing that the checks could be shown.

    Raises:
        TakeFailed: one of them rejects it. It stays what was bought: a changed check looks at it again, at no cost.
        MediaError: one of them broke.
        InvalidInput: one of them is not there.
    """
    if clip.is_motion:
        return clip
    start_frame = frame.picture if frame else None
    seen = ClipSeen(
        path=await asyncio.to_thread(studio.vault.path, clip.clip),
        model=clip.model,
        shot=number,
        prompt=shot.picture,
        narration=shot.narration,
        dialogue=shot.dialogue,
        seconds=clip.seconds,
        size=recipe.output.pixels,
        start_frame=await asyncio.to_thread(studio.vault.path, start_frame) if start_frame else None,
    )
    told = await asyncio.gather(*(_told(studio, own, seen, clip, start_frame) for own in recipe.checks.own))
    # What an earlier recipe's checks said is no word of this one's.
    verdicts = (*(verdict for verdict in clip.verdicts if verdict.check in _OURS), *told)
    if faults := tuple(fault for verdict in told for fault in verdict.faults):
        raise TakeFailed(
            MediaRejected(faults),
            model=clip.model,
            kind=FailureKind.MEDIA_REJECTED,
            usd=clip.charge.usd * (not clip.hit),
            verdicts=verdicts,
        )
    return clip.model_copy(update={"verdicts": verdicts})


async def _told(studio: Studio, own: OwnCheck, seen: ClipSeen, clip: Clip, start_frame: Asset | None) -> Verdict:
    source = await asyncio.to_thread(source_of, own)
    asked = {
        "check": source,
        "name": own.name,
        "settings": own.settings,
        "clip": clip.clip,
        "start_frame": start_frame,
        # Where files lie is no part of what is seen.
        "told": seen.model_dump(mode="json", exclude={"path", "start_frame"}),
    }

    async def make() -> OwnVerdict:
        job = OwnCheckJob(own=own, source=source, clip=seen)
        return OwnVerdict(verdict=Verdict.model_validate(await studio.crew.ask(job.model_dump(mode="json"))))

    return (await once(studio.vault, "own-check/1", asked, OwnVerdict, make)).verdict
