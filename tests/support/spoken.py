"""Lines spoken by the local voice, made once a machine; and clips with any sound, good or broken in one way."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from support.clips import write_wav

from reelwright.media import ffmpeg
from reelwright.media.sound import read
from reelwright.models.narrators.contract import NarrationRequest
from reelwright.models.narrators.local import LocalNarrator
from reelwright.values import Word

RATE = 48_000
_VERSION = 1

Mono = NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """A spoken line."""

    text: str
    path: Path
    """WAV, 24 kHz, mono."""
    words: tuple[Word, ...]
    """When each word is heard: the voice knows it exactly."""

    @property
    def samples(self) -> Mono:
        """One channel at 48 kHz, its peak at -3 dBFS."""
        mono = read(self.path).mean(axis=1).astype(np.float64)
        return mono / np.abs(mono).max() * 0.7


@functools.cache
def say(text: str, speed: float = 1.0) -> Line:
    """Return a spoken line; two test runs that make it at once make the same bytes."""
    folder = Path(tempfile.gettempdir()) / f"reelwright-test-lines-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    name = "".join(letter for letter in text if letter.isalnum())[:40]
    path = folder / f"{name}-{len(text)}-{speed}-{_VERSION}.wav"
    notes = path.with_suffix(".json")
    if not notes.exists():
        part = path.with_suffix(f".{os.getpid()}.wav")
        words = asyncio.run(_spoken(NarrationRequest(text=text, speed=speed), part))  # type: ignore[arg-type]
        part.replace(path)
        told = notes.with_suffix(f".{os.getpid()}.json")
        told.write_text(json.dumps([word.model_dump(mode="json") for word in words]), "utf-8")
        told.replace(notes)
    words = tuple(Word.model_validate(word) for word in json.loads(notes.read_text("utf-8")))
    return Line(text, path, words)


async def _spoken(request: NarrationRequest, into: Path) -> tuple[Word, ...]:
    narrator = _narrator()
    return (await narrator.speak(request, into)).words


@functools.cache
def _narrator() -> LocalNarrator:
    return LocalNarrator()


def clip_with(
    into: Path,
    sound: NDArray[np.floating] | None,
    *,
    picture_seconds: float | None = None,
    rate: int = RATE,
    channels: int = 2,
    filters: str = "",
    codec: str = "aac",
    bit_rate: int = 128_000,
    late_seconds: float = 0.0,
) -> Path:
    """Write a small MP4 with a moving picture and this sound, one channel or two of it, at 48 kHz.

    The picture lasts as long as the sound unless told otherwise; `filters` are ffmpeg's, for the sound.
    """
    lasts = picture_seconds or (len(sound) / RATE if sound is not None else 2.0)
    stereo = None if sound is None else np.repeat(sound[:, None], 2, 1) if sound.ndim == 1 else sound
    if filters and stereo is not None:
        return _filtered(into, stereo, filters, lasts)
    with av.open(str(into), "w") as file:
        picture = file.add_stream("libx264", rate=12, options={"preset": "ultrafast"})
        picture.width, picture.height, picture.pix_fmt = 32, 32, "yuv420p"
        heard = None if stereo is None else _stream(file, codec, rate, channels, bit_rate)
        for number in range(round(lasts * 12)):
            grey = np.full((32, 32, 3), 40 + number % 160, np.uint8)
            file.mux(picture.encode(av.VideoFrame.from_ndarray(grey, "rgb24")))
        file.mux(picture.encode())
        if heard is not None and stereo is not None:
            for frame in _resampled(stereo, heard, late_seconds):
                file.mux(heard.encode(frame))
            file.mux(heard.encode())
    return into


def _stream(file: Any, codec: str, rate: int, channels: int, bit_rate: int) -> Any:
    heard = file.add_stream(codec, rate=rate)
    heard.layout = "stereo" if channels > 1 else "mono"
    if codec != "pcm_s16le":
        heard.bit_rate = bit_rate
    return heard


def _resampled(stereo: NDArray[np.floating], heard: Any, late_seconds: float) -> list[av.AudioFrame]:
    """Return the sound as the encoder wants it, beginning so much later than the picture."""
    whole = np.clip(stereo, -1, 1).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(whole.reshape(1, -1)), "flt", "stereo")
    frame.sample_rate = RATE
    resampler = av.AudioResampler(heard.codec_context.format, heard.layout, heard.rate, frame_size=1024)
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    at = round(late_seconds * heard.rate)
    for part in frames:
        part.pts, part.time_base = at, Fraction(1, heard.rate)
        at += part.samples
    return frames


def _filtered(into: Path, stereo: NDArray[np.floating], filters: str, lasts: float) -> Path:
    plain = write_wav(into.with_suffix(".plain.wav"), stereo.astype(np.float32))
    picture = ["-f", "lavfi", "-i", f"testsrc2=size=32x32:rate=12:duration={lasts}", "-i", str(plain)]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    ffmpeg.run(["-y", *picture, "-map", "0:v", "-map", "1:a", "-af", filters, *codecs, str(into)])
    return into


def seconds_of(seconds: float) -> int:
    """Return how many samples last so long."""
    return int(seconds * RATE)


def silence(seconds: float) -> Mono:
    """Return silence."""
    return np.zeros(seconds_of(seconds))


def noise(seconds: float, *, level: float = 0.1, seed: int = 1, brown: float = 0.5) -> Mono:
    """Return noise whose power falls with the frequency to the power of `2 * brown`."""
    count = seconds_of(seconds)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    spectrum /= np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20) ** brown
    sound = np.fft.irfft(spectrum, count)
    return np.asarray(sound / sound.std() * level)


def chords(seconds: float, *, level: float = 0.2) -> Mono:
    """Return slow music: a chord every two seconds, with a little attack and decay."""
    time = np.arange(seconds_of(seconds)) / RATE
    sound = np.zeros(len(time))
    for bar, root in enumerate((220, 174.6, 196, 146.8) * 10):
        inside = (time >= bar * 2) & (time < bar * 2 + 2)
        local = time[inside] - bar * 2
        shape = np.minimum(local / 0.05, 1) * np.exp(-local)
        sound[inside] = sum(np.sin(2 * np.pi * root * step * local) * shape for step in (1, 1.26, 1.5, 2.0))
    return np.asarray(sound / np.abs(sound).max() * level)


def room(sound: Mono, *, seconds: float = 0.35, wet: float = 0.4) -> Mono:
    """Return a sound in a room that rings for so long."""
    count = seconds_of(seconds)
    tail = np.random.default_rng(3).standard_normal(count) * np.exp(-np.arange(count) / (count / 6))
    size = 1 << (len(sound) + count).bit_length()
    ringing = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[: len(sound) + count]
    dry = np.pad(sound, (0, count))
    return np.asarray(dry + wet * ringing / np.abs(ringing).max() * np.abs(sound).max())
