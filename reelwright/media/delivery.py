"""From the raw mix to what a listener gets: one gain to the loudness, peaks held, one AAC encode, measured after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelwright.media import ffmpeg
from reelwright.media.loudness import Limiter, Meter
from reelwright.media.sound import RATE, SILENT_LUFS, Loudness, Samples, decibels, measure
from reelwright.recipe import Checks

_PRIMING = 1024
"""Samples that an AAC decoder adds in front; without an edit list nothing removes them, so they are cut before."""

_TOLERANCE_LU = 0.3
_OVERSHOOT_DB = 0.5
"""How much AAC at this bit rate may lift a peak (measured: up to 0.3 dB on voice and music)."""
_MOST_GAIN_DB = 40.0
_EDGE = RATE // 200
_ROUNDS = 4
_BLOCK = 2 * RATE


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came out, measured on the encoded file."""

    heard: Loudness
    gain_db: float
    limited: bool
    warnings: tuple[str, ...] = ()


def deliver(raw: Path, mixed: Meter, checks: Checks, into: Path) -> Delivered:
    """Encode headerless float samples to `into` (AAC-LC in MP4) at the loudness and under the true peak of `checks`.

    `mixed` has measured them. The file is measured as a player decodes it, and made again if it misses. The peak is
    always kept; a loudness that cannot be reached under it is told in `warnings`.

    Raises:
        MediaError: ffmpeg failed.
    """
    loudness = mixed.integrated_lufs()
    if loudness <= SILENT_LUFS:
        _encode(raw, into, 0.0, checks.true_peak_dbtp)
        return Delivered(measure(into), 0.0, limited=False)
    gain_db = min(checks.loudness_lufs - loudness, _MOST_GAIN_DB)
    ceiling_dbtp = checks.true_peak_dbtp - _OVERSHOOT_DB
    if mixed.peak * decibels(gain_db) > decibels(ceiling_dbtp):
        gain_db = _gain_through_limiter(raw, gain_db, ceiling_dbtp, checks.loudness_lufs)
    for _ in range(_ROUNDS):
        limited = _encode(raw, into, gain_db, ceiling_dbtp)
        heard = measure(into)
        over = heard.true_peak_dbtp - checks.true_peak_dbtp
        if over <= 0:
            break
        ceiling_dbtp -= over + 0.1
    return Delivered(heard, gain_db, limited=limited, warnings=_warnings(heard, checks))


def encode_arguments(into: Path) -> list[str]:
    """Build the command that encodes 48 kHz stereo float samples from standard input to AAC-LC without edit list."""
    return [
        *("-y", "-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", "pipe:0", "-c:a", "aac", "-b:a", "192k"),
        *("-fflags", "+bitexact", "-flags:a", "+bitexact", "-use_editlist", "0", "-f", "mp4", str(into)),
    ]


def _encode(raw: Path, into: Path, gain_db: float, ceiling_dbtp: float) -> bool:
    """Encode at a gain, under a ceiling; return whether peaks had to be held down."""
    limiter = Limiter(float(decibels(ceiling_dbtp)))
    sound = limiter.limit(block * decibels(gain_db) for block in _blocks(raw))
    ffmpeg.run(encode_arguments(into), frames=map(np.ndarray.tobytes, _without_priming(sound)))
    return limiter.lowest_gain < 1


def _gain_through_limiter(raw: Path, gain_db: float, ceiling_dbtp: float, wanted_lufs: float) -> float:
    """Return the gain that comes out of the limiter at the wanted loudness: holding peaks makes a sound quieter."""
    for _ in range(_ROUNDS):
        limiter, meter = Limiter(float(decibels(ceiling_dbtp))), Meter()
        for block in limiter.limit(block * decibels(gain_db) for block in _blocks(raw)):
            meter.add(block)
        off = wanted_lufs - meter.integrated_lufs()
        gain_db = min(gain_db + off, _MOST_GAIN_DB)
        if abs(off) < _TOLERANCE_LU / 3:
            break
    return gain_db


def _blocks(raw: Path) -> Iterator[Samples]:
    with raw.open("rb") as file:
        while data := file.read(_BLOCK * 8):
            yield np.frombuffer(data, np.float32).reshape(-1, 2)


def _without_priming(blocks: Iterator[Samples]) -> Iterator[Samples]:
    """Cut what the decoder will put in front, and fade the cut edge in so that it does not click."""
    cut = _PRIMING
    for block in blocks:
        if cut == _PRIMING:
            kept = block[cut:].copy()
            edge = min(_EDGE, len(kept))
            kept[:edge] *= np.linspace(0, 1, edge, dtype=np.float32)[:, None]
            cut = 0
            yield kept
        else:
            yield block


def _warnings(heard: Loudness, checks: Checks) -> tuple[str, ...]:
    if abs(heard.integrated_lufs - checks.loudness_lufs) <= _TOLERANCE_LU:
        return ()
    reached = f"The sound reaches {heard.integrated_lufs:.1f} LUFS instead of {checks.loudness_lufs:.1f}"
    return (f"{reached}: its peaks leave no room below {checks.true_peak_dbtp:.1f} dBTP.",)
