"""Sound as samples: 48 kHz, stereo, float32 arrays of shape (samples, 2); files are read in blocks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.error import FFmpegError
from numpy.typing import NDArray

from reelwright.errors import MediaError
from reelwright.media import ffmpeg
from reelwright.values import Value

RATE = 48_000
"""Samples a second of everything inside."""

SILENT_LUFS = -70.0
"""The gate of BS.1770: what lies below is silence."""

Samples = NDArray[np.float32]


class Loudness(Value):
    """What a meter says of a sound (ITU-R BS.1770-4, EBU R 128)."""

    integrated_lufs: float
    """-70 for silence: the meter's gate."""
    true_peak_dbtp: float
    """-120 for silence."""
    range_lu: float

    @property
    def is_silent(self) -> bool:
        """Whether nothing passes the meter's gate."""
        return self.integrated_lufs <= SILENT_LUFS + 0.1


def decode(path: Path) -> Iterator[Samples]:
    """Yield the first sound stream of a file in blocks, resampled to 48 kHz stereo; mono goes to both sides.

    Raises:
        MediaError: no sound in the file, or it cannot be decoded.
    """
    try:
        with av.open(str(path)) as container:
            stream = next(iter(container.streams.audio), None)
            if stream is None:
                raise MediaError("The file has no sound.")
            resampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)
            for frame in container.decode(stream):
                yield from map(_samples, resampler.resample(frame))
            yield from map(_samples, resampler.resample(None))
    except FFmpegError as error:
        raise MediaError(f"The sound cannot be decoded: {error.strerror}.") from error


def read(path: Path) -> Samples:
    """Read a whole (short) sound.

    Raises:
        MediaError: no sound in the file, or it cannot be decoded.
    """
    blocks = list(decode(path))
    return np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32)


def read_voice(path: Path, rate: int) -> NDArray[np.float32]:
    """Read a whole (short) sound as one channel of `rate` samples a second; of two channels the louder one counts.

    So a voice that stands on one side, or on both with opposite signs, is heard as it is.

    Raises:
        MediaError: no sound in the file, or it cannot be decoded.
    """
    try:
        with av.open(str(path)) as container:
            stream = next(iter(container.streams.audio), None)
            if stream is None:
                raise MediaError("The file has no sound.")
            resampler = av.AudioResampler(format="flt", layout="stereo", rate=rate)
            decoded = [part for frame in container.decode(stream) for part in resampler.resample(frame)]
            blocks = [_samples(part) for part in (*decoded, *resampler.resample(None))]
    except FFmpegError as error:
        raise MediaError(f"The sound cannot be decoded: {error.strerror}.") from error
    sides = np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32)
    both = sides.mean(axis=1)
    louder = sides[:, int(np.square(sides).sum(axis=0).argmax())]
    opposed = np.square(both).sum() * 2 < np.square(louder).sum()
    return np.asarray(louder if opposed else both, np.float32)


class Blocks:
    """Takes any number of samples from an iterator of blocks; silence when it has ended."""

    def __init__(self, blocks: Iterator[Samples]) -> None:
        self._blocks = blocks
        self._rest = np.zeros((0, 2), np.float32)

    def take(self, count: int) -> Samples:
        """Return the next `count` samples."""
        parts, have = [self._rest], len(self._rest)
        while have < count:
            block = next(self._blocks, None)
            if block is None:
                block = np.zeros((count - have, 2), np.float32)
            parts.append(block)
            have += len(block)
        joined = np.concatenate(parts)
        self._rest = joined[count:].copy()
        return joined[:count]


def measure(path: Path) -> Loudness:
    """Measure a sound file as a listener's player decodes it.

    Raises:
        MediaError: ffmpeg cannot read it.
    """
    arguments = ["-i", str(path), "-map", "0:a:0", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
    log = ffmpeg.run(arguments, loglevel="info")
    summary = log[log.rfind("Summary:") :]
    return Loudness(
        integrated_lufs=_figure(summary, "I:", SILENT_LUFS),
        true_peak_dbtp=_figure(summary, "Peak:", -120.0),
        range_lu=_figure(summary, "LRA:", 0.0),
    )


def decibels(gain_db: float) -> np.float32:
    """Return a gain in dB as a factor."""
    return np.float32(10 ** (gain_db / 20))


def _samples(frame: AudioFrame) -> Samples:
    return np.asarray(frame.to_ndarray(), np.float32).reshape(-1, 2)


def _figure(summary: str, name: str, default: float) -> float:
    for line in summary.splitlines():
        words = line.split()
        if words[:1] == [name]:
            try:
                value = float(words[1])
            except ValueError:
                return default
            return default if np.isnan(value) or np.isinf(value) else value
    return default
