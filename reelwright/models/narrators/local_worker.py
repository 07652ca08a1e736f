"""The local voice's own process: it needs 230 MB that the flow's process shall not carry."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from hibari import SAMPLE_RATE, Hibari, dsp
from hibari.voices import DEFAULT, voice_path
from numpy.typing import NDArray

from reelwright.errors import InvalidInput
from reelwright.models.narrators.word_times import FRAME_SECONDS, phoneme_groups, with_durations, words_of
from reelwright.workers import serve

PAUSE_SECONDS = 0.30
"""Silence between two sentences: a breath, not a stop."""
_AUDIBLE = 0.008
_EDGE_SECONDS = 0.02

Samples = NDArray[np.float32]


class Voice:
    """The voice and its phonemes, loaded once."""

    def __init__(self) -> None:
        model = with_durations(Path(voice_path(DEFAULT)).read_bytes())
        self._voice = Hibari(model=model)

    def speak(self, text: str, speed: float) -> tuple[Samples, list[tuple[str, float, float]]]:
        """Return mono samples at 24 kHz and (word, start, end) in seconds for every written word."""
        parts: list[Samples] = []
        words: list[tuple[str, float, float]] = []
        length = 0
        for sentence in self._voice.split_sentences(text):
            samples, times = self._sentence(sentence, speed)
            if not len(samples):
                # Nothing to pronounce (an emoji, a dash): the words stay on the last sound.
                words += [(word, length / SAMPLE_RATE, length / SAMPLE_RATE) for word in sentence.split()]
                continue
            if parts:
                pause = np.zeros(int(PAUSE_SECONDS * SAMPLE_RATE), np.float32)
                parts.append(pause)
                length += len(pause)
            words += [(word, start + length / SAMPLE_RATE, end + length / SAMPLE_RATE) for word, start, end in times]
            parts.append(samples)
            length += len(samples)
        return (np.concatenate(parts) if parts else np.zeros(0, np.float32)), words

    def _sentence(self, sentence: str, speed: float) -> tuple[Samples, list[tuple[str, float, float]]]:
        written = sentence.split()
        pieces: list[Samples] = []
        spans: list[tuple[float, float]] = []
        length = 0
        for phonemes in self._voice.phonemize(sentence):
            samples, groups = self._synthesise(phonemes, speed)
            spans += [(start + length / SAMPLE_RATE, end + length / SAMPLE_RATE) for start, end in groups]
            pieces.append(samples)
            length += len(samples)
        if not pieces:
            return np.zeros(0, np.float32), []
        counts = [len(phoneme_groups(self._alone(word))) for word in written]
        samples, cut = _trimmed(np.concatenate(pieces))
        seconds = len(samples) / SAMPLE_RATE
        shifted = [(min(max(start - cut, 0.0), seconds), min(max(end - cut, 0.0), seconds)) for start, end in spans]
        return samples, words_of(written, counts, shifted, seconds)

    def _alone(self, word: str) -> str:
        return " ".join(self._voice.phonemize(word))

    def _synthesise(self, phonemes: str, speed: float) -> tuple[Samples, list[tuple[float, float]]]:
        kept = "".join(symbol for symbol in phonemes if symbol in self._voice.vocab)
        identifiers = np.asarray([self._voice.ids(phonemes)], np.int64)
        feeds = {"ids": identifiers, "speed": np.asarray([speed], np.float32)}
        *outputs, ends = self._voice.sess.run(None, feeds)
        # One seed for every line: the same text is the same bytes on every machine of a kind.
        samples = dsp.synth(*(output[0] for output in outputs[:6]), np.random.default_rng(0))
        return np.asarray(samples, np.float32), _spans(kept, ends.ravel())


def _spans(phonemes: str, ends: Sequence[float]) -> list[tuple[float, float]]:
    """Return start and end in seconds of each group of phonemes between spaces.

    `ends[k]` is where symbol k ends, in frames; symbol 0 is the pad before the first phoneme. The voice is heard about
    60 ms before the model's own boundary (measured against forced alignment).
    """
    spans = []
    for first, last in phoneme_groups(phonemes):
        start = (float(ends[first - 1]) + float(ends[first])) / 2 if first else float(ends[0])
        spans.append((start * FRAME_SECONDS - 0.0625, float(ends[last]) * FRAME_SECONDS - 0.03))
    return spans


def _trimmed(samples: Samples) -> tuple[Samples, float]:
    """Cut the silence at both ends; return what is left and how many seconds went at the start."""
    loud = np.flatnonzero(np.abs(samples) > _AUDIBLE)
    if not len(loud):
        return samples[:0], 0.0
    edge = int(_EDGE_SECONDS * SAMPLE_RATE)
    first, last = max(int(loud[0]) - edge, 0), min(int(loud[-1]) + 2 * edge, len(samples))
    kept = samples[first:last].copy()
    ramp = np.linspace(0, 1, edge, dtype=np.float32)
    kept[:edge] *= ramp
    kept[-edge:] *= ramp[::-1]
    return kept, first / SAMPLE_RATE


def _answer(voice: Voice, request: dict[str, Any]) -> dict[str, Any]:
    samples, words = voice.speak(request["text"], request["speed"])
    if not len(samples):
        raise InvalidInput(
            f"The local voice finds nothing to pronounce in {request['text'][:60]!r}.",
            hint="Give the shot words in Latin letters, or leave its 'narration' empty.",
        )
    with wave.open(request["path"], "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    milliseconds = [(word, round(start * 1000), round(end * 1000)) for word, start, end in words]
    return {"samples": len(samples), "rate": SAMPLE_RATE, "words": milliseconds}


def main() -> None:
    """Answer lines until standard input ends."""
    voices: list[Voice] = []

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        if not voices:
            voices.append(Voice())
        return _answer(voices[0], request)

    serve(answer)


if __name__ == "__main__":
    main()
