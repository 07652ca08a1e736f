"""The local ear's own process: the model needs 200 to 400 MB that the flow's process shall not carry."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.media.sound import read_voice
from reelwright.workers import serve

RATE = 16_000
"""Samples a second that the models listen at."""

_LONGEST = 28 * RATE
"""A model hears 30 s at once; a longer sound is cut where it is quietest."""
_SHORTEST = 12 * RATE
_WINDOWS = (1500, 3000)
"""Frames of 10 ms that are listened to at once. The models were taught with 30 s; 15 s cost half as much, and where the
text then goes round in circles, the whole window is taken."""
_ROOM = 300
"""Frames of silence behind the sound, without which a model does not find the end."""
_MARGIN = 4
"""Frames behind a window that its last features still look at."""
_CIRCLING = 2.2
"""How well a text that repeats itself is compressed; ordinary text stays below 2 (Whisper's own measure)."""
_NOBODY, _UNSURE = 0.6, -1.0
"""Whisper's own limits: so probable that nobody speaks, with so low a mean logarithm of the probabilities."""
_LATE_SECONDS = {"tiny.en": 0.085, "base": -0.03}
"""How much later than it is heard a word begins by the model's attention: measured against the local voice's times."""
_STEP = RATE // 100
_QUIET_BELOW_PEAK = 0.015

Samples = NDArray[np.float32]
Spoken = tuple[str, int, int]
"""A word with its start and end, in samples."""


@dataclass(frozen=True)
class Piece:
    """A piece of the sound, and where it begins."""

    samples: Samples
    start: int


class Ear:
    """One model, loaded once."""

    def __init__(self, name: str, folder: str) -> None:
        from faster_whisper import WhisperModel  # noqa: PLC0415 - only who listens loads it

        self.name = name
        # The folder is whole: nothing is looked up in the network. One thread: more would compete with the encoders
        # for the cores, and two are hardly faster than one.
        self._model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)
        self._late = round(_LATE_SECONDS[name] * RATE)

    def hear(self, sound: Samples, expected: str) -> dict[str, Any]:
        """Return the text, its words with their times and the language of a sound."""
        texts: list[str] = []
        words: list[Spoken] = []
        language = expected
        for piece in pieces(sound):
            text, found, language = self._piece(piece.samples, expected)
            texts.append(text)
            words += [(word, start + piece.start, end + piece.start) for word, start, end in found]
        text = " ".join(filter(None, texts))
        return {"text": text, "words": words, "language": language if text else "", "samples": len(sound), "rate": RATE}

    def _piece(self, sound: Samples, expected: str) -> tuple[str, list[Spoken], str]:
        for window in _WINDOWS:
            frames = min(max(window, len(sound) // _STEP + _ROOM) // 2 * 2, _WINDOWS[-1])
            # The same features as of 30 s of silence behind the sound, without making those that nobody looks at.
            padded = np.pad(sound, (0, max((frames + _MARGIN) * _STEP - len(sound), 0)))
            features = self._model.feature_extractor(padded)
            encoded = self._model.encode(features[:, :frames])
            language = self._language(encoded, expected)
            tokenizer = self._tokenizer(language)
            prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
            answer = self._model.model.generate(
                encoded, [prompt], beam_size=1, max_length=224, return_scores=True, return_no_speech_prob=True
            )[0]
            text = tokenizer.decode(answer.sequences_ids[0]).strip()
            if not circles(text):
                break
        if not text or (answer.no_speech_prob > _NOBODY and answer.scores[0] < _UNSURE):
            return "", [], ""
        tokens = [token for token in answer.sequences_ids[0] if token < tokenizer.eot]
        aligned = self._model.find_alignment(tokenizer, [tokens], encoded, len(sound) // _STEP)[0]
        return text, self._timed(aligned, sound), language

    def _language(self, encoded: Any, expected: str) -> str:
        if not self._model.model.is_multilingual:
            return "en"
        (code, probability), *_ = self._model.model.detect_language(encoded)[0]
        found = code.strip("<|>")
        known = expected in self._model.supported_languages
        # Short lines are told apart badly: only a sure answer outweighs what the script says.
        return found if probability > 0.8 or not known else expected  # noqa: PLR2004

    @functools.cache  # noqa: B019 - a process holds two ears at most
    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415

        multilingual = self._model.model.is_multilingual
        return Tokenizer(self._model.hf_tokenizer, multilingual, task="transcribe", language=language)

    def _timed(self, aligned: list[dict[str, Any]], sound: Samples) -> list[Spoken]:
        """Return the words with their times; one begins and ends where there is sound, not in the pause beside it."""
        words: list[Spoken] = []
        for found in aligned:
            start, end = (round(found[edge] * RATE) - self._late for edge in ("start", "end"))
            text = str(found["word"])
            if words and not text.startswith(" "):
                words[-1] = (words[-1][0] + text, words[-1][1], end)
            elif text.strip():
                words.append((text.strip(), start, end))
        loud = _loud(sound)
        return [(text, *_in_sound(start, end, loud)) for text, start, end in words]


def pieces(sound: Samples) -> Iterator[Piece]:
    """Cut a sound that is too long to be heard at once where it is quietest."""
    at = 0
    while len(sound) - at > _LONGEST:
        near = sound[at + _SHORTEST : at + _LONGEST]
        step = RATE // 5
        power = (near[: len(near) // step * step].reshape(-1, step) ** 2).mean(axis=1)
        cut = at + _SHORTEST + int(power.argmin()) * step + step // 2
        yield Piece(sound[at:cut], at)
        at = cut
    yield Piece(sound[at:], at)


def circles(text: str) -> bool:
    """Whether a text repeats itself over and over, as a model does that has lost the thread."""
    data = text.encode()
    return len(data) > 60 and len(data) / len(zlib.compress(data)) > _CIRCLING  # noqa: PLR2004 - too short to tell


def _loud(sound: Samples) -> NDArray[np.bool_]:
    steps = sound[: len(sound) // _STEP * _STEP].reshape(-1, _STEP)
    level = np.sqrt((steps**2).mean(axis=1)) if len(steps) else np.zeros(0, np.float32)
    # Of the loudest but a few: a click shall not make the voice quiet.
    loudest = float(np.quantile(level, 0.98)) if len(level) else 0.0
    return np.asarray(level > loudest * _QUIET_BELOW_PEAK)


def _in_sound(start: int, end: int, loud: NDArray[np.bool_]) -> tuple[int, int]:
    first, last = max(start // _STEP, 0), min(max(end // _STEP, 0), len(loud))
    inside = np.flatnonzero(loud[first:last])
    if not len(inside):
        return max(start, 0), max(end, start, 0)
    began = max(start, 0) if inside[0] == 0 else (first + int(inside[0])) * _STEP
    ended = (first + int(inside[-1]) + 1) * _STEP
    return began, max(min(ended, end), began)


def main() -> None:
    """Answer until standard input ends."""
    ears: dict[str, Ear] = {}

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        name = request["model"]
        if name not in ears:
            ears[name] = Ear(name, request["folder"])
        return ears[name].hear(read_voice(Path(request["path"]), RATE), request["language"])

    serve(answer)


if __name__ == "__main__":
    main()
