"""The local voice's own process: it needs 250 MB that the flow's process shall not carry."""

from __future__ import annotations

import functools
import re
import unicodedata
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from hibari import SAMPLE_RATE, Hibari, dsp
from hibari.voices import DEFAULT, voice_path
from numpy.typing import NDArray
from sentencex import segment

from reelwright.errors import InvalidInput
from reelwright.models.narrators.word_times import (
    FRAME_SECONDS,
    match,
    phoneme_groups,
    spoken_words,
    with_durations,
)
from reelwright.workers import serve

PAUSE_SECONDS = 0.32
"""Silence between two sentences: a breath, not a stop."""
PARAGRAPH_SECONDS = 0.55
"""Silence between two paragraphs."""

_LONGEST_PHONEMES = 300
"""The model's memory grows with the phonemes it is given at once."""
_HEARD_EARLIER_SECONDS = 0.0625
"""How long before the model's own boundary a word is heard: measured against forced alignment."""
_AUDIBLE = 0.001
"""-60 dBFS. The voice's silence is at -140."""
_ODD = re.compile(r"[^\x20-\x7e\u00c0-\u024f]+")
_WINDOW = SAMPLE_RATE // 200
_EDGE = SAMPLE_RATE // 50

Samples = NDArray[np.float32]
Spans = list[tuple[int, int]]
"""Start and end of spoken words in samples."""
Times = list[tuple[str, int | None, int | None]]
"""Written words with their start and end in samples; `None` if a word is not spoken."""


class Voice:
    """The voice and its phonemes, loaded once."""

    def __init__(self) -> None:
        self._voice = Hibari(model=with_durations(Path(voice_path(DEFAULT)).read_bytes()))
        self._words_alone = functools.lru_cache(4096)(lambda word: spoken_words(self._phonemes(word)))

    def speak(self, text: str, speed: float) -> tuple[Samples, Times]:
        """Return mono samples at 24 kHz and the time of every written word."""
        parts: list[Samples] = []
        words: Times = []
        length = 0
        for written, pause in sentences(text):
            samples, spans = self._sentence(" ".join(written), speed)
            if not len(samples):
                words += [(word, None, None) for word in written]
                continue
            if parts:
                silence = int(pause * SAMPLE_RATE / speed)
                parts.append(np.zeros(silence, np.float32))
                length += silence
            alone = [self._words_alone(word) for word in written]
            spoken = [found for _, found in spans]
            for word, (first, last) in zip(written, match(alone, spoken), strict=True):
                times = [span for span, _ in spans[first:last]]
                words.append((word, times[0][0] + length, times[-1][1] + length) if times else (word, None, None))
            parts.append(samples)
            length += len(samples)
        return (np.concatenate(parts) if parts else np.zeros(0, np.float32)), words

    def _sentence(self, sentence: str, speed: float) -> tuple[Samples, list[tuple[tuple[int, int], str]]]:
        """Return the sound of a sentence and (start, end) with the sounds of each spoken word."""
        parts: list[Samples] = []
        words: list[tuple[tuple[int, int], str]] = []
        length = 0
        for phonemes in _chunks(self._phonemes(sentence)):
            samples, spans = self._synthesise(phonemes, speed)
            found = zip(spans, spoken_words(phonemes), strict=True)
            words += [((start + length, end + length), sounds) for (start, end), sounds in found]
            parts.append(samples)
            length += len(samples)
        return (np.concatenate(parts) if parts else np.zeros(0, np.float32)), words

    def _phonemes(self, text: str) -> str:
        try:
            phonemes = self._voice.g2p(text)
        except (ValueError, LookupError, TypeError):
            # Its text front end stumbles over digits such as "①": say what is left in plain letters.
            plain = _ODD.sub(" ", unicodedata.normalize("NFKC", text))
            phonemes = self._voice.g2p(plain) if plain.strip() else ""
        return "".join(symbol for symbol in phonemes if symbol in self._voice.vocab).strip()

    def _synthesise(self, phonemes: str, speed: float) -> tuple[Samples, Spans]:
        identifiers = np.asarray([self._voice.ids(phonemes)], np.int64)
        feeds = {"ids": identifiers, "speed": np.asarray([speed], np.float32)}
        *outputs, ends = self._voice.sess.run(None, feeds)
        # One seed for every line: the same text is the same bytes on every machine of a kind.
        samples = dsp.synth(*(output[0] for output in outputs[:6]), np.random.default_rng(0))
        return _trimmed(np.asarray(samples, np.float32), _spans(phonemes, ends.ravel()))


def sentences(text: str) -> Iterator[tuple[list[str], float]]:
    """Yield the written words of each sentence and the pause in seconds before it."""
    for paragraph in re.split(r"\n\s*\n", text):
        pause = PARAGRAPH_SECONDS
        words = paragraph.split()
        found = [sentence.split() for sentence in segment("en", " ".join(words))]
        # A sentence splitter may do what it likes with odd characters; the words must stay the written ones.
        for sentence in found if [word for part in found for word in part] == words else [words]:
            if sentence:
                yield sentence, pause
                pause = PAUSE_SECONDS


def _chunks(phonemes: str) -> Iterator[str]:
    """Cut what is too long for the model at once: behind punctuation, else between words, else anywhere."""
    while len(phonemes) > _LONGEST_PHONEMES:
        head = phonemes[:_LONGEST_PHONEMES]
        clause = max(head.rfind(mark + " ") + 1 for mark in ",;:—.!?…")
        cut = clause if clause > _LONGEST_PHONEMES // 3 else head.rfind(" ")
        cut = cut if cut > 0 else _LONGEST_PHONEMES
        yield from filter(spoken_words, [phonemes[:cut].strip()])
        phonemes = phonemes[cut:].strip()
    if spoken_words(phonemes):
        yield phonemes


def _spans(phonemes: str, ends: NDArray[Any]) -> Spans:
    """Return start and end of each group of phonemes between spaces.

    `ends[k]` is where symbol k ends, in frames; symbol 0 is the pad before the first phoneme.
    """
    seconds = np.asarray(ends, np.float64) * FRAME_SECONDS - _HEARD_EARLIER_SECONDS
    spans = []
    for first, last in phoneme_groups(phonemes):
        start = (seconds[first - 1] + seconds[first]) / 2 if first else seconds[0]
        # Where the sound really ends is seen in the samples; the model gives a word the pause behind it.
        spans.append((round(start * SAMPLE_RATE), round((seconds[last] + 2 * FRAME_SECONDS) * SAMPLE_RATE)))
    return spans


def _trimmed(samples: Samples, spans: Spans) -> tuple[Samples, Spans]:
    """Cut the silence at both ends to 20 ms, and the words with it; end each word where its sound ends."""
    count = len(samples) // _WINDOW
    levels = np.sqrt((samples[: count * _WINDOW].reshape(count, _WINDOW) ** 2).mean(1))
    loud = np.flatnonzero(levels > _AUDIBLE)
    if not len(loud):
        return samples[:0], []
    first = max(int(loud[0]) * _WINDOW - _EDGE, 0)
    last = min((int(loud[-1]) + 1) * _WINDOW + _EDGE, len(samples))
    kept = samples[first:last].copy()
    ramp = np.linspace(0, 1, _EDGE, dtype=np.float32)
    kept[:_EDGE] *= ramp
    kept[-_EDGE:] *= ramp[::-1]
    starts = [first + _EDGE, *(start for start, _ in spans[1:])]
    heard: Spans = []
    for start, (_, end), following in zip(starts, spans, [*starts[1:], last], strict=True):
        inside = loud[(loud * _WINDOW >= start) & (loud * _WINDOW < following)]
        stop = min((int(inside[-1]) + 1) * _WINDOW, following) if len(inside) else end
        heard.append((max(start - first, 0), min(max(stop - first, 0), last - first)))
    return kept, heard


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
    return {"samples": len(samples), "rate": SAMPLE_RATE, "words": words}


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
