"""The stages that are heard: narration, its check, a clip's own sound, the episode's sound."""

from __future__ import annotations

from collections.abc import Sequence

from reelwright.checks.audio_judge import Expected
from reelwright.recipe import Recipe
from reelwright.stages import own_sound, shots, sound
from reelwright.stages.episode import FinishedShot
from reelwright.stages.hearing import Line, SoundCheck
from reelwright.stages.shots import Narration
from reelwright.stages.sound import Sound
from reelwright.storyboard import Shot, Storyboard
from reelwright.takes.values import Clip
from tasks.stage import stage
from tasks.studio import studio
from tasks.terms import buyers


@stage("narration", run_name="shot {number} · narration", tags=("narration",))
async def narrate(number: int, text: str, recipe: Recipe, language: str = "en", episode: str = "") -> Narration:
    """Speak a shot's line; the narration decides how long the shot is."""
    return await shots.narrate(studio(), text, recipe, language, buyer_of=buyers(number, episode, recipe))


@stage("narration check", run_name="shot {number} · narration check", tags=("check",))
async def check_narration(
    number: int, narration: Narration, text: str, recipe: Recipe, language: str = "en", episode: str = ""
) -> SoundCheck:
    """Listen to a narration before it is used: how it sounds, and whether it says the script."""
    paying = buyers(number, episode, recipe)
    return await own_sound.check_narration(studio(), narration, text, recipe, language, buyer_of=paying)


@stage("sound check", run_name="shot {number} · {clip.model} · sound check", tags=("check",))
async def check_own_sound(
    number: int, clip: Clip, shot: Shot, expected: Expected, line: Line, recipe: Recipe, episode: str = ""
) -> Clip:
    """Listen to a clip's own sound: what it is good for, and whether it says the script."""
    paying = buyers(number, episode, recipe)
    return await own_sound.check_own_sound(studio(), clip, shot, expected, line, recipe, buyer_of=paying)


@stage("sound", run_name="episode · sound", tags=("sound",))
async def mix_sound(shots: Sequence[FinishedShot], storyboard: Storyboard, recipe: Recipe) -> Sound:
    """Mix voice and music to one loudness."""
    return await sound.mix_sound(studio(), shots, storyboard, recipe)
