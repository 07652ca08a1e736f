"""The jobs of one shot's picture: its start frame, its segment, its last frame, the transition into it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.animatic.scene import Scene
from reelwright.canonical import key_of
from reelwright.media.jobs import CardJob, LastFrameJob, SegmentJob, StartFrameJob, TransitionJob
from reelwright.transition import window
from reelwright.values import Size

if TYPE_CHECKING:
    from reelwright.media.captions.layout import Cue


def start_frame(job: StartFrameJob) -> dict[str, Any]:
    """Paint a start frame."""
    from reelwright.animatic.render import start_frame_png  # noqa: PLC0415 - each job loads only what it needs
    from reelwright.animatic.scene import scene_for  # noqa: PLC0415

    scene = scene_for(job.prompt, style=job.style, palette=job.palette, seed=job.seed)
    job.into.write_bytes(start_frame_png(scene, job.size, keep=_painting(job.paintings, scene, job.size)))
    return {}


def last_frame(job: LastFrameJob) -> dict[str, Any]:
    """Write a clip's last picture."""
    from reelwright.media import last_frame as writing  # noqa: PLC0415

    if job.is_motion:
        writing.of_drawn(_drawn(job, job.frames, job.frames - 1), job.output, job.into)
    else:
        writing.of_clip(job.clip, job.output, job.frames, job.into, plan=job.fit)
    return {}


def segment(job: SegmentJob) -> dict[str, Any]:
    """Encode what is the shot's alone."""
    from reelwright.media.segment import encode_clip, encode_drawn  # noqa: PLC0415

    (first, count), total = job.edges.own(job.frames), job.edges.rendered(job.frames)
    if job.is_motion:
        drawn = itertools.islice(_drawn(job, total, first), count)
        encode_drawn(drawn, job.output, count, job.into, burn=_dressed(job, first, count))
        return {}
    burn = _dressed(job, 0, total)
    if count != total:
        burn = ",".join([*([burn] if burn else []), f"trim=start_frame={first}:end_frame={first + count}", _FROM_ZERO])
    encode_clip(job.clip, job.output, count, job.into, burn=burn, fitted=total, plan=job.fit)
    return {}


def transition(job: TransitionJob) -> dict[str, Any]:
    """Encode the frames that two shots share; each shot's words stay where they were."""
    from reelwright.media.segment import encode_drawn  # noqa: PLC0415

    before, after, output = job.before, job.after, job.after.output
    leaving, coming, count = window(before.edges, before.frames, after.edges)
    pictures = _led(job, _pictures(before, leaving, count), _pictures(after, coming, count), count)
    burn = [chain for chain in (_dressed(before, leaving, count), _dressed(after, coming, count)) if chain]
    frames = (memoryview(picture.tobytes()) for picture in pictures)
    encode_drawn(frames, output, count, job.into, burn=",".join(burn) or None)
    return {}


def card(job: CardJob) -> dict[str, Any]:
    """Encode a card."""
    from reelwright.media.compositions import Stage  # noqa: PLC0415 - loads MoviePy
    from reelwright.media.compositions import card as compose  # noqa: PLC0415
    from reelwright.media.overlay import pictures_of  # noqa: PLC0415
    from reelwright.media.segment import encode_drawn  # noqa: PLC0415

    stage = Stage(job.output, job.captions, job.language, job.font_folder)
    clip = compose(job.card, job.title, job.picture, stage)
    encode_drawn(pictures_of(clip, job.output, job.frames), job.output, job.frames, job.into)
    return {}


def _led(
    job: TransitionJob, before: Iterator[NDArray[np.uint8]], after: Iterator[NDArray[np.uint8]], count: int
) -> Iterator[NDArray[np.uint8]]:
    """Lead from one picture to the other, by one of ours or by one of the author's own."""
    output = job.after.output
    if not job.source:
        from reelwright.media.transitions import blended  # noqa: PLC0415

        return blended(job.kind, before, after, count, output.pixels)
    from reelwright.media.own_transitions import own_frames  # noqa: PLC0415

    rate = output.frame_rate
    return own_frames(job.kind, before, after, count, output.pixels, frame_rate=rate, source=job.source)


_FROM_ZERO = "setpts=PTS-STARTPTS"


def _pictures(job: SegmentJob, first: int, count: int) -> Iterator[NDArray[np.uint8]]:
    from reelwright.media.transitions import fitted  # noqa: PLC0415

    total = job.edges.rendered(job.frames)
    if not job.is_motion:
        return fitted(job.clip, job.output, total, first, count, plan=job.fit)
    return (np.frombuffer(frame, np.uint8) for frame in itertools.islice(_drawn(job, total, first), count))


def _drawn(job: SegmentJob | LastFrameJob, total: int, first: int) -> Iterator[memoryview]:
    from reelwright.animatic.motion import Motion  # noqa: PLC0415
    from reelwright.animatic.render import frames  # noqa: PLC0415

    motion = Motion.model_validate_json(job.clip.read_bytes())
    return frames(
        motion,
        size=job.output.pixels,
        frame_rate=job.output.frame_rate,
        frame_count=total,
        picture=job.picture,
        kept=_painting(job.paintings, motion.scene, job.output.pixels),
        first=first,
    )


def _painting(folder: Path | None, scene: Scene, size: Size) -> Path | None:
    return folder and folder / f"{key_of('painting/2', {'scene': scene, 'size': size})}.npz"


def _dressed(job: SegmentJob, first: int, count: int) -> str | None:
    """Return the filters that draw overlays and, over them, captions on `count` frames from rendered frame `first`."""
    filters = [*_laid_over(job, first, count), *_captioned(job, first)]
    return ",".join(filters) or None


def _laid_over(job: SegmentJob, first: int, count: int) -> list[str]:
    if not job.layers:
        return []
    from reelwright.media.compositions import Stage  # noqa: PLC0415 - loads MoviePy
    from reelwright.media.overlay import overlay_filters  # noqa: PLC0415

    stage = Stage(job.output, job.captions, job.language, job.font_folder)
    return overlay_filters(job.layers, stage, job.into, early=job.edges.early, first=first, count=count)


def _captioned(job: SegmentJob, first: int) -> list[str]:
    from reelwright.media.captions.ass import ass_document, burn_filter  # noqa: PLC0415
    from reelwright.media.captions.brand import brand_of  # noqa: PLC0415
    from reelwright.media.captions.fonts import font_folder  # noqa: PLC0415

    if job.preset_source:
        from reelwright.media.captions.presets import own_style  # noqa: PLC0415

        own_style(job.captions.preset, source=job.preset_source)  # the version that is meant, before it is laid out
    brand, cues = brand_of(job.captions.font), _cues(job)
    if not cues:
        return []
    document = job.into.with_suffix(".ass")
    document.write_text(ass_document(cues, job.captions, job.output, language=job.language, brand=brand), "utf-8")
    text = "".join(word.text for cue in cues for word in cue.words)
    burn = burn_filter(document, font_folder(job.font_folder, text, brand))
    # The document counts from the rendered picture's first frame.
    there, back = (f"setpts=PTS{sign}{first}/{job.output.frame_rate}/TB" for sign in "+-")
    return [there, burn, back] if first else [burn]


def _cues(job: SegmentJob) -> tuple[Cue, ...]:
    from reelwright.media.captions.brand import brand_of  # noqa: PLC0415
    from reelwright.media.captions.layout import layout  # noqa: PLC0415

    early = Fraction(job.edges.early, job.output.frame_rate)
    words = [
        word.model_copy(update={"start": word.start + early, "end": word.end + early}) if early else word
        for word in job.words
    ]
    seconds = Fraction(job.edges.early + job.frames, job.output.frame_rate)
    return layout(words, seconds, job.captions, job.output, language=job.language, brand=brand_of(job.captions.font))
