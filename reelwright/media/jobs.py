"""The heavy jobs of picture and sound as values, done in worker processes: what goes over the line, and who does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from reelwright.animatic.scene import Scene
from reelwright.canonical import key_of
from reelwright.certificate import Signer
from reelwright.recipe import Captions, Checks, Music, OutputFormat
from reelwright.values import Exact, Size, Span, Value, Word


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
    words: tuple[Word, ...] = ()
    """In seconds from the shot's start."""
    captions: Captions
    language: str = "en"
    font_folder: Path
    paintings: Path | None = None
    """Folder in which the start frame's painting may have been left."""
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
    paintings: Path | None = None
    """Folder in which the start frame's painting may have been left."""
    into: Path


ENCODER_VERSION = 2
"""Part of every segment's key: raise it when the encoder's arguments in `reelwright.media.segment` change."""


class SoundOfShot(Value):
    """One shot of a mix; see `reelwright.media.mix.ShotSound`."""

    frames: int
    speech: Path | None = None
    lead_samples: int = 0
    spoken: tuple[Span, ...] = ()
    native: Path | None = None
    native_gain_db: float = 0.0


class MixJob(Value):
    """Make the sound of an episode."""

    job: Literal["mix"] = "mix"
    shots: tuple[SoundOfShot, ...]
    music: Music
    output: OutputFormat
    checks: Checks
    seed: str
    into: Path


class SpeechVerdict(Value):
    """What was heard of a narration."""

    seconds: float
    peak_dbfs: float
    speech_dbfs: float
    """Level of its loud half."""
    spoken_share: float
    """Share of the time in which something is said."""
    words_a_second: float
    faults: tuple[str, ...]
    """Why it cannot be used; empty for a good one."""


MIX_VERSION = 3
"""Part of every mix's key: raise it when the same input gives another sound."""


class MixReport(Value):
    """What the sound came out as, measured on the encoded file as a player decodes it."""

    integrated_lufs: float
    """-70 for silence."""
    true_peak_dbtp: float
    """-120 for silence."""
    range_lu: float
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
    warnings: tuple[str, ...] = ()


class SpeechJob(Value):
    """Listen to a narration before it is used."""

    job: Literal["speech"] = "speech"
    speech: Path
    text: str


class InspectJob(Value):
    """Look at a clip that a model sent before it is accepted."""

    job: Literal["inspect"] = "inspect"
    clip: Path
    seconds: Exact
    """The length that was asked of the model."""
    size: Size


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


class StitchJob(Value):
    """Join segments and sound into the master, check what came out, and choose a cover."""

    job: Literal["stitch"] = "stitch"
    segments: tuple[Path, ...]
    sound: Path
    output: OutputFormat
    chapters: tuple[ChapterMark, ...] = ()
    metadata: dict[str, str] = Field(default_factory=dict)
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
    StartFrameJob | SegmentJob | LastFrameJob | SpeechJob | InspectJob | MixJob | StitchJob | SignJob,
    Field(discriminator="job"),
]
_JOB: TypeAdapter[Any] = TypeAdapter(Job)


def parse_job(request: dict[str, Any]) -> Any:
    """Read a job that came over the line."""
    return _JOB.validate_python(request)


def perform(job: Any) -> dict[str, Any]:
    """Do a job in this process; return what there is to tell of it, as plain JSON."""
    done: dict[str, Callable[[Any], dict[str, Any]]] = {
        "start-frame": _start_frame,
        "segment": _segment,
        "last-frame": _last_frame,
        "speech": _speech,
        "inspect": _inspect,
        "mix": _mix,
        "stitch": _stitch,
        "sign": _sign,
    }
    return done[job.job](job)


def _start_frame(job: StartFrameJob) -> dict[str, Any]:
    from reelwright.animatic.render import start_frame_png  # noqa: PLC0415 - each job loads only what it needs
    from reelwright.animatic.scene import scene_for  # noqa: PLC0415

    scene = scene_for(job.prompt, style=job.style, palette=job.palette, seed=job.seed)
    job.into.write_bytes(start_frame_png(scene, job.size, keep=_painting(job.paintings, scene, job.size)))
    return {}


def _segment(job: SegmentJob) -> dict[str, Any]:
    from reelwright.media.segment import encode_clip, encode_drawn  # noqa: PLC0415

    burn = _burn(job)
    if job.is_motion:
        encode_drawn(_drawn(job), job.output, job.frames, job.into, burn=burn)
    else:
        encode_clip(job.clip, job.output, job.frames, job.into, burn=burn)
    return {}


def _last_frame(job: LastFrameJob) -> dict[str, Any]:
    from reelwright.media import last_frame  # noqa: PLC0415

    if job.is_motion:
        last_frame.of_drawn(_drawn(job, first=job.frames - 1), job.output, job.into)
    else:
        last_frame.of_clip(job.clip, job.output, job.frames, job.into)
    return {}


def _drawn(job: SegmentJob | LastFrameJob, *, first: int = 0) -> Iterator[memoryview]:
    from reelwright.animatic.motion import Motion  # noqa: PLC0415
    from reelwright.animatic.render import frames  # noqa: PLC0415

    motion = Motion.model_validate_json(job.clip.read_bytes())
    return frames(
        motion,
        size=job.output.pixels,
        frame_rate=job.output.frame_rate,
        frame_count=job.frames,
        picture=job.picture,
        kept=_painting(job.paintings, motion.scene, job.output.pixels),
        first=first,
    )


def _painting(folder: Path | None, scene: Scene, size: Size) -> Path | None:
    return folder and folder / f"{key_of('painting/2', {'scene': scene, 'size': size})}.npz"


def _burn(job: SegmentJob) -> str | None:
    from fractions import Fraction  # noqa: PLC0415

    from reelwright.media.captions.ass import ass_document, burn_filter  # noqa: PLC0415
    from reelwright.media.captions.brand import brand_of  # noqa: PLC0415
    from reelwright.media.captions.fonts import font_folder  # noqa: PLC0415
    from reelwright.media.captions.layout import layout  # noqa: PLC0415

    seconds, brand = Fraction(job.frames, job.output.frame_rate), brand_of(job.captions.font)
    cues = layout(job.words, seconds, job.captions, job.output, language=job.language, brand=brand)
    if not cues:
        return None
    document = job.into.with_suffix(".ass")
    document.write_text(ass_document(cues, job.captions, job.output, language=job.language, brand=brand), "utf-8")
    text = "".join(word.text for cue in cues for word in cue.words)
    return burn_filter(document, font_folder(job.font_folder, text, brand))


def _speech(job: SpeechJob) -> dict[str, Any]:
    from reelwright.media.speech import listen  # noqa: PLC0415

    return listen(job.speech, job.text).model_dump(mode="json")


def _inspect(job: InspectJob) -> dict[str, Any]:
    from reelwright.media.inspection import inspect_clip  # noqa: PLC0415

    return inspect_clip(job.clip, seconds=job.seconds, size=job.size)


def _mix(job: MixJob) -> dict[str, Any]:
    from reelwright.media.mix import ShotSound, mix_episode  # noqa: PLC0415

    shots = [
        ShotSound(shot.frames, shot.speech, shot.lead_samples, shot.spoken, shot.native, shot.native_gain_db)
        for shot in job.shots
    ]
    report = mix_episode(shots, job.music, job.output, job.checks, seed=job.seed, into=job.into)
    return report.model_dump(mode="json")


def _stitch(job: StitchJob) -> dict[str, Any]:
    from reelwright.media.cover import CoverClip, Title, make_cover  # noqa: PLC0415
    from reelwright.media.master import require_master  # noqa: PLC0415
    from reelwright.media.probe import probe  # noqa: PLC0415
    from reelwright.media.stitch import Chapter, stitch  # noqa: PLC0415

    chapters = [Chapter(title=mark.title, first_frame=mark.first_frame, frames=mark.frames) for mark in job.chapters]
    rate = job.output.frame_rate
    stitch(job.segments, job.sound, job.into, frame_rate=rate, chapters=chapters, metadata=job.metadata)
    require_master(job.into, job.output)
    told = job.title
    title = Title(told.text, told.captions, told.fonts, told.language) if told else None
    clips = [CoverClip(clip.path, clip.frames) for clip in job.cover_clips]
    make_cover(job.into, job.covers, clips, job.output, job.cover_into, title=title)
    return probe(job.into).to_json()


def _sign(job: SignJob) -> dict[str, Any]:
    from reelwright.media.master import require_master  # noqa: PLC0415
    from reelwright.media.provenance import sign  # noqa: PLC0415

    found = sign(job.master, job.into, job.manifest, job.signer)
    require_master(job.into, job.output)
    return found.model_dump(mode="json")
