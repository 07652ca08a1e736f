"""The heavy jobs of picture and sound as values, done in worker processes: what goes over the line, and who does it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from reelwright.certificate import Signer
from reelwright.checks.audio_job import SoundJob
from reelwright.checks.own_job import OwnCheckJob
from reelwright.checks.picture_values import PictureWanted
from reelwright.fit import MIDDLE, FitPlan
from reelwright.media.captions.sidecar import Subtitle
from reelwright.overlays import Card, Layer
from reelwright.recipe import Captions, Checks, Music, OutputFormat
from reelwright.report.look import LookJob
from reelwright.transition import Edges, Overlap
from reelwright.values import Size, Span, Value, Word


class StartFrameJob(Value):
    """Paint the start frame of a scene as PNG."""

    job: Literal["start-frame"] = "start-frame"
    prompt: str
    style: str = ""
    palette: tuple[str, ...] = ()
    seed: int | None = None
    size: Size
    paintings: Path | None = None
    """Folder in which the painting is left for the shot's segment."""
    into: Path


class SegmentJob(Value):
    """Make a shot's segment: its clip in the output's format, with its captions, encoded once."""

    job: Literal["segment"] = "segment"
    clip: Path
    """A clip file, or a motion document."""
    is_motion: bool
    picture: Path | None = None
    """The given start frame that a motion document moves."""
    output: OutputFormat
    frames: int = Field(gt=0)
    edges: Edges = Edges()
    """What transitions take of it."""
    fit: FitPlan = MIDDLE
    """How a clip file is fitted, with its edges."""
    layers: tuple[Layer, ...] = ()
    """What is laid over it."""
    words: tuple[Word, ...] = ()
    """In seconds from the shot's start."""
    captions: Captions
    preset_source: str = ""
    """Which version of a caption preset of one's own is meant."""
    language: str = "en"
    font_folder: Path
    paintings: Path | None = None
    """Folder in which the start frame's painting may have been left."""
    into: Path


class CardJob(Value):
    """Make a card: a segment of its own, composed with MoviePy."""

    job: Literal["card"] = "card"
    card: Card
    title: str
    picture: Path | None = None
    """What is seen out of focus behind the words."""
    output: OutputFormat
    frames: int = Field(gt=0)
    captions: Captions
    language: str = "en"
    font_folder: Path
    into: Path


class TransitionJob(Value):
    """Make the frames that two shots share, as a segment of its own."""

    job: Literal["transition"] = "transition"
    kind: str
    source: str = ""
    """Which version of a transition of one's own is meant; empty: it comes with Reelwright."""
    before: SegmentJob
    after: SegmentJob
    into: Path


class LastFrameJob(Value):
    """Write the picture that a clip ends with, in the output's format and without captions, as PNG."""

    job: Literal["last-frame"] = "last-frame"
    clip: Path
    """A clip file, or a motion document."""
    is_motion: bool
    picture: Path | None = None
    """The given start frame that a motion document moves."""
    frames: int = Field(gt=0)
    """How many frames of the output it is shown for."""
    output: OutputFormat
    fit: FitPlan = MIDDLE
    paintings: Path | None = None
    """Folder in which the start frame's painting may have been left."""
    into: Path


ENCODER_VERSION = 2
"""Part of every segment's key: raise it when the encoder's arguments in `reelwright.media.segment` change."""


class EffectOfShot(Value):
    """See `reelwright.media.mix.EffectSound`."""

    path: Path
    name: str = ""
    start_samples: int = 0
    level_db: float = 0.0


class SoundOfShot(Value):
    """One shot of a mix; see `reelwright.media.mix.ShotSound`."""

    frames: int
    speech: Path | None = None
    lead_samples: int = 0
    spoken: tuple[Span, ...] = ()
    native: Path | None = None
    native_gain_db: float = 0.0
    overlap: Overlap = Overlap()
    effects: tuple[EffectOfShot, ...] = ()


class MixJob(Value):
    """Make the sound of an episode."""

    job: Literal["mix"] = "mix"
    shots: tuple[SoundOfShot, ...]
    music: Music
    output: OutputFormat
    checks: Checks
    seed: str
    into: Path


MIX_VERSION = 3
"""Part of every mix's key: raise it when the same input gives another sound."""


class MixReport(Value):
    """What the sound came out as, measured on the encoded file as a player decodes it."""

    integrated_lufs: float
    """-70 for silence."""
    true_peak_dbtp: float
    """-120 for silence."""
    range_lu: float
    """How far loud and quiet parts are apart (EBU R 128's loudness range)."""
    gain_db: float
    """The one gain that brought the mix to its loudness."""
    limited: bool
    """Whether peaks had to be held down."""
    music: str
    """What plays: `bed: mood`, `none` or the file's name."""
    voice_lufs: float | None = None
    """Loudness of voices and native sound alone, in the master; `None`: there are none."""
    music_lufs: float | None = None
    """Loudness of the music alone, in the master, stepping back as it does; `None`: there is none."""
    effects_lufs: float | None = None
    """Loudness of the effects alone, in the master; `None`: there are none."""
    warnings: tuple[str, ...] = ()
    """What was adapted."""


class InspectJob(Value):
    """Look at a clip that a model sent before it is accepted."""

    job: Literal["inspect"] = "inspect"
    clip: Path
    wanted: PictureWanted


class ChapterMark(Value):
    """A chapter of the master."""

    title: str
    first_frame: int
    frames: int


class ClipOfCover(Value):
    """See `reelwright.media.cover.CoverClip`."""

    path: Path
    frames: int


class TitleOfCover(Value):
    """See `reelwright.media.cover.Title`."""

    text: str
    captions: Captions
    fonts: Path
    language: str = "en"


class LinesOfTrack(Value):
    """See `reelwright.media.soft_tracks.SoftTrack`."""

    language: str
    lines: tuple[Subtitle, ...]


class StitchJob(Value):
    """Join segments and sound into the master, check what came out, and choose a cover."""

    job: Literal["stitch"] = "stitch"
    segments: tuple[Path, ...]
    sound: Path
    output: OutputFormat
    chapters: tuple[ChapterMark, ...] = ()
    metadata: dict[str, str] = Field(default_factory=dict)
    subtitles: tuple[LinesOfTrack, ...] = ()
    """Tracks of subtitles that are off until somebody switches them on."""
    covers: tuple[Path, ...] = ()
    """Pictures without captions that the cover may be made of."""
    cover_clips: tuple[ClipOfCover, ...] = ()
    """Clips without captions out of which it may be made."""
    title: TitleOfCover | None = None
    """What is written on it."""
    into: Path
    cover_into: Path


class SignJob(Value):
    """Sign a master's content credentials; where the key is, not the key itself, goes over the line."""

    job: Literal["sign"] = "sign"
    master: Path
    manifest: dict[str, Any]
    signer: Signer
    output: OutputFormat
    into: Path


Job = Annotated[
    StartFrameJob
    | SegmentJob
    | TransitionJob
    | CardJob
    | LastFrameJob
    | SoundJob
    | OwnCheckJob
    | InspectJob
    | MixJob
    | StitchJob
    | SignJob
    | LookJob,
    Field(discriminator="job"),
]
_JOB: TypeAdapter[Any] = TypeAdapter(Job)


def parse_job(request: dict[str, Any]) -> Any:
    """Read a job that came over the line."""
    return _JOB.validate_python(request)


def perform(job: Any) -> dict[str, Any]:
    """Do a job in this process; return what there is to tell of it, as plain JSON."""
    from reelwright.media import shot_jobs  # noqa: PLC0415 - it reads the jobs of this module

    done: dict[str, Callable[[Any], dict[str, Any]]] = {
        "start-frame": shot_jobs.start_frame,
        "segment": shot_jobs.segment,
        "transition": shot_jobs.transition,
        "card": shot_jobs.card,
        "last-frame": shot_jobs.last_frame,
        "sound": SoundJob.perform,
        "own-check": OwnCheckJob.perform,
        "inspect": _inspect,
        "mix": _mix,
        "stitch": _stitch,
        "sign": _sign,
        "look": LookJob.perform,
    }
    return done[job.job](job)


def _inspect(job: InspectJob) -> dict[str, Any]:
    from reelwright.checks.picture import check_picture  # noqa: PLC0415

    return check_picture(job.clip, job.wanted).model_dump(mode="json")


def _mix(job: MixJob) -> dict[str, Any]:
    from reelwright.media.mix import EffectSound, ShotSound, mix_episode  # noqa: PLC0415

    shots = [
        ShotSound(
            shot.frames,
            shot.speech,
            shot.lead_samples,
            shot.spoken,
            shot.native,
            shot.native_gain_db,
            shot.overlap,
            tuple(EffectSound(each.path, each.name, each.start_samples, each.level_db) for each in shot.effects),
        )
        for shot in job.shots
    ]
    report = mix_episode(shots, job.music, job.output, job.checks, seed=job.seed, into=job.into)
    return report.model_dump(mode="json")


def _stitch(job: StitchJob) -> dict[str, Any]:
    from reelwright.media.cover import CoverClip, Title, make_cover  # noqa: PLC0415
    from reelwright.media.master import require_master  # noqa: PLC0415
    from reelwright.media.probe import probe  # noqa: PLC0415
    from reelwright.media.soft_tracks import SoftTrack  # noqa: PLC0415
    from reelwright.media.stitch import Chapter, stitch  # noqa: PLC0415

    chapters = [Chapter(title=mark.title, first_frame=mark.first_frame, frames=mark.frames) for mark in job.chapters]
    rate = job.output.frame_rate
    tracks = [SoftTrack(language=track.language, lines=track.lines) for track in job.subtitles]
    told, sound = job.metadata, job.sound
    stitch(job.segments, sound, job.into, frame_rate=rate, chapters=chapters, metadata=told, subtitles=tracks)
    require_master(job.into, job.output, subtitles=[track.language for track in tracks])
    lettering = job.title
    title = Title(lettering.text, lettering.captions, lettering.fonts, lettering.language) if lettering else None
    clips = [CoverClip(clip.path, clip.frames) for clip in job.cover_clips]
    make_cover(job.into, job.covers, clips, job.output, job.cover_into, title=title)
    return probe(job.into).to_json()


def _sign(job: SignJob) -> dict[str, Any]:
    from reelwright.media.master import require_master  # noqa: PLC0415
    from reelwright.media.provenance import sign  # noqa: PLC0415
    from reelwright.media.soft_tracks import soft_tracks  # noqa: PLC0415

    found = sign(job.master, job.into, job.manifest, job.signer)
    require_master(job.into, job.output, subtitles=[track.language for track in soft_tracks(job.master)])
    return found.model_dump(mode="json")
