"""The stages that are heard: narration, its check, the episode's sound."""

from __future__ import annotations

from collections.abc import Sequence

from reelwright.models.narrators.contract import NarrationRequest
from reelwright.recipe import Recipe
from reelwright.stages import episode, shots
from reelwright.stages.episode import FinishedShot, Sound
from reelwright.stages.shots import Narration, SpeechCheck
from reelwright.stages.words import Listener
from reelwright.storyboard import Storyboard
from tasks.stage import stage
from tasks.studio import studio
from tasks.terms import buyer_for


@stage("narration", run_name="shot {number} · narration", tags=("narration",))
async def narrate(number: int, text: str, recipe: Recipe, language: str = "en", episode: str = "") -> Narration:
    """Speak a shot's line; the narration decides how long the shot is."""
    here = studio()
    entry = here.catalogue.resolve(recipe.voice.narrator, "narrator")
    request = NarrationRequest(text=text, language=language, voice=recipe.voice.voice, speed=recipe.voice.speed)
    named = recipe.voice.transcriber
    listener = None
    if named != "none":
        ear = here.catalogue.resolve(named, "transcriber")
        listener = Listener(ear, buyer_for(number, ear, episode, recipe))
    return await shots.narrate(here, entry, request, buyer_for(number, entry, episode, recipe), listener=listener)


@stage("narration check", run_name="shot {number} · narration check", tags=("check",))
async def check_narration(number: int, narration: Narration, text: str) -> SpeechCheck:
    """Listen to a narration before it is used."""
    return await shots.check_narration(studio(), narration, text)


@stage("sound", run_name="episode · sound", tags=("sound",))
async def mix_sound(finished: Sequence[FinishedShot], storyboard: Storyboard, recipe: Recipe) -> Sound:
    """Mix voice and music to one loudness."""
    return await episode.mix_sound(studio(), finished, storyboard, recipe)
