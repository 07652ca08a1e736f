"""The stages of a clip: made by a video model, then finished into a segment."""

from __future__ import annotations

from fractions import Fraction

from reelwright.models.video.contract import VideoRequest
from reelwright.recipe import Recipe
from reelwright.stages import shots
from reelwright.stages.shots import Clip, Segment, StartFrame
from reelwright.storyboard import Shot
from reelwright.timing import ShotTime
from tasks.stage import stage
from tasks.studio import studio


@stage("clip", run_name="shot {number} · clip", tags=("video",))
async def make_clip(number: int, shot: Shot, frame: StartFrame, time: ShotTime, recipe: Recipe) -> Clip:
    """Make the moving picture of a shot from its start frame."""
    here = studio()
    entry = here.catalogue.resolve((shot.models or recipe.video_models)[0], "video")
    request = VideoRequest(
        prompt=shot.picture,
        # A motion document is as long as it is rendered: its length is no part of what it is.
        seconds=Fraction(1) if entry.is_local else Fraction(time.frames, recipe.output.frame_rate),
        size=recipe.output.pixels,
        camera=shot.camera,
        style=shot.style or recipe.look.style,
        negative_prompt=shot.negative_prompt or recipe.look.negative_prompt,
        seed=shot.seed,
        first_frame=frame.picture,
        options={"palette": list(recipe.look.palette)} if recipe.look.palette else {},
    )
    return await shots.make_clip(here, entry, request)


@stage("segment", run_name="shot {number} · segment", tags=("segment",))
async def finish_segment(number: int, clip: Clip, time: ShotTime, recipe: Recipe, language: str = "en") -> Segment:
    """Encode the clip once, in the master's format, with its captions."""
    return await shots.finish_segment(
        studio(), clip, time, output=recipe.output, captions=recipe.captions, language=language
    )
