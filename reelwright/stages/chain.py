"""Which clip a chain of models came to: found again without calling the first one, if it was reached by fallback."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pydantic import ValidationError

from reelwright.canonical import key_of
from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, ReelwrightError
from reelwright.models.identity import identity_in, is_own, source_of_part
from reelwright.models.video.contract import VideoRequest
from reelwright.studio import Studio
from reelwright.takes.values import Clip, told_key

_KIND = "clip-of-chain-1"


async def find_clip(studio: Studio, chain: Sequence[Entry], request: VideoRequest, judges: str = "") -> Clip | None:
    """Return the clip that this chain of models came to before for this request, if its bytes are whole.

    One that was reached because checks rejected another is found only where the same `judges` judge (see
    `reelwright.checks.own.judges_of`): under other limits the chain is gone through again, with what was bought for it.
    """
    models = await _models(studio, chain)

    def find() -> Clip | None:
        for key in (_key(models, request, judges), _key(models, request)):
            record = studio.vault.finished(_KIND, key)
            try:
                found = Clip.model_validate(record) if record else None
            except ValidationError:
                continue  # written by another version
            if found and all(map(studio.vault.holds, found.assets())):
                return found.found_again()
        return None

    return await asyncio.to_thread(find)


async def keep_clip(
    studio: Studio, chain: Sequence[Entry], request: VideoRequest, clip: Clip, judges: str = ""
) -> None:
    """Remember which clip this chain came to: for these judges, and, if no check rejected another, for all of them."""
    was_judged = any(cause.kind is FailureKind.MEDIA_REJECTED for cause in clip.causes)
    models, kept = await _models(studio, chain), clip.model_dump(mode="json", exclude={"hit"})

    def keep() -> None:
        studio.vault.finish(_KIND, _key(models, request, judges), kept)
        if judges:
            # Other judges shall not find what was there before either: it has been replaced.
            studio.vault.finish(_KIND, _key(models, request), {} if was_judged else kept)

    await asyncio.to_thread(keep)


async def _models(studio: Studio, chain: Sequence[Entry]) -> list[str]:
    """What tells the models of a chain from others."""
    return [told_key("chain/1", entry, None, own=await _own(studio, entry) if is_own(entry) else "") for entry in chain]


async def _own(studio: Studio, entry: Entry) -> str:
    """Return what a model of one's own says of itself now: it may look at more than its file for that.

    One that cannot be built, for want of its key say, is told by its source; what it would say nobody knows.
    """
    try:
        model = studio.video_model(entry)
        try:
            return identity_in(model, entry)
        finally:
            await model.aclose()
    except ReelwrightError:
        return f"not built {source_of_part(entry)}"


def _key(models: Sequence[str], request: VideoRequest, judges: str = "") -> str:
    asked = {"models": models, "request": request}
    return key_of("clip-of-chain/1", asked | ({"judges": judges} if judges else {}))
