"""Sounds to mix: speech-like bursts, tones and files of any kind; and what a player hears of an encoded file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from support.clips import write_wav

from reelwright.media import ffmpeg

RATE = 48_000

Mono = NDArray[np.float64]
Stereo = NDArray[np.float32]


@dataclass(frozen=True)
class Heard:
    """What ffmpeg's meter says of a file (ITU-R BS.1770, EBU R 128)."""

    lufs: float
    dbtp: float


def meter(path: Path) -> Heard:
    """Measure an encoded file as a player decodes it."""
    said = ffmpeg.run(["-i", str(path), "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"], loglevel="info")
    figures = [re.search(rf"{name}:\s+(-?[\d.]+|-?inf)", said[said.rfind("Summary:") :]) for name in ("I", "Peak")]
    lufs, dbtp = (float(found[1]) if found else -200.0 for found in figures)
    return Heard(lufs, dbtp)


def listen(path: Path) -> Stereo:
    """Decode a file as a player does, to 48 kHz stereo."""
    raw = path.with_suffix(".listen")
    ffmpeg.run(["-y", "-i", str(path), "-map", "0:a:0", "-f", "f32le", "-ac", "2", "-ar", str(RATE), str(raw)])
    samples = np.fromfile(raw, np.float32).reshape(-1, 2)
    raw.unlink()
    return samples


def speech_like(
    seconds: float, *, seed: int = 1, peak_dbfs: float = -6.0, low: float = 150, high: float = 3800
) -> Mono:
    """Return noise in the band of a voice, in syllables of about a quarter of a second with pauses between phrases."""
    count = int(seconds * RATE)
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / RATE)
    spectrum *= (frequency > low) & (frequency < high)
    spectrum /= np.sqrt(np.maximum(frequency, 100) / 100)
    sound = np.fft.irfft(spectrum, count)
    time = np.arange(count) / RATE
    syllables = np.clip(np.sin(2 * np.pi * 4 * time + rng.uniform(0, 6)), 0, 1) ** 0.7 * (0.5 + 0.5 * rng.random())
    phrases = (time % 2.1) < 1.75
    sound *= syllables * phrases
    return np.asarray(sound / np.abs(sound).max() * 10 ** (peak_dbfs / 20))


def tone(seconds: float, hertz: float, dbfs: float = -12.0) -> Mono:
    """Return a sine."""
    return np.asarray(10 ** (dbfs / 20) * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE))


def saved(into: Path, mono: Mono, *, rate: int = RATE, channels: int = 2, codec: str = "pcm_s16le") -> Path:
    """Write a sound file of any rate, channels and codec."""
    plain = write_wav(into.with_suffix(".plain.wav"), np.repeat(mono[:, None], 2, 1).astype(np.float32))
    ffmpeg.run(["-y", "-i", str(plain), "-ar", str(rate), "-ac", str(channels), "-c:a", codec, str(into)])
    return into


def level_db(samples: Stereo, low: float, high: float) -> float:
    """Return the level of a band of a sound, in dB."""
    spectrum = np.fft.rfft(samples.astype(np.float64).mean(1) * np.hanning(len(samples)))
    frequency = np.fft.rfftfreq(len(samples), 1 / RATE)
    power = (np.abs(spectrum[(frequency >= low) & (frequency < high)]) ** 2).sum() / len(samples) ** 2
    return float(10 * np.log10(max(power, 1e-20)))
