"""Read a clip's sound at its own time: its time stamps count, not only its samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError

from reelwright.errors import MediaError
from reelwright.media.sound import RATE, Samples

_LONGEST_STEP_SECONDS = 0.04
"""Two blocks further apart than that have a hole between them; less is a clock that runs a little off."""


@dataclass(frozen=True)
class Block:
    """Decoded samples and when they are heard, in seconds."""

    at: float
    samples: Samples


@dataclass(frozen=True)
class Recording:
    """A sound as samples (48 kHz, stereo) in the time of its picture."""

    samples: Samples
    """From the picture's first frame on: what comes before is cut, what is missing is silence."""
    rate: int
    """Of the file, in Hz."""
    channels: int
    seconds: float
    """How long the samples last, wherever they begin."""
    picture_seconds: float | None
    """`None`: the file has no picture."""
    offset_seconds: float
    """How much later than the picture the sound begins."""
    missing_seconds: float
    """Holes between its blocks, together."""
    stretched_seconds: float
    """How much longer its time stamps say it is than its samples, holes aside."""


def read_recording(path: Path) -> Recording | None:
    """Read a (short) file's first sound; `None` if it has none.

    Raises:
        MediaError: it is no media file, or its sound cannot be decoded.
    """
    try:
        with av.open(str(path)) as container:
            stream = next(iter(container.streams.audio), None)
            if stream is None:
                return None
            picture = next(iter(container.streams.video), None)
            blocks = _decoded(container, stream)
            rate, channels = stream.codec_context.sample_rate, stream.codec_context.layout.nb_channels
            shown = (
                float(Fraction(picture.duration) * (picture.time_base or 0)) if picture and picture.duration else None
            )
            begins = float(Fraction(picture.start_time or 0) * (picture.time_base or 0)) if picture else 0.0
    except FFmpegError as error:
        raise MediaError(f"The sound cannot be decoded: {error.strerror}.") from error
    if not blocks:
        return Recording(np.zeros((0, 2), np.float32), rate, channels, 0.0, shown, 0.0, 0.0, 0.0)
    return _placed(blocks, rate, channels, shown, begins)


def _decoded(container: InputContainer, stream: AudioStream) -> list[Block]:
    resampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)
    blocks: list[Block] = []
    for frame in container.decode(stream):
        at = float(frame.pts * frame.time_base) if frame.pts is not None and frame.time_base else _end(blocks)
        parts = [np.asarray(part.to_ndarray(), np.float32).reshape(-1, 2) for part in resampler.resample(frame)]
        if parts:
            blocks.append(Block(at, np.concatenate(parts)))
    rest = [np.asarray(part.to_ndarray(), np.float32).reshape(-1, 2) for part in resampler.resample(None)]
    if rest and blocks:
        blocks[-1] = Block(blocks[-1].at, np.concatenate([blocks[-1].samples, *rest]))
    return blocks


def _end(blocks: Sequence[Block]) -> float:
    return blocks[-1].at + len(blocks[-1].samples) / RATE if blocks else 0.0


def _placed(blocks: Sequence[Block], rate: int, channels: int, shown: float | None, begins: float) -> Recording:
    """Put the blocks where their time stamps say: holes are filled with silence, a clock that runs off is stretched."""
    first = blocks[0].at
    parts, count, missing = [blocks[0].samples], len(blocks[0].samples), 0.0
    steps = [later.at - _end([block]) for block, later in pairwise(blocks)]
    for block, step in zip(blocks[1:], steps, strict=True):
        if step > _LONGEST_STEP_SECONDS:
            parts.append(np.zeros((round(step * RATE), 2), np.float32))
            count, missing = count + len(parts[-1]), missing + step
        parts.append(block.samples)
        count += len(block.samples)
    samples = np.concatenate(parts)
    # What a resampler keeps back until the end makes single steps uneven: only their sum tells.
    stretched = _end(blocks) - first - count / RATE
    if abs(stretched) > _LONGEST_STEP_SECONDS:
        samples = _stretched(samples, count + round(stretched * RATE))
    seconds = sum(len(block.samples) for block in blocks) / RATE
    offset = first - begins
    return Recording(
        _shifted(samples, round(offset * RATE)),
        rate, channels, seconds, shown, offset, missing, stretched if abs(stretched) > _LONGEST_STEP_SECONDS else 0.0,
    )  # fmt: skip


def _stretched(samples: Samples, count: int) -> Samples:
    at = np.linspace(0, len(samples) - 1, max(count, 1))
    positions = np.arange(len(samples))
    return np.stack([np.interp(at, positions, side) for side in samples.T], axis=1).astype(np.float32)


def _shifted(samples: Samples, by: int) -> Samples:
    if by <= 0:
        return samples[-by:]
    return np.concatenate([np.zeros((by, 2), np.float32), samples])
