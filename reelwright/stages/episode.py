"""The whole episode: one sound, one master, delivered into its folder with a manifest that explains it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from reelwright import __version__
from reelwright.canonical import key_of
from reelwright.checks.verdict import Verdict
from reelwright.disclosure import disclose
from reelwright.finished import Finished, once
from reelwright.media.captions.brand import brand_of
from reelwright.media.captions.sidecar import Subtitle, srt, subtitles, webvtt
from reelwright.media.captions.translated import languages, translated
from reelwright.media.jobs import (
    MIX_VERSION,
    ChapterMark,
    ClipOfCover,
    LinesOfTrack,
    StitchJob,
    TitleOfCover,
)
from reelwright.overlays import Layer
from reelwright.own_parts import sources_of
from reelwright.recipe import Recipe
from reelwright.settings import Settings
from reelwright.stages.provenance import Signed, is_signed_anew
from reelwright.stages.script import Script
from reelwright.stages.segments import NO_EDGES
from reelwright.stages.shots import Narration, Segment, StartFrame
from reelwright.stages.sound import Sound, effects_of, licence_of, music_key
from reelwright.storyboard import Storyboard
from reelwright.studio import Studio
from reelwright.takes.values import Clip
from reelwright.timing import ShotTime
from reelwright.transition import Edges
from reelwright.values import Asset, Exact, Usd, Value
from reelwright.vault import sha256_of, write_atomically, write_text_atomically

_STITCH_VERSION, _COVER_VERSION = 1, 1
MANIFEST = "manifest.json"
SCHEMA = "reelwright.manifest/1"
_CHAPTER_LETTERS = 60


class FinishedShot(Value):
    """All that was made for one shot."""

    number: int
    """Which shot, from 1."""
    narration: Narration | None
    """What its narrator said; `None`: nobody spoke."""
    narration_verdict: Verdict | None = None
    """What the audio check said of it."""
    start_frame: StartFrame
    """The picture it starts from."""
    clip: Clip
    """The take that was accepted."""
    time: ShotTime
    """How long it is, and when its words are heard."""
    segment: Segment
    """Its own frames, encoded."""
    edges: Edges = NO_EDGES
    """What transitions take of it."""
    transition: Segment | None = None
    """The frames that it shares with the shot before it; `None`: it begins with a cut."""
    layers: tuple[Layer, ...] = ()
    """What is laid over it."""
    lead_in: Segment | None = None
    """The card before the first shot."""
    lead_out: Segment | None = None
    """The card after the last shot."""

    @property
    def usd(self) -> Decimal:
        """What this run paid for it: what was found again costs nothing."""
        made = [part for part in (self.narration, self.start_frame, self.clip) if part is not None and not part.hit]
        left = [] if self.clip.hit else self.clip.causes
        return sum((part.charge.usd for part in made), Decimal(0)) + sum((cause.usd for cause in left), Decimal(0))

    @property
    def saved_usd(self) -> Decimal:
        """What was not paid for it because it was found again: what it cost when it was made."""
        found = [part for part in (self.narration, self.start_frame, self.clip) if part is not None and part.hit]
        return sum((part.charge.usd for part in found), Decimal(0))


class Master(Finished):
    """The stitched episode and its cover."""

    video: Asset
    """The stitched file."""
    cover: Asset
    """The picture that stands for it."""


class Episode(Value):
    """What a run made, and where it lies."""

    title: str
    """The episode's."""
    folder: str
    """Where all its files lie."""
    video: str
    """Path of the master."""
    seconds: Exact
    """How long it is, exactly."""
    shots: int
    """How many it has."""
    made: int
    """How many shots this run worked on; the others were found again."""
    usd: Usd
    """What this run paid."""
    saved_usd: Usd = Decimal(0)
    """What this run did not pay because it found clips, pictures and lines again."""
    integrated_lufs: float
    """Its loudness."""
    true_peak_dbtp: float
    """Its highest peak."""
    warnings: tuple[str, ...] = ()
    """What was adapted, left out or mended, shot by shot."""
    unchanged: bool = False
    """Nothing had to be done: the folder holds this very episode."""


async def stitch_master(
    studio: Studio, shots: Sequence[FinishedShot], sound: Sound, storyboard: Storyboard, recipe: Recipe
) -> Master:
    """Join the segments and the sound by copying, check the file, choose the cover."""
    chapters = _chapters(shots, storyboard) if recipe.chapters else ()
    metadata = {"title": storyboard.title, "comment": storyboard.description, "encoder": f"Reelwright {__version__}"}
    asked = {
        "segments": _joined(shots),
        "sound": sound.audio,
        "chapters": chapters,
        "metadata": metadata,
        "covers": [shot.start_frame.picture for shot in shots],
        "cover": _cover_key(shots, storyboard, recipe),
        **({"subtitles": tracks} if (tracks := _soft_tracks(shots, storyboard, recipe)) else {}),
    }

    async def make() -> Master:
        vault = studio.vault
        with vault.scratch(".mp4") as path, vault.scratch(".jpg") as cover:
            job = StitchJob(
                segments=tuple(map(vault.path, _joined(shots))),
                sound=vault.path(sound.audio),
                output=recipe.output,
                chapters=chapters,
                metadata={name: value for name, value in metadata.items() if value},
                subtitles=tracks,
                covers=tuple(vault.path(shot.start_frame.picture) for shot in shots),
                cover_clips=tuple(
                    ClipOfCover(path=vault.path(shot.clip.clip), frames=shot.time.frames)
                    for shot in shots
                    if not shot.clip.is_motion
                ),
                title=_title(studio, storyboard, recipe) if recipe.cover.title else None,
                into=path,
                cover_into=cover,
            )
            facts = await studio.crew.ask(job.model_dump(mode="json"))
            return Master(video=vault.put_file(path, "video/mp4", facts), cover=vault.put_file(cover, "image/jpeg"))

    return await once(studio.vault, f"master/{_STITCH_VERSION}", asked, Master, make)


def _cover_key(shots: Sequence[FinishedShot], storyboard: Storyboard, recipe: Recipe) -> dict[str, Any]:
    """Name all that the cover is made of: an animatic's clip shows what its start frame does."""
    clips = [(shot.clip.clip, shot.time.frames) for shot in shots if not shot.clip.is_motion]
    if not recipe.cover.title:
        return {"version": _COVER_VERSION, "clips": clips}
    look = [getattr(recipe.captions, name) for name in ("colour", "outline", "uppercase")]
    brand = brand_of(recipe.captions.font)
    lettering = [storyboard.title, storyboard.language, recipe.output.size, look, brand and brand.family]
    return {"version": _COVER_VERSION, "clips": clips, "lettering": lettering}


def _title(studio: Studio, storyboard: Storyboard, recipe: Recipe) -> TitleOfCover:
    fonts = studio.settings.font_folder
    return TitleOfCover(text=storyboard.title, captions=recipe.captions, fonts=fonts, language=storyboard.language)


def deliver(
    studio: Studio,
    folder: str,
    shots: Sequence[FinishedShot],
    sound: Sound,
    master: Master,
    script: Script,
    recipe: Recipe,
    signed: Signed | None = None,
) -> Episode:
    """Put the episode into its folder: video (the signed one, if there is one), cover, captions, the manifest last."""
    storyboard, rate, into = script.storyboard, recipe.output.frame_rate, Path(folder)
    starts = _starts(shots)
    _place(studio.vault.path(signed.video if signed else master.video), into / "episode.mp4")
    _place(studio.vault.path(master.cover), into / "cover.jpg")
    for language, lines in _spoken_lines(shots, storyboard, rate).items():
        _write_subtitles(lines, into, f".{language}" if language else "", language or storyboard.language)
    frames = starts[-1] + shots[-1].time.frames + (shots[-1].lead_out.frames if shots[-1].lead_out else 0)
    episode = Episode(
        title=storyboard.title,
        folder=str(into),
        video=str(into / "episode.mp4"),
        seconds=Fraction(frames, rate),
        shots=len(shots),
        made=sum(not shot.segment.hit for shot in shots),
        usd=sum((shot.usd for shot in shots), Decimal(0) if script.hit else script.charge.usd),
        saved_usd=sum((shot.saved_usd for shot in shots), Decimal(0)),
        integrated_lufs=sound.report.integrated_lufs,
        true_peak_dbtp=sound.report.true_peak_dbtp,
        warnings=tuple(
            dict.fromkeys(
                [*script.warnings, *(text for shot in shots for text in _warnings(shot)), *sound.report.warnings]
            )
        ),
    )
    manifest = _manifest(into, shots, starts, sound, master, script, recipe, episode)
    manifest["provenance"] = signed.model_dump(mode="json", exclude={"hit"}) if signed else None
    write_text_atomically(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", into / MANIFEST)
    return episode


def _spoken_lines(shots: Sequence[FinishedShot], storyboard: Storyboard, rate: int) -> dict[str, tuple[Subtitle, ...]]:
    """Return the subtitles of the script's own words under "", and of each language that it is translated into."""
    times = [
        (Fraction(start, rate), Fraction(shot.time.frames, rate), shot.time)
        for start, shot in zip(_starts(shots), shots, strict=True)
    ]
    own = subtitles((start, seconds, time.words) for start, seconds, time in times)
    return {"": own} | {language: translated(language, storyboard, times) for language in languages(storyboard)}


def _soft_tracks(shots: Sequence[FinishedShot], storyboard: Storyboard, recipe: Recipe) -> tuple[LinesOfTrack, ...]:
    """Return the subtitles that stand in the video file; a language in which nothing is said has no track."""
    if not recipe.captions.soft_tracks:
        return ()
    lines = _spoken_lines(shots, storyboard, recipe.output.frame_rate)
    own = lines.pop("")
    told = {storyboard.language: own} if recipe.captions.preset == "none" else {}
    return tuple(LinesOfTrack(language=tag, lines=said) for tag, said in {**told, **lines}.items() if said)


def _write_subtitles(lines: Sequence[Subtitle], folder: Path, mark: str, language: str) -> None:
    write_text_atomically(srt(lines), folder / f"captions{mark}.srt")
    write_text_atomically(webvtt(lines, language=language), folder / f"captions{mark}.vtt")


def episode_key(storyboard: Storyboard, recipe: Recipe) -> str:
    """Return the key of an episode: the same storyboard and recipe, made by the same version."""
    versions = [_STITCH_VERSION, MIX_VERSION, __version__]
    music = music_key(recipe.music.source)
    told = {"storyboard": storyboard, "recipe": recipe, "versions": versions, "music": music}
    if files := sources_of(storyboard, recipe):
        told["files"] = files
    # Where it goes and what is said there changes no picture; the manifest that tells of it is written anew.
    apart = {"storyboard": storyboard.channels, "recipe": recipe.channels}
    told |= {"storyboard": storyboard.model_copy(update={"channels": {}})}
    told |= {"recipe": recipe.model_copy(update={"channels": ()})}
    if any(apart.values()):
        told["channels"] = TypeAdapter(dict[str, Any]).dump_python(apart, mode="json")
    return key_of("episode/1", told)


def unchanged_episode(folder: Path, storyboard: Storyboard, recipe: Recipe, settings: Settings) -> Episode | None:
    """Return the episode that lies in `folder` if it is this very one, signed as now, and every file of it is whole."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        if manifest["key"] != episode_key(storyboard, recipe):
            return None
        if is_signed_anew(manifest["provenance"], settings, recipe):
            return None
        if any(sha256_of(folder / name) != digest for name, digest in manifest["files"].items()):
            return None
        return Episode.model_validate(
            {
                **manifest["episode"],
                "folder": str(folder),
                "video": str(folder / "episode.mp4"),
                "made": 0,
                "usd": 0,
                "unchanged": True,
            }
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _manifest(
    folder: Path,
    shots: Sequence[FinishedShot],
    starts: Sequence[int],
    sound: Sound,
    master: Master,
    script: Script,
    recipe: Recipe,
    episode: Episode,
) -> dict[str, Any]:
    marks = ("", *(f".{language}" for language in languages(script.storyboard)))
    files = ("episode.mp4", "cover.jpg", *(f"captions{mark}.{kind}" for mark in marks for kind in ("srt", "vtt")))
    return {
        "schema": SCHEMA,
        "key": episode_key(script.storyboard, recipe),
        "made_by": f"Reelwright {__version__}",
        "made_with_ai": True,
        "ai_disclosure": disclose(shots, writer=script.storyboard.writer, music=sound.report.music).model_dump(
            mode="json"
        ),
        "files": {name: sha256_of(folder / name) for name in files},
        "episode": episode.model_dump(mode="json", exclude={"folder", "video"}),
        "storyboard": script.storyboard.model_dump(mode="json"),
        "script": script.model_dump(mode="json", exclude={"storyboard"}),
        "recipe": recipe.model_dump(mode="json"),
        "sound": sound.report.model_dump(mode="json"),
        "effects": effects_of(script.storyboard),
        "music": {"plays": sound.report.music, "licence": licence_of(recipe.music, script.storyboard.title)},
        "master": master.video.model_dump(mode="json"),
        "shots": [
            {"start_frame_number": start, **shot.model_dump(mode="json"), "animatic": shot.clip.model == "animatic"}
            for start, shot in zip(starts, shots, strict=True)
        ],
    }


def _place(source: Path, target: Path) -> None:
    """Copy a file to its final name unless the very same bytes lie there: players and syncs then see no change."""
    if target.is_file() and target.stat().st_size == source.stat().st_size and sha256_of(target) == sha256_of(source):
        return
    write_atomically(source, target)


def _chapters(shots: Sequence[FinishedShot], storyboard: Storyboard) -> tuple[ChapterMark, ...]:
    marks = []
    for shot, start in zip(shots, _starts(shots), strict=True):
        told = storyboard.shots[shot.number - 1]
        words = told.narration or told.picture
        title = words if len(words) <= _CHAPTER_LETTERS else words[: _CHAPTER_LETTERS - 1].rsplit(" ", 1)[0] + " …"
        # A card belongs to the chapter beside it: players show no time without one.
        before, after = (card.frames if card else 0 for card in (shot.lead_in, shot.lead_out))
        marks.append(ChapterMark(title=title, first_frame=start - before, frames=before + shot.time.frames + after))
    return tuple(marks)


def _joined(shots: Sequence[FinishedShot]) -> list[Asset]:
    """Return what is joined, in order: each shot's own frames, and before them those of the transition into it."""
    parts = [part for shot in shots for part in (shot.lead_in, shot.transition, shot.segment, shot.lead_out)]
    return [part.video for part in parts if part is not None]


def _starts(shots: Sequence[FinishedShot]) -> list[int]:
    starts, at = [], 0
    for shot in shots:
        at += shot.lead_in.frames if shot.lead_in else 0
        starts.append(at)
        at += shot.time.frames
    return starts


def _warnings(shot: FinishedShot) -> list[str]:
    parts = (shot.narration, shot.start_frame, shot.clip)
    told = [text for part in parts if part is not None for text in part.warnings]
    told += [f"{cause.model} was left: {cause.reason}" for cause in shot.clip.causes]
    return [f"shot {shot.number}: {text}" for text in told]
