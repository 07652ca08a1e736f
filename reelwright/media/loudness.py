"""Loudness in this process: ITU-R BS.1770-4 by blocks, and a limiter that holds true peaks. Memory stays constant."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from reelwright.media.sound import RATE, SILENT_LUFS, Samples

_STEP = RATE // 10
_LONGEST = 4 * RATE
# The two filters of BS.1770-4 at 48 kHz, (b, a): the head's shelf and the low cut.
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_LOW_CUT = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


class Meter:
    """Measures integrated loudness of blocks given one after the other; within 0.1 LU of ffmpeg's `ebur128`.

    The weighting is applied to the spectrum of each 100 ms by itself, which is four times cheaper than filtering.
    """

    def __init__(self) -> None:
        self._pending = np.zeros((0, 2), np.float32)
        self._powers: list[NDArray[np.float64]] = []
        self.samples = 0
        self.peak = 0.0
        """The highest sample, as a factor."""

    def add(self, block: Samples) -> None:
        """Measure the next samples."""
        self.samples += len(block)
        self.peak = max(self.peak, float(block.max(initial=0)), -float(block.min(initial=0)))
        joined = np.concatenate([self._pending, block]) if len(self._pending) else block
        whole = len(joined) // _STEP * _STEP
        if whole:
            self._powers.append(_step_powers(joined[:whole]))
        self._pending = joined[whole:].copy()

    def integrated_lufs(self) -> float:
        """Return the loudness of all that was added; -70 for silence."""
        steps = np.concatenate([np.zeros(0), *self._powers])
        if len(steps) < 4:  # noqa: PLR2004 - one gating block of 400 ms
            steps = np.pad(steps, (0, 4 - len(steps)))
        blocks = np.convolve(steps, np.full(4, 0.25), "valid")
        loud = blocks[blocks > _power(SILENT_LUFS)]
        if not len(loud):
            return SILENT_LUFS
        kept = loud[loud > loud.mean() / 10]
        return max(float(10 * np.log10(kept.mean()) - 0.691), SILENT_LUFS)


def loudness_of(blocks: Iterable[Samples]) -> Meter:
    """Measure a whole sound."""
    meter = Meter()
    for block in blocks:
        meter.add(block)
    return meter


class Limiter:
    """Holds true peaks (4x oversampled) under a ceiling: looks ahead 4 ms, lets go over 60 ms, delays nothing.

    It changes only the neighbourhood of a peak: the gain is 1 elsewhere.
    """

    _HALF = 96
    _REACH = 2 * _HALF + 16
    _RELEASE = 0.06 * RATE

    def __init__(self, ceiling: float) -> None:
        self._ceiling = ceiling
        self._window = np.hanning(2 * self._HALF + 3)[1:-1]
        self._window /= self._window.sum()
        self._held = 0.0
        self.lowest_gain = 1.0
        """The strongest reduction so far, as a factor."""

    def limit(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        """Yield as many samples as come in."""
        margin = np.zeros((self._REACH, 2), np.float32)
        kept = margin
        for block in blocks:
            for start in range(0, len(block), _LONGEST):
                kept = np.concatenate([kept, block[start : start + _LONGEST]])
                if len(kept) > 2 * self._REACH:
                    yield self._limited(kept)
                    kept = kept[len(kept) - 2 * self._REACH :]
        kept = np.concatenate([kept, margin])
        if len(kept) > 2 * self._REACH:
            yield self._limited(kept)

    def _limited(self, samples: Samples) -> Samples:
        """Limit all but the margins of `_REACH` at both ends."""
        reach, half = self._REACH, self._HALF
        peaks = true_peaks(samples, self._ceiling)
        if self._held < 1e-6 and peaks.max() <= self._ceiling:  # noqa: PLR2004 - 0.00001 dB
            return samples[reach:-reach]
        wanted = self._ceiling / np.maximum(peaks, self._ceiling)
        reduction = 1.0 - _lowest(wanted, half)[reach - 2 * half : len(wanted) - reach + 2 * half][half:-half]
        fading = np.exp(-np.arange(1, len(reduction) + 1) / self._RELEASE)
        held = np.maximum(np.maximum.accumulate(reduction / fading), self._held) * fading
        self._held = float(held[-2 * half - 1])
        gain = 1.0 - np.convolve(held, self._window, "valid")
        self.lowest_gain = min(self.lowest_gain, float(gain.min()))
        return np.asarray(samples[reach:-reach] * gain[:, None], np.float32)


def true_peaks(samples: Samples, interesting: float) -> NDArray[np.float64]:
    """Return the true peak around each sample (the louder side); exact where it could reach `interesting`."""
    peaks = np.maximum(np.abs(samples[:, 0]), np.abs(samples[:, 1])).astype(np.float64)
    taps = len(_BETWEEN) // 2
    # A true peak stands at most 4 dB over the samples beside it in anything that was not made to fool a meter.
    candidates = np.flatnonzero(peaks[taps:-taps] > interesting * 0.63) + taps
    if len(candidates):
        around = samples[candidates[:, None] + np.arange(-taps + 1, taps + 1)]
        between = np.abs(np.einsum("ntc,tp->ncp", around, _BETWEEN)).max((1, 2))
        np.maximum.at(peaks, candidates, between)
        np.maximum.at(peaks, candidates + 1, between)
    return peaks


def _interpolation(taps: int = 24) -> NDArray[np.float32]:
    """Return (taps, 3): what makes the three points between two samples."""
    at = np.arange(-taps // 2 + 1, taps // 2 + 1)[:, None] - np.array([0.25, 0.5, 0.75])
    return np.asarray(np.sinc(at) * np.cos(np.pi * at / (taps + 2)) ** 2, np.float32)


_BETWEEN = _interpolation()


def _lowest(values: NDArray[np.float64], half: int) -> NDArray[np.float64]:
    """Return the lowest value within `half` samples of each (van Herk's two running minima)."""
    width = 2 * half + 1
    count = -(-(len(values) + 2 * half) // width) * width
    padded = np.pad(values, (half, count - len(values) - half), constant_values=1.0).reshape(-1, width)
    before = np.minimum.accumulate(padded, axis=1).ravel()
    after = np.minimum.accumulate(padded[:, ::-1], axis=1)[:, ::-1].ravel()
    return np.asarray(np.minimum(after[: len(values)], before[2 * half : 2 * half + len(values)]))


def _step_powers(samples: Samples) -> NDArray[np.float64]:
    """Return the weighted power of each 100 ms, both sides added."""
    steps = np.ascontiguousarray(samples.reshape(-1, _STEP, 2).transpose(0, 2, 1))
    spectra = np.fft.rfft(steps)
    energies = np.square(spectra.real) + np.square(spectra.imag)
    return np.asarray((energies.sum(1, dtype=np.float64) @ _weighting()) * (2 / _STEP**2))


@functools.cache
def _weighting() -> NDArray[np.float64]:
    """Return the power response of the two filters at the frequencies of one step."""
    turn = np.exp(-2j * np.pi * np.arange(_STEP // 2 + 1) / _STEP)
    response = np.ones(len(turn), np.complex128)
    for above, below in (_SHELF, _LOW_CUT):
        response *= np.polyval(above[::-1], turn) / np.polyval(below[::-1], turn)
    return np.abs(response) ** 2


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))
