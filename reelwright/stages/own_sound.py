"""What follows from the audio check: which narration is used, and what of a clip's own sound is heard."""

from __future__ import annotations

from decimal import Decimal

from reelwright.asking import speaks_itself, wants_own_sound
from reelwright.catalogue import Entry
from reelwright.checks.audio_judge import Expected
from reelwright.checks.verdict import Verdict
from reelwright.checks.words_form import spoken_line
from reelwright.errors import FailureKind, MediaRejected
from reelwright.recipe import Recipe
from reelwright.stages.hearing import Ear, Line, SoundCheck, check_sound, ear_of
from reelwright.stages.paying import BuyerOf, payer_at
from reelwright.stages.shots import Narration
from reelwright.storyboard import Shot, Storyboard
from reelwright.studio import Studio
from reelwright.takes.values import Clip, OwnSound, TakeFailed
from reelwright.timing import ShotTime
from reelwright.values import Span

_DROPPED = "its own sound is left out: {why}"
_LAID_OVER = "the narrator says its line: {why}"


def expected_of(shot: Shot, entry: Entry, *, has_sound: bool) -> Expected | None:
    """Return what a model's clip of a shot shall sound like; `None`: there is nothing to hear, or nobody will hear it.

    A model of which nobody says that it makes sound is not asked again for what its sound is like.
    """
    can_sound = entry.audio != "none"
    if not wants_own_sound(shot) or not (can_sound or has_sound):
        return None
    if speaks_itself(shot):
        return Expected(speech="script", sound="needed" if can_sound else "wanted")
    is_needed = shot.audio == "keep" and can_sound
    return Expected(speech="none" if shot.narration else "any", sound="needed" if is_needed else "wanted")


def line_of(shot: Shot, storyboard: Storyboard) -> Line:
    """Return what is said in a shot's picture."""
    names = tuple(person.name for person in storyboard.characters)
    return Line(text=spoken_line(shot.dialogue, names), language=storyboard.language, names=names)


async def check_narration(
    studio: Studio,
    narration: Narration,
    text: str,
    recipe: Recipe,
    language: str = "en",
    *,
    buyer_of: BuyerOf | None = None,
) -> SoundCheck:
    """Listen to a narration before pictures are made for it: how it sounds, and whether it says the script.

    Our own voice says exactly what it is told: nobody is asked to recognise it. `buyer_of` gives who pays otherwise.

    Raises:
        MediaRejected: it cannot be used; every fault is named.
    """
    is_own_voice = studio.catalogue.resolve(recipe.voice.narrator, "narrator").is_local
    expected = Expected(speech="known" if is_own_voice else "script", sound="needed", of="narration")
    line, ear = Line(text=text, language=language), None if is_own_voice else _ear(studio, recipe, buyer_of)
    check = await check_sound(studio, narration.speech, expected, line, recipe.checks.sound, ear=ear)
    if check.verdict.faults:
        raise MediaRejected(tuple(f"narration: {fault}" for fault in check.verdict.faults))
    return check


async def check_own_sound(
    studio: Studio,
    clip: Clip,
    shot: Shot,
    expected: Expected,
    line: Line,
    recipe: Recipe,
    *,
    buyer_of: BuyerOf | None = None,
) -> Clip:
    """Return a clip with what its own sound is good for; `buyer_of` gives who pays for listening to it.

    Raises:
        TakeFailed: its sound is needed and cannot be used.
        MediaError: the sound cannot be decoded.
    """
    ear = _ear(studio, recipe, buyer_of) if expected.speech == "script" else None
    check = await check_sound(studio, clip.clip, expected, line, recipe.checks.sound, ear=ear)
    verdict = check.verdict
    verdicts = (*(other for other in clip.verdicts if other.check != "sound"), verdict)
    usd = clip.charge.usd + (Decimal(0) if check.hit else check.charge.usd)
    charge = clip.charge.model_copy(update={"usd": usd})
    if verdict.outcome == "rejected" and expected.sound == "needed":
        raise TakeFailed(
            MediaRejected(verdict.faults),
            model=clip.model,
            kind=FailureKind.MEDIA_REJECTED,
            usd=Decimal(0) if clip.hit else usd,
            verdicts=verdicts,
        )
    own = _own(check, speaks_itself(shot))
    told = () if own.use != "none" or not verdict.faults else (_DROPPED.format(why="; ".join(verdict.faults)),)
    return clip.model_copy(
        update={
            "own_sound": own,
            "verdicts": verdicts,
            "charge": charge,
            "warnings": tuple(dict.fromkeys((*clip.warnings, *told))),
        }
    )


def is_said_wrong(failed: TakeFailed) -> bool:
    """Whether a take was rejected for what people in it say; a model that makes no sound makes none next time."""
    verdicts = [Verdict.model_validate(told) for told in failed.verdicts]
    heard = [verdict for verdict in verdicts if verdict.check == "sound" and verdict.outcome == "rejected"]
    return bool(heard) and not any(verdict.has("no_sound") for verdict in heard)


def without_own_sound(clip: Clip, failed: TakeFailed, shot: Shot) -> Clip:
    """Return a clip that was rejected for its sound alone, to be used without it."""
    why = failed.cause.message.rstrip(".")
    told = (_LAID_OVER if shot.dialogue else _DROPPED).format(why=why)
    verdicts = tuple(map(Verdict.model_validate, failed.verdicts))
    update = {"own_sound": OwnSound(use="none"), "verdicts": verdicts, "warnings": (*clip.warnings, told)}
    return clip.model_copy(update=update)


def timed_by(time: ShotTime, own: OwnSound | None, recipe: Recipe) -> ShotTime:
    """Return a shot's time with the words that people in its picture say, when they are heard."""
    if own is None or not own.says_line or own.use == "none":
        return time
    ends = time.frames / recipe.output.frame_rate
    words = tuple(word for word in own.words if word.start < ends)
    spoken = tuple(Span(start=span.start, end=span.end) for span in own.spoken if span.start < ends)
    return time.model_copy(update={"words": words, "spoken": spoken})


def _ear(studio: Studio, recipe: Recipe, buyer_of: BuyerOf | None) -> Ear | None:
    entry = ear_of(recipe, studio.catalogue)
    return None if entry is None else Ear(entry, payer_at(entry, buyer_of))


def _own(check: SoundCheck, says_line: bool) -> OwnSound:
    if check.verdict.outcome == "rejected" or check.verdict.has("no_sound", "silent"):
        return OwnSound(use="none")
    return OwnSound(
        use="own" if check.mended is None else "mended",
        mended=check.mended,
        says_line=says_line,
        words=check.spoken.words if says_line else (),
        spoken=check.spoken.spans,
    )
