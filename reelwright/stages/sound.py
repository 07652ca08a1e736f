"""The episode's sound: what is heard of each shot, where it stands, and one mix of it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.asking import wants_own_sound
from reelwright.canonical import key_of
from reelwright.errors import RecipeError
from reelwright.finished import Finished, once
from reelwright.media.jobs import MIX_VERSION, EffectOfShot, MixJob, MixReport, SoundOfShot
from reelwright.recipe import Music, Recipe
from reelwright.references import asset_of
from reelwright.storyboard import Shot, Storyboard
from reelwright.studio import Studio
from reelwright.transition import Overlap, overlaps_of
from reelwright.values import Asset, Span
from reelwright.vault import sha256_of

if TYPE_CHECKING:
    from reelwright.stages.episode import FinishedShot

_NATIVE_UNDER_VOICE_DB = -14.0


class Sound(Finished):
    """The episode's sound."""

    audio: Asset
    """The encoded sound of the whole episode."""
    report: MixReport
    """What was measured of it."""


async def mix_sound(studio: Studio, shots: Sequence[FinishedShot], storyboard: Storyboard, recipe: Recipe) -> Sound:
    """Mix voice and music to the recipe's loudness."""
    cards = [part.frames if part else 0 for part in (shots[0].lead_in, shots[-1].lead_out)]
    natives = [_native(shot, storyboard.shots[shot.number - 1]) for shot in shots]
    spoken = [
        _spoken(shot, native, storyboard.shots[shot.number - 1], recipe)
        for shot, native in zip(shots, natives, strict=True)
    ]
    overlaps = overlaps_of([shot.edges for shot in shots])
    asked = {
        "shots": [
            (shot.time.frames, shot.narration and shot.narration.speech, said, native)
            for shot, said, native in zip(shots, spoken, natives, strict=True)
        ],
        # Between cuts, and where no clip is heard, it is what it was before there were transitions.
        **({"overlaps": overlaps} if any(natives) and any(overlap != Overlap() for overlap in overlaps) else {}),
        **({"cards": cards} if any(cards) else {}),
        **({"effects": effects} if (effects := _effects_key(shots, storyboard)) else {}),
        "lead": recipe.voice.lead_seconds,
        "music": recipe.music,
        "music_file": music_key(recipe.music.source),
        "rate": recipe.output.frame_rate,
        "loudness": [recipe.checks.loudness_lufs, recipe.checks.true_peak_dbtp],
        "title": storyboard.title,
    }

    async def make() -> Sound:
        with studio.vault.scratch(".m4a") as path:
            job = MixJob(
                shots=(
                    *(SoundOfShot(frames=frames) for frames in cards[:1] if frames),
                    *(
                        _sound_of(studio, shot, native, recipe, overlap, said).model_copy(
                            update={"effects": _effects(studio, storyboard.shots[shot.number - 1])}
                        )
                        for shot, native, overlap, said in zip(shots, natives, overlaps, spoken, strict=True)
                    ),
                    *(SoundOfShot(frames=frames) for frames in cards[1:] if frames),
                ),
                music=recipe.music,
                output=recipe.output,
                checks=recipe.checks,
                seed=storyboard.title,
                into=path,
            )
            report = MixReport.model_validate(await studio.crew.ask(job.model_dump(mode="json")))
            return Sound(audio=studio.vault.put_file(path, "audio/mp4"), report=report)

    return await once(studio.vault, f"mix/{MIX_VERSION}", asked, Sound, make)


def _native(shot: FinishedShot, told: Shot) -> Asset | None:
    """Return the sound of a clip that is heard: its own, or a mended copy."""
    own = shot.clip.own_sound
    if not wants_own_sound(told) or (own is not None and own.use == "none"):
        return None
    if own is not None and own.mended is not None:
        return own.mended
    return shot.clip.clip if shot.clip.has_sound else None


def _spoken(shot: FinishedShot, native: Asset | None, told: Shot, recipe: Recipe) -> tuple[Span, ...]:
    """Return when somebody speaks, so that music steps back: the narrator, or who is heard talking in the picture."""
    if shot.time.spoken or native is None or not told.dialogue:
        return shot.time.spoken
    return (Span(start=Fraction(0), end=Fraction(shot.time.frames, recipe.output.frame_rate)),)


def _sound_of(
    studio: Studio,
    shot: FinishedShot,
    native: Asset | None,
    recipe: Recipe,
    overlap: Overlap,
    spoken: tuple[Span, ...],
) -> SoundOfShot:
    return SoundOfShot(
        overlap=overlap,
        native=studio.vault.path(native) if native else None,
        # Under a narrator it is a backdrop.
        native_gain_db=_NATIVE_UNDER_VOICE_DB if shot.narration else 0.0,
        frames=shot.time.frames,
        speech=studio.vault.path(shot.narration.speech) if shot.narration else None,
        lead_samples=int(recipe.voice.lead_seconds * 48_000),
        spoken=spoken,
    )


def _effects(studio: Studio, told: Shot) -> tuple[EffectOfShot, ...]:
    return tuple(
        EffectOfShot(
            path=studio.vault.path(asset_of(effect.file, studio.vault)),
            name=effect.name,
            start_samples=int(effect.at * 48_000),
            level_db=effect.level_db,
        )
        for effect in told.effects
    )


def _effects_key(shots: Sequence[FinishedShot], storyboard: Storyboard) -> list[tuple[int, str, Fraction, float]]:
    """Name what is heard of the effects: their bytes and places, not what they are called."""
    return [
        (shot.number, effect.file, effect.at, effect.level_db)
        for shot in shots
        for effect in storyboard.shots[shot.number - 1].effects
    ]


def effects_of(storyboard: Storyboard) -> list[dict[str, Any]]:
    """Return the effects as the manifest tells of them: what is heard when, and whose it is."""
    return [
        {"shot": number, **effect.model_dump(mode="json")}
        for number, shot in enumerate(storyboard.shots, 1)
        for effect in shot.effects
    ]


def music_key(source: str) -> str:
    """Return a key of the bytes of a music file or folder; empty for music that is no file."""
    path = Path(source)
    if source in {"bed", "none"} or not path.exists():
        return ""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return key_of("music", [sha256_of(file) for file in files if file.is_file()])


def licence_of(music: Music, title: str) -> str:
    """Return licence and attribution of what plays: the recipe's words, a text file beside the music, or its tags."""
    if music.source == "bed":
        return "composed by Reelwright; no rights of others"
    if music.licence or music.source == "none":
        return music.licence
    from reelwright.media.music import choose, note_of  # noqa: PLC0415 - loads what decodes sound

    try:
        return note_of(choose(Path(music.source), title))
    except RecipeError:
        return ""
