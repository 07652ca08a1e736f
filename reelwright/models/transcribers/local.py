"""The local ear: speech recognition from wheels (faster-whisper), in a process of its own, without any network.

Measured with the local voice (`tests/benchmarks/checks.py`): 16 times faster than real time on one core for English,
10 times with the careful model; word starts are 40 ms off (median).
"""

from __future__ import annotations

import asyncio
import functools
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.catalogue import Entry
from reelwright.models.bench import Bench
from reelwright.models.transcribers.alignment import Heard, placed
from reelwright.models.transcribers.contract import Alignment, AlignmentRequest, Hearing, HearingRequest
from reelwright.models.transcribers.languages import iso_language
from reelwright.models.transcribers.local_models import model_folder, model_for
from reelwright.models.video.contract import FREE
from reelwright.values import Word
from reelwright.workers import Crew


class LocalTranscriber:
    """The transcriber `local`. One worker process serves all; it starts when somebody first listens."""

    name = "local"
    identity = "faster-whisper/1"
    """Part of every key: raise its number when the same sound is heard otherwise."""

    def __init__(self, kept: Path) -> None:
        self._kept = kept
        self._crew = Crew("reelwright.models.transcribers.local_worker", 1)

    async def align(self, speech: Path, request: AlignmentRequest, *, idempotency_key: str = "") -> Alignment:
        """Say when each written word is heard; see `Transcriber.align`.

        Raises:
            NotInstalled: no installed model knows the language.
            MediaError: the file has no sound that can be decoded.
        """
        del idempotency_key  # nothing is paid here
        heard = await self._listen(speech, request.language, careful=True)
        words = placed(request.text.split(), _words(heard), Fraction(heard["samples"], heard["rate"]))
        warnings = () if words else (f"{self.name} told no times of the words that were written",)
        return Alignment(words=words or (), charge=FREE, warnings=warnings)

    async def hear(self, speech: Path, request: HearingRequest, *, idempotency_key: str = "") -> Hearing:
        """Say what is spoken; see `Hearer.hear` and `align`."""
        del idempotency_key
        heard = await self._listen(speech, request.language, careful=request.careful)
        words = tuple(Word(text=word.text, start=word.start, end=word.end) for word in _words(heard))
        return Hearing(text=heard["text"], words=words, language=heard["language"], charge=FREE)

    async def aclose(self) -> None:
        """Keep the worker: it is one for the whole process, and ends with it."""

    async def end(self) -> None:
        """End the worker process."""
        await asyncio.to_thread(self._crew.close)

    async def _listen(self, speech: Path, language: str, *, careful: bool) -> dict[str, Any]:
        expected = iso_language(language)
        name = model_for(expected, careful=careful)
        folder = await asyncio.to_thread(model_folder, name, self._kept)
        return await self._crew.ask({"path": str(speech), "model": name, "folder": str(folder), "language": expected})


def _words(heard: dict[str, Any]) -> list[Heard]:
    rate = heard["rate"]
    return [
        Heard(text=text, start=Fraction(start, rate), end=Fraction(end, rate)) for text, start, end in heard["words"]
    ]


@functools.cache
def _shared(kept: Path) -> LocalTranscriber:
    return LocalTranscriber(kept)


def build(entry: Entry, bench: Bench) -> LocalTranscriber:
    """Return the local ear: one for the whole process, since it holds a worker."""
    del entry
    return _shared(bench.settings.home / "models")
