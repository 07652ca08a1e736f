"""Put right what can be put right of a clip's sound: its place in time, a dead side, an offset, clicks, a low level."""

from __future__ import annotations

import wave
from collections.abc import Collection
from pathlib import Path

import numpy as np

from reelwright.checks import audio_defects as defects
from reelwright.checks.audio_judge import SoundFacts
from reelwright.checks.audio_read import Recording
from reelwright.media.sound import RATE, Samples

MENDED_IN_FILE = frozenset({"quiet", "clicks", "one_sided", "opposed", "offset", "late", "drift", "gaps"})
"""What a mended copy is written for; the rest the mix does anyway (rate, channels, length)."""

_RAISED_TO_LUFS, _HIGHEST_PEAK_DBFS = -23.0, -1.0
_SMOOTHED = RATE // 1000


def mend(recording: Recording, facts: SoundFacts, kinds: Collection[str], into: Path) -> None:
    """Write the mended sound as WAV (48 kHz, stereo, 16 bit), in the time of its picture."""
    samples = recording.samples.astype(np.float32, copy=True)
    if "offset" in kinds:
        samples -= samples.mean(axis=0, keepdims=True)
    if "one_sided" in kinds:
        samples[:] = samples[:, [0 if facts.sides == "left" else 1]]
    if "opposed" in kinds:
        samples[:, 1] *= -1
    if "clicks" in kinds:
        _smooth(samples)
    if "quiet" in kinds:
        samples *= _gain(samples, facts.loudness_lufs)
    write_wav(samples, into, RATE)


def _smooth(samples: Samples) -> None:
    """Draw a straight line through each click."""
    found = defects.clicks(samples)
    for start, end in zip(found.starts, found.ends, strict=True):
        first, last = max(start - _SMOOTHED, 0), min(end + _SMOOTHED, len(samples) - 1)
        samples[first : last + 1] = np.linspace(samples[first], samples[last], last - first + 1)


def _gain(samples: Samples, loudness_lufs: float) -> np.float32:
    peak_db = 20 * float(np.log10(max(float(np.abs(samples).max(initial=0.0)), 1e-6)))
    return np.float32(10 ** (min(_RAISED_TO_LUFS - loudness_lufs, _HIGHEST_PEAK_DBFS - peak_db) / 20))


def write_wav(samples: Samples, into: Path, rate: int) -> None:
    """Write samples, a column a channel, as WAV with 16 bits."""
    with wave.open(str(into), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
