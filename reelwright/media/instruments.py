"""The sounds that the music bed is played with: pads, plucked notes, a soft beat. Functions of pitch and length."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from reelwright.media.sound import RATE, Samples

Tone = NDArray[np.float32]

_TABLE = 1 << 14
_ATTACK_SECONDS, _RELEASE_SECONDS = 0.55, 1.0

_TIMBRES: dict[str, tuple[tuple[float, float, float], ...]] = {
    # (times the pitch, loudness, how fast it fades)
    "felt": ((1, 1.0, 3.4), (2, 0.42, 5.0), (3, 0.16, 7.0), (4, 0.07, 9.0)),
    "marimba": ((1, 1.0, 6.0), (2, 0.12, 9.0), (4, 0.3, 14.0)),
    "bell": ((1, 0.8, 2.4), (2.0, 0.35, 3.0), (3.01, 0.22, 4.5), (5.43, 0.08, 8.0)),
}


def pad(frequency: float, length: int, brightness: float, voice: int, *, held: bool) -> Samples:
    """Return a soft stereo tone that swells, lasts `length` samples and fades over one more second.

    Harmonics fall with the power `brightness`: the higher, the darker. `held` starts at once, as a last chord does.
    """
    tail = int(_RELEASE_SECONDS * RATE)
    rise = int((0.12 if held else _ATTACK_SECONDS) * RATE)
    shape = np.ones(length + tail, np.float32)
    shape[:rise] = _swell(rise)[: len(shape)]
    shape[length:] = _swell(tail)[::-1]
    table = _wave(brightness)
    time = np.arange(len(shape), dtype=np.float64)
    sides = []
    for side, detune in enumerate((0.9986, 1.0014)):
        turns = time * (frequency * detune / RATE) + (0.37 * voice + 0.5 * side) % 1
        drift = 0.0006 * np.sin(2 * np.pi * time[::64] * 0.31 / RATE + voice + side)
        turns += np.repeat(drift, 64)[: len(time)] * frequency / 100
        sides.append(table[(turns * _TABLE).astype(np.int64) & (_TABLE - 1)] * shape)
    return np.stack(sides, axis=1)


@functools.lru_cache(64)
def pluck(frequency: float, timbre: str) -> Tone:
    """Return one plucked or struck note of 1.6 s, mono."""
    time = np.arange(int(1.6 * RATE), dtype=np.float32) / np.float32(RATE)
    tone = np.zeros(len(time), np.float32)
    for times, level, fading in _TIMBRES[timbre]:
        tone += np.float32(level) * np.sin(np.float32(2 * np.pi * frequency * times) * time) * np.exp(-time * fading)
    attack = int(0.006 * RATE)
    tone[:attack] *= _swell(attack)
    tone[-RATE // 5 :] *= _swell(RATE // 5)[::-1]
    return tone * np.float32(0.16)


@functools.lru_cache(1)
def kick() -> Tone:
    """Return a soft low beat, mono."""
    time = np.arange(int(0.4 * RATE)) / RATE
    turns = 50 * time + 45 / 30 * (1 - np.exp(-time * 30))
    tone = np.sin(2 * np.pi * turns) * np.exp(-time * 10) * 0.5
    return np.asarray(tone * np.minimum(time / 0.006, 1) * np.clip((time[-1] - time) / 0.1, 0, 1), np.float32)


@functools.lru_cache(1)
def shaker() -> Tone:
    """Return a quiet rustle above the voice, mono."""
    noise = np.diff(np.random.default_rng(5).standard_normal(int(0.12 * RATE) + 2), 2)
    time = np.arange(len(noise)) / RATE
    return np.asarray(noise * np.minimum(time / 0.012, 1) * np.exp(-time * 42) * 0.012, np.float32)


@functools.lru_cache(8)
def _wave(brightness: float) -> Tone:
    turn = 2 * np.pi * np.arange(_TABLE) / _TABLE
    return np.asarray(sum(np.sin(k * turn + 0.7 * k) / k**brightness for k in range(1, 9)), np.float32)


def _swell(count: int) -> Tone:
    return np.asarray(0.5 - 0.5 * np.cos(np.linspace(0, np.pi, count)), np.float32)
