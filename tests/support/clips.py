"""What picture and sound are measured with beside `reelwright.testing.numbered`: planes, hashes, cuts that beep."""

from __future__ import annotations

import hashlib
import wave
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from reelwright.media import ffmpeg
from reelwright.recipe import OutputFormat
from reelwright.testing.numbered import BLACK, WHITE, Plane, numbered_pictures, numbers_in, timed_numbers
from reelwright.testing.numbered import numbered_clip as make_clip

__all__ = ["BLACK", "WHITE", "Plane", "make_clip", "numbered_pictures", "numbers_in", "timed_numbers"]

BEEP_SAMPLES = 1200

Samples = NDArray[np.float32]


def small_output(frame_rate: int = 30) -> OutputFormat:
    """Return a format smaller than recipes may ask for: quick, where the property under test does not depend on it."""
    unchecked: dict[str, Any] = {"size": "144x256", "frame_rate": frame_rate}
    return OutputFormat.model_construct(**unchecked)


def picture_hashes(path: Path) -> list[str]:
    """Decode a video and hash every picture's pixels."""
    with av.open(str(path)) as container:
        return [hashlib.sha256(frame.to_ndarray().tobytes()).hexdigest() for frame in container.decode(video=0)]


def planes(path: Path, index: int = 0) -> tuple[Plane, Plane, Plane]:
    """Decode picture `index` of a yuv420p video into its three planes."""
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number == index:
                width, height = frame.width, frame.height
                flat = np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8).ravel()
                luma = flat[: width * height].reshape(height, width)
                blue, red = flat[width * height :].reshape(2, height // 2, width // 2)
                return luma, blue, red
    message = f"{path.name} has no picture {index}"
    raise AssertionError(message)


def beeps(cuts: Iterable[int], samples: int) -> Samples:
    """Return silence with a beep that begins exactly at each of `cuts` (in samples, 48 kHz stereo)."""
    sound = np.zeros((samples, 2), np.float32)
    for cut in cuts:
        sound[cut : cut + BEEP_SAMPLES] += beep()[: samples - cut, None]
    return sound


def beep() -> Samples:
    """Return a beep with a hard onset and a sweep, so that a shift by one sample shows."""
    time = np.arange(BEEP_SAMPLES, dtype=np.float64) / 48_000
    return np.asarray(0.5 * np.sin(2 * np.pi * (900 + 40_000 * time) * time) * np.exp(-time * 90), np.float32)


def beep_lag(sound: NDArray[np.float32], cut: int, *, reach: int = 1100) -> int:
    """Return how many samples after `cut` the beep is heard."""
    window = np.zeros(2 * reach + BEEP_SAMPLES, np.float32)
    first = max(cut - reach, 0)
    heard = sound[first : cut + reach + BEEP_SAMPLES]
    window[first - (cut - reach) :][: len(heard)] = heard
    return int(np.argmax(np.correlate(window, beep(), "valid"))) - reach


def heard_by_av(path: Path) -> Samples:
    """Decode a file's sound with PyAV, each block laid where its time stamp says; one channel."""
    blocks: list[tuple[int, Samples]] = []
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            moment = Fraction(frame.pts or 0) * (frame.time_base or 0) * 48_000
            blocks.append((int(moment), frame.to_ndarray()[0]))
    length = max(start + len(block) for start, block in blocks)
    sound = np.zeros(length, np.float32)
    for start, block in blocks:
        sound[max(start, 0) : start + len(block)] = block[max(-start, 0) :]
    return sound


def heard_by_ffmpeg(path: Path, scratch: Path) -> Samples:
    """Decode a file's sound with the ffmpeg program, sample after sample; one channel."""
    ffmpeg.run(["-y", "-i", str(path), "-map", "0:a:0", "-f", "f32le", "-ac", "2", str(scratch)])
    return np.fromfile(scratch, np.float32).reshape(-1, 2)[:, 0]


def write_wav(into: Path, samples: Samples) -> Path:
    """Write 48 kHz stereo samples as a WAV file."""
    whole = (np.clip(samples, -1, 1) * 32767).astype("<i2")
    with wave.open(str(into), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(whole.tobytes())
    return into
