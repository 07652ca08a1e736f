"""How a shot's clip is fitted, from what its check has seen; for its segment, its transitions and its last picture."""

from __future__ import annotations

from pydantic import ValidationError

from reelwright.checks.picture_values import SURVEY, Survey
from reelwright.fit import MIDDLE, FitPlan
from reelwright.recipe import OutputFormat
from reelwright.takes.values import Clip


def plan_of(clip: Clip, output: OutputFormat, frames: int) -> FitPlan:
    """Return how a clip becomes so many frames of the output.

    A clip that was kept before there were surveys is fitted as it was then: by its middle, from its beginning.
    """
    from reelwright.media.fitting import plan_fit  # noqa: PLC0415 - it loads the decoder
    from reelwright.media.probe import VideoFacts  # noqa: PLC0415

    facts = clip.clip.facts
    if clip.is_motion or SURVEY not in facts or "video" not in facts:
        return MIDDLE
    try:
        seen, video = Survey.model_validate(facts[SURVEY]), VideoFacts.model_validate(facts["video"])
    except ValidationError:
        return MIDDLE  # written by another version
    return plan_fit(video, seen, output, frames, in_time=_is_heard(clip))


def _is_heard(clip: Clip) -> bool:
    """Whether something of the clip's own sound may be heard: then its picture stays in time with it."""
    return clip.has_sound and (clip.own_sound is None or clip.own_sound.use != "none")
