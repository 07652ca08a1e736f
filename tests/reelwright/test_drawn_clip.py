"""A clip that the animatic draws begins with what its start frame shows."""

from __future__ import annotations

import asyncio
import hashlib

from reelwright.animatic.motion import Motion
from reelwright.animatic.render import start_frame_png
from reelwright.asking import image_request
from reelwright.recipe import OutputFormat, Recipe
from reelwright.stages.shots import draw_start_frame, make_clip
from reelwright.storyboard import Character, Shot, Storyboard
from reelwright.studio import Studio

RECIPE = Recipe(output=OutputFormat(size="720x1280", frame_rate=24))


def test_who_only_the_storyboard_describes_is_in_the_clip_too(studio: Studio) -> None:
    """The shot says her name, the storyboard what she is: the clip is drawn of both, as its start frame is."""
    ada = Character(name="Ada", description="a small ginger cat")
    shot = Shot(prompt="Ada arrives at a lake", characters=("Ada",))
    board = Storyboard(title="Ada at the lake", shots=(shot,), characters=(ada,))
    artist = studio.catalogue.resolve("animatic", "image")
    frame = asyncio.run(draw_start_frame(studio, artist, image_request(shot, board, RECIPE)))
    clip = asyncio.run(make_clip(studio, shot, board, frame, RECIPE))
    motion = Motion.model_validate_json(studio.vault.path(clip.clip).read_bytes())
    drawn = start_frame_png(motion.scene, RECIPE.output.pixels)
    assert hashlib.sha256(drawn).hexdigest() == frame.picture.sha256
