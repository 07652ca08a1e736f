"""Defects that can be seen in samples: clipping, clicks, dropouts, a dead or opposed side, an offset, a cut-off end.

The figures were found by trial on speech of the local voice, through AAC and not, with music, noise and rooms round it
(`tests/reelwright/checks`): what a listener would not notice stays below them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.checks.audio_judge import Sides
from reelwright.media.sound import RATE, Samples

_BINS = 64
_LOWEST_BIN, _HIGHEST_BIN = 8, 60
_PILED_UP = 1.6
"""How much more often a level comes than a lower one before it is a ceiling: natural sound gets ever rarer."""
_PURE = 0.6
"""The share of the energy in a few frequencies from which on a sound is tones, which have a ceiling by nature."""
_FLAT_RUN = 3
_FLAT_AT_LEAST = 0.25
_MILLISECOND = RATE // 1000
_SPIKE, _SPIKE_AT_LEAST = 14.0, 0.08
_NEAR = 10 * _MILLISECOND
_HOLE_LEVEL, _HOLE_EDGE = 10 ** (-75 / 20), 10 ** (-38 / 20)
_EDGE_BLOCKS = 6
"""Milliseconds over which a codec blurs a hard edge."""
_SHORTEST_HOLE, _LONGEST_HOLE = 20 * _MILLISECOND, 2 * RATE

Levels = NDArray[np.floating]


@dataclass(frozen=True)
class Clipping:
    """Samples that stand at a ceiling."""

    share: float
    first_second: float | None


@dataclass(frozen=True)
class Places:
    """Where something is, in samples."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def first_second(self) -> float | None:
        """Where the first one is."""
        return round(self.starts[0] / RATE, 2) if self.starts else None


def clipping(samples: Samples) -> Clipping:
    """Find a ceiling: exact in PCM, and blurred where a codec has rounded it."""
    loudest = _louder(np.abs(samples))
    exact, first = _flat(samples)
    blurred, ceiling = (0.0, 0.0) if _is_pure(samples) else _piled_up(loudest)
    if blurred > exact:
        over = np.flatnonzero(loudest >= ceiling)
        return Clipping(blurred, round(int(over[0]) / RATE, 2))
    return Clipping(exact, None if first is None else round(first / RATE, 2))


def _flat(samples: Samples) -> tuple[float, int | None]:
    """Return the share of samples in runs at the very highest value, and where the first one is."""
    best: tuple[float, int | None] = (0.0, None)
    for side in samples.T:
        peak = float(np.abs(side).max(initial=0.0))
        if peak < _FLAT_AT_LEAST:
            continue
        starts, ends = _runs(np.abs(side) >= peak * 0.9995)
        long = ends - starts >= _FLAT_RUN
        if long.any():
            best = max(
                best, (float((ends - starts)[long].sum()) / len(side), int(starts[long][0])), key=lambda own: own[0]
            )
    return best


def _piled_up(loudest: Levels) -> tuple[float, float]:
    """Return the share of samples at a ceiling that a codec has blurred, and the ceiling."""
    sounding = loudest[loudest > 0]
    if len(sounding) < RATE // 4:
        return 0.0, 0.0
    top = float(np.quantile(sounding[::3], 0.9999))
    if top < _FLAT_AT_LEAST:
        return 0.0, 0.0
    counts = np.convolve(np.histogram(sounding, _BINS, (0, top))[0], np.full(3, 1 / 3), "same")
    lower = np.minimum.accumulate(np.maximum(counts[_LOWEST_BIN:_HIGHEST_BIN], 1))
    ratios = counts[_LOWEST_BIN:_HIGHEST_BIN] / lower
    at = int(ratios.argmax())
    if ratios[at] < _PILED_UP:
        return 0.0, 0.0
    ceiling = 0.85 * (at + _LOWEST_BIN) / _BINS * top
    return float((loudest >= ceiling).sum()) / len(loudest), ceiling


def _is_pure(samples: Samples) -> bool:
    middle = samples[len(samples) // 2 :][: RATE // 2].sum(axis=1)
    if not len(middle):
        return False
    power = np.abs(np.fft.rfft((middle - middle.mean()) * np.hanning(len(middle)))) ** 2
    return bool(np.sort(power)[-24:].sum() > _PURE * power.sum())


def clicks(samples: Samples) -> Places:
    """Find impulses: far steeper than all that is near them, and over within a millisecond."""
    steep = _louder(np.abs(np.diff(samples, n=2, axis=0)))
    if len(steep) < 4 * _NEAR:
        return Places((), ())
    blocks = steep[: len(steep) // _MILLISECOND * _MILLISECOND].reshape(-1, _MILLISECOND).max(axis=1)
    padded = np.pad(blocks, 10, mode="reflect")
    around = np.lib.stride_tricks.sliding_window_view(padded, 21)[: len(blocks)]
    # A burst of a voice has loud neighbours on at least one side: the louder side's median counts.
    usual = np.maximum(np.median(around[:, :8], axis=1), np.median(around[:, -8:], axis=1))
    found = np.flatnonzero((blocks > _SPIKE_AT_LEAST) & (blocks > _SPIKE * np.maximum(usual, 1e-4)))
    starts, ends = _runs_of(found, apart=3)
    short = ends - starts <= 4  # noqa: PLR2004 - a plosive is longer
    return Places(
        tuple(int(start) * _MILLISECOND for start in starts[short]),
        tuple(int(end) * _MILLISECOND for end in ends[short]),
    )


def dropouts(samples: Samples) -> Places:
    """Find holes: sudden silence in the midst of sound, with hard edges on both sides."""
    loudest = _louder(np.abs(samples))
    count = len(loudest) // _MILLISECOND
    blocks = loudest[: count * _MILLISECOND].reshape(count, _MILLISECOND).max(axis=1, initial=0.0)
    starts, ends = _runs(blocks < _HOLE_LEVEL)
    least, most = _SHORTEST_HOLE // _MILLISECOND, _LONGEST_HOLE // _MILLISECOND
    holes = [
        (int(start), int(end))
        for start, end in zip(starts, ends, strict=True)
        if least <= end - start <= most
        and start > 0
        and end < count
        and blocks[max(start - _EDGE_BLOCKS, 0) : start].max() > _HOLE_EDGE
        and blocks[end : end + _EDGE_BLOCKS].max() > _HOLE_EDGE
    ]
    return Places(tuple(start * _MILLISECOND for start, _ in holes), tuple(end * _MILLISECOND for _, end in holes))


def sides(samples: Samples) -> Sides:
    """Say which sides sound, and whether they cancel each other out in one loudspeaker."""
    power = np.array([np.square(side, dtype=np.float64).sum() for side in samples.T])
    quieter, louder = sorted(power)
    if quieter < louder * 1e-4:
        return "both" if louder == 0 else "left" if power[0] > power[1] else "right"
    together = np.square(mono_of(samples), dtype=np.float64).sum()
    return "opposed" if together < 0.02 * louder else "both"


def offset(samples: Samples) -> float:
    """Return how far off zero the sound stands, as a factor of full scale: the further side counts."""
    return max((abs(float(side.mean(dtype=np.float64))) for side in samples.T), default=0.0) if len(samples) else 0.0


def ends_at_full_level(samples: Samples) -> float:
    """Return how loud the last 30 ms are against the sound's loud half, in dB; -120 for an end that has faded."""
    mono = mono_of(samples)
    power = _powers(mono)
    loud = power[power > power.max(initial=0.0) * 0.01]
    last = mono[-30 * _MILLISECOND :]
    if not len(loud) or not len(last):
        return -120.0
    return 10 * float(np.log10(max(float(np.square(last).mean()), 1e-12) / float(np.median(loud))))


def silent_share(samples: Samples) -> tuple[float, float, float]:
    """Return the share of 20 ms windows below -60 dBFS, and where the longest such time begins and how long it is."""
    quiet = _powers(mono_of(samples)) < 1e-6  # noqa: PLR2004 - -60 dBFS
    if not len(quiet):
        return 1.0, 0.0, 0.0
    starts, ends = _runs(quiet)
    if not len(starts):
        return 0.0, 0.0, 0.0
    longest = int((ends - starts).argmax())
    return float(quiet.mean()), float(starts[longest]) / 50, float(ends[longest] - starts[longest]) / 50


def mono_of(samples: Samples) -> Samples:
    """Return the middle of both sides."""
    # Much faster than a mean over an axis of two.
    return np.asarray((samples[:, 0] + samples[:, 1]) * np.float32(0.5))


def _louder(levels: Samples) -> Levels:
    return np.maximum(levels[:, 0], levels[:, 1])


def _powers(mono: Levels) -> Levels:
    window = RATE // 50
    return np.asarray(np.square(mono[: len(mono) // window * window].reshape(-1, window)).mean(axis=1))


def _runs(is_in: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    edges = np.diff(np.concatenate([[0], is_in.astype(np.int8), [0]]))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


def _runs_of(at: NDArray[np.intp], *, apart: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return runs of sorted positions; those not further apart than `apart` are one."""
    if not len(at):
        return at, at
    breaks = np.flatnonzero(np.diff(at) > apart)
    return at[np.concatenate([[0], breaks + 1])], at[np.concatenate([breaks, [len(at) - 1]])] + 1
