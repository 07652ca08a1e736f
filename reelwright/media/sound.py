"""Sound as samples: 48 kHz, stereo, float32 arrays of shape (samples, 2); files are read and written in blocks."""

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

Samples = NDArray[np.float32]

_SPEECH_DB = -20.0
_LOUDEST_GAIN_DB = 18.0


class Loudness(Value):
    """What a meter says of a sound (ITU-R BS.1770-4, EBU R 128)."""

    integrated_lufs: float
    """-70 for silence: the meter's gate."""
    true_peak_dbtp: float
    range_lu: float

    @property
    def is_silent(self) -> bool:
        """Whether nothing passes the meter's gate."""
        return self.integrated_lufs <= -69.9  # noqa: PLR2004 - the gate


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
    """Read a whole (short) sound."""
    blocks = list(decode(path))
    return np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32)


def levelled_speech(samples: Samples) -> Samples:
    """Bring speech to a common level: the loud half of its 50 ms windows at -20 dBFS; silence stays silence."""
    window = RATE // 20
    count = len(samples) // window
    if not count:
        return samples
    power = (samples[: count * window] ** 2).reshape(count, -1).mean(1)
    loud = power[power > np.max(power) * 0.02]
    if not len(loud) or float(loud.mean()) < 1e-9:  # noqa: PLR2004 - digital silence
        return samples
    gain_db = min(_SPEECH_DB - 10 * float(np.log10(loud.mean())), _LOUDEST_GAIN_DB)
    return np.asarray(samples * np.float32(10 ** (gain_db / 20)))


def measure(path: Path, *, raw: bool = False) -> Loudness:
    """Measure a sound file; `raw` reads 48 kHz stereo float32 without a header.

    Raises:
        MediaError: ffmpeg cannot read it.
    """
    source = [*raw_input(), "-i", str(path)] if raw else ["-i", str(path)]
    log = ffmpeg.run(
        [*source, "-map", "0:a:0", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"], loglevel="info"
    )
    summary = log[log.rfind("Summary:") :]
    return Loudness(
        integrated_lufs=_figure(summary, "I:", -70.0),
        true_peak_dbtp=_figure(summary, "Peak:", -120.0),
        range_lu=_figure(summary, "LRA:", 0.0),
    )


def raw_input() -> list[str]:
    """Return the options that make ffmpeg read our headerless samples."""
    return ["-f", "f32le", "-ar", str(RATE), "-ac", "2"]


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
