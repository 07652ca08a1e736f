"""Who is heard in a shot: its narrator, the people in its picture, or the narrator in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.context import EpisodeRun
from reelwright.asking import may_narrate, speaks_itself
from reelwright.catalogue import Entry
from reelwright.checks.verdict import Verdict
from reelwright.errors import ReelwrightError
from reelwright.stages.hearing import SoundCheck
from reelwright.stages.own_sound import expected_of, line_of, timed_by, without_own_sound
from reelwright.stages.shots import Narration
from reelwright.storyboard import Shot
from reelwright.takes.values import Clip, TakeFailed
from reelwright.timing import ShotTime, shot_time
from tasks.audio import check_narration, check_own_sound, narrate


@dataclass(frozen=True)
class Voice:
    """A shot's narration and what the check said of it; `None` where nobody narrates."""

    narration: Narration | None = None
    check: SoundCheck | None = None

    @property
    def verdict(self) -> Verdict | None:
        """What the manifest keeps of the check."""
        return None if self.check is None else self.check.verdict


async def produce_voice(number: int, text: str, run: EpisodeRun, *, after: Sequence[object]) -> Voice:
    """Let the narrator say a line, and listen to it; nothing to say, or no narrator, is silence.

    Raises:
        MediaRejected: the narration cannot be used.
    """
    recipe, language = run.recipe, run.script.storyboard.language
    if not text or recipe.voice.narrator == "none":
        return Voice()
    speaking = narrate(number, text, recipe, language, run.episode, wait_for=list(after))
    narration: Narration = await run.story.tell(number, "narration", speaking)
    if not recipe.checks.enabled:
        return Voice(narration)
    listening = check_narration(number, narration, text, recipe, language, run.episode)
    check: SoundCheck = await run.story.tell(number, "narration check", listening)
    return Voice(narration, check)


async def hear_clip(number: int, clip: Clip, shot: Shot, entry: Entry, run: EpisodeRun) -> Clip:
    """Return a clip with what its own sound is good for; one that is rejected for its sound alone is kept in mind.

    Raises:
        TakeFailed: its sound is needed and cannot be used.
    """
    expected = expected_of(shot, entry, has_sound=clip.has_sound) if run.recipe.checks.enabled else None
    if expected is None:
        return clip
    line = line_of(shot, run.script.storyboard)
    try:
        heard: Clip = await check_own_sound(number, clip, shot, expected, line, run.recipe, run.episode)
    except TakeFailed as error:
        run.voiceless.setdefault(number, []).append((clip, error))
        raise
    return heard


def voiceless_clip(number: int, shot: Shot, run: EpisodeRun) -> tuple[Clip, TakeFailed] | None:
    """Return the best clip of those rejected for their sound alone, to be used without it, and why it was rejected.

    There is none where nobody else could say its line.
    """
    kept = run.voiceless.get(number, [])
    if not kept or (speaks_itself(shot) and not may_narrate(shot, run.recipe)):
        return None
    clip, error = max(kept, key=lambda one: one[0].score)
    return without_own_sound(clip, error, shot), error


async def settle_voice(
    number: int, shot: Shot, clip: Clip, voice: Voice, time: ShotTime, run: EpisodeRun
) -> tuple[Clip, Voice, ShotTime]:
    """Return who is heard in a shot now that its clip is there, and the time that follows from it.

    People in the picture are heard when they say their line; else the narrator says it over them, and the shot becomes
    as long as that takes. A line that nobody can say is read.
    """
    speaks = clip.own_sound.says_line if clip.own_sound is not None else clip.has_sound
    if speaks or not may_narrate(shot, run.recipe):
        return clip, voice, timed_by(time, clip.own_sound, run.recipe)
    text = line_of(shot, run.script.storyboard).text
    said = shot.model_copy(update={"narration": text})
    try:
        voice = await produce_voice(number, text, run, after=[clip])
    except ReelwrightError as error:
        told = f"nobody says its line, which is read in the captions: {error.message.rstrip('.')}"
        clip = clip.model_copy(update={"warnings": (*clip.warnings, told)})
    spoken = voice.narration
    seconds, words = (spoken.seconds, spoken.words) if spoken else (None, ())
    return clip, voice, shot_time(said, run.recipe, speech_seconds=seconds, words=words)
