"""The stages that are heard: narration, its check, a clip's own sound, the episode's sound."""

from __future__ import annotations

from collections.abc import Sequence

from reelwright.checks.audio_judge import Expected
from reelwright.models.narrators.contract import NarrationRequest
from reelwright.recipe import Recipe
from reelwright.stages import own_sound, shots, sound
from reelwright.stages.episode import FinishedShot
from reelwright.stages.hearing import Ear, Line, SoundCheck, ear_of
from reelwright.stages.shots import Narration
from reelwright.stages.sound import Sound
from reelwright.stages.words import Listener
from reelwright.storyboard import Shot, Storyboard
from reelwright.takes.values import Clip
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
async def check_narration(
    number: int, narration: Narration, text: str, recipe: Recipe, language: str = "en", episode: str = ""
) -> SoundCheck:
    """Listen to a narration before it is used: how it sounds, and whether it says the script."""
    here = studio()
    entry = here.catalogue.resolve(recipe.voice.narrator, "narrator")
    ear = None if entry.is_local else _ear(number, recipe, episode)
    line = Line(text=text, language=language)
    limits = recipe.checks.sound
    return await own_sound.check_narration(here, narration, line, limits, is_own_voice=entry.is_local, ear=ear)


@stage("sound check", run_name="shot {number} · {clip.model} · sound check", tags=("check",))
async def check_own_sound(
    number: int, clip: Clip, shot: Shot, expected: Expected, line: Line, recipe: Recipe, episode: str = ""
) -> Clip:
    """Listen to a clip's own sound: what it is good for, and whether it says the script."""
    ear = _ear(number, recipe, episode) if expected.speech == "script" else None
    return await own_sound.hear_clip(studio(), clip, shot, expected, line, recipe, ear)


def _ear(number: int, recipe: Recipe, episode: str) -> Ear | None:
    entry = ear_of(recipe, studio().catalogue)
    return None if entry is None else Ear(entry, buyer_for(number, entry, episode, recipe))


@stage("sound", run_name="episode · sound", tags=("sound",))
async def mix_sound(finished: Sequence[FinishedShot], storyboard: Storyboard, recipe: Recipe) -> Sound:
    """Mix voice and music to one loudness."""
    return await sound.mix_sound(studio(), finished, storyboard, recipe)
