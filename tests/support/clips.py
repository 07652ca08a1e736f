"""Clips whose pixels and samples tell the time: every frame shows its number, every cut beeps."""

from __future__ import annotations

import hashlib
import wave
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from reelwright.media import ffmpeg
from reelwright.recipe import OutputFormat
from reelwright.values import Size

BITS = 4
"""A number is drawn as a square of 4 x 4 black and white fields in the middle: 16 bits, whatever is cropped."""
BLACK, GREY, WHITE = 16, 110, 235
BEEP_SAMPLES = 1200

Plane = NDArray[np.uint8]
Samples = NDArray[np.float32]


def small_output(frame_rate: int = 30) -> OutputFormat:
    """Return a format smaller than recipes may ask for: quick, where the property under test does not depend on it."""
    unchecked: dict[str, Any] = {"size": "144x256", "frame_rate": frame_rate}
    return OutputFormat.model_construct(**unchecked)


def numbered_pictures(numbers: Iterable[int], size: Size) -> Iterator[memoryview]:
    """Yield a raw yuv420p picture (limited range) for each number; its field 0 is the lowest bit."""
    for number in numbers:
        yield memoryview(np.concatenate([_numbered(number, size).ravel(), _chroma(number, size)]).tobytes())


def numbers_in(path: Path, *, shown: Size | None = None) -> list[int]:
    """Decode a video and read every picture's number; `shown` is the size it was drawn in, if it was fitted since."""
    return [number for _, number in timed_numbers(path, shown=shown)]


def timed_numbers(path: Path, *, shown: Size | None = None) -> list[tuple[Fraction, int]]:
    """Decode a video and read when each picture is shown, and its number."""
    found = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            luma = np.asarray(frame.to_ndarray(format="gray"), np.uint8)
            moment = Fraction(frame.pts or 0) * (frame.time_base or 0)
            found.append((moment, _read(luma, shown or Size(width=frame.width, height=frame.height))))
    return found


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


def make_clip(
    into: Path,
    *,
    size: str = "180x320",
    rate: int = 24,
    pictures: int = 48,
    filters: str = "null",
    options: tuple[str, ...] = ("-pix_fmt", "yuv420p"),
) -> Path:
    """Encode a clip as a vendor may send it: numbered pictures of any size and rate, through `filters`."""
    drawn = Size.parse(size)
    source = ["-f", "rawvideo", "-pix_fmt", "yuv444p", "-color_range", "tv", "-colorspace", "bt709"]
    source += ["-video_size", size, "-framerate", str(rate), "-i", "pipe:0"]
    frames = (_full(number, drawn) for number in range(pictures))
    ffmpeg.run(
        ["-y", *source, "-vf", filters, "-c:v", "libx264", "-preset", "ultrafast", *options, str(into)], frames=frames
    )
    return into


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


def _numbered(number: int, size: Size) -> Plane:
    luma = np.full((size.height, size.width), GREY, np.uint8)
    side, left, top = _square(size)
    field = side // BITS
    for bit in range(BITS * BITS):
        row, column = divmod(bit, BITS)
        tone = WHITE if number >> bit & 1 else BLACK
        luma[top + row * field : top + (row + 1) * field, left + column * field : left + (column + 1) * field] = tone
    return luma


def _chroma(number: int, size: Size) -> Plane:
    return np.full(size.width // 2 * (size.height // 2) * 2, 100 + number % 56, np.uint8)


def _full(number: int, size: Size) -> memoryview:
    luma = _numbered(number, size)
    return memoryview(np.concatenate([luma, np.full_like(luma, 128), np.full_like(luma, 128)]).tobytes())


def _square(size: Size) -> tuple[int, int, int]:
    side = min(size.width, size.height) // 2 // BITS * BITS
    return side, (size.width - side) // 2, (size.height - side) // 2


def _read(luma: Plane, shown: Size) -> int:
    height, width = luma.shape
    side = min(shown.width, shown.height) / 2 * max(width / shown.width, height / shown.height)
    field, number = side / BITS, 0
    for bit in range(BITS * BITS):
        row, column = divmod(bit, BITS)
        y, x = (int((total - side) / 2 + (at + 0.5) * field) for total, at in ((height, row), (width, column)))
        number |= int(luma[y - 1 : y + 2, x - 1 : x + 2].mean() > (BLACK + WHITE) / 2) << bit
    return number
