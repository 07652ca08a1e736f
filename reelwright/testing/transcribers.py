"""The contract of transcribers as a suite for pytest: a time for each written word, none that is invented, one charge.

```python
class TestOurs(TranscriberContract):
    harnesses = (OursHarness(),)
```
"""

from __future__ import annotations

import asyncio
import unicodedata
import wave
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from reelwright.catalogue import Entry
from reelwright.models.transcribers.contract import (
    Alignment,
    AlignmentRequest,
    Hearer,
    Hearing,
    HearingRequest,
    Transcriber,
)
from reelwright.studio import Studio
from reelwright.testing.call import CallHarness, CallTrial
from reelwright.testing.call_contract import CallContract
from reelwright.testing.servers.sounds import wav, word_times
from reelwright.testing.servers.strict import Call
from reelwright.testing.suite import needs
from reelwright.testing.wire import text_of

TranscriberTrial = CallTrial[AlignmentRequest, Alignment]

LINE = "Bread does not dry out: it turns back into crystal."
OTHER = "Something else was said entirely here today my friends."
_NEAR_SECONDS = Fraction(1, 1000)


class TranscriberHarness(CallHarness[AlignmentRequest, Alignment]):
    """One protocol of transcribers."""

    kind = "transcriber"
    line: str = LINE
    """What is said in the speech: another line where it knows no English."""
    language: str = "en"
    """The line's language, a BCP 47 tag."""
    other: str = OTHER
    """A text that has no word in common with the line."""
    listens: bool = True
    """Whether it notices that something else is said than what is written; forced alignment takes the text for true."""
    hears: bool = False
    """Whether it is a `Hearer`, which says what is said without being told."""

    @property
    def hears_elsewhere(self) -> bool:
        """Whether it is a hearer whose sound goes over a line: what else goes along can be seen."""
        return self.is_remote and self.hears

    def request(self, **changes: Any) -> AlignmentRequest:
        """Return the line with changes."""
        return AlignmentRequest.model_validate({"text": self.line, "language": self.language, **changes})

    def speech(self, into: Path) -> None:
        """Write a WAV file in which the line is said; a strict server is content with a tone for each word."""
        into.write_bytes(wav(self.line))

    def times(self) -> Sequence[tuple[Fraction, Fraction]]:
        """Return when each word of the line is said in that file, in seconds; none: nobody knows."""
        return [(start, end) for _, start, end in word_times(self.line)] if self.is_remote else ()

    def let_hear(self, server: Any, said: str) -> None:
        """Tell the server what it hears; what really listens needs no telling."""

    def build(self, studio: Studio, entry: Entry) -> Transcriber:
        """Return the transcriber of an entry."""
        return studio.transcriber(entry)

    async def ask(self, part: Transcriber, wish: AlignmentRequest, folder: Path) -> Alignment:
        """Let it listen to `speech.wav`, and say when each written word is heard."""
        return await part.align(self._written(folder), wish, idempotency_key="key-1")

    async def hear(self, part: Hearer, folder: Path) -> Hearing:
        """Let it listen to `speech.wav`, and say what is said."""
        wish = HearingRequest(language=self.language)
        return await part.hear(self._written(folder), wish, idempotency_key="key-2")

    def _written(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        self.speech(folder / "speech.wav")
        return folder / "speech.wav"


class TranscriberContract(CallContract):
    """Every behaviour that captions and the checks of sound rely on, over each harness."""

    def test_each_written_word_gets_a_time_inside_the_sound(self, trial: TranscriberTrial) -> None:
        """Joined they are the line, each ends before the next begins, for one call; within 1 ms of a time we know."""
        assert isinstance(trial.harness, TranscriberHarness)
        words, seconds = trial.ask().words, _seconds(trial)
        assert " ".join(word.text for word in words) == trial.harness.line
        assert all(0 <= word.start < word.end <= seconds for word in words)
        assert all(one.end <= other.start for one, other in pairwise(words))
        known = trial.harness.times()
        for word, (start, end) in zip(words, known or [(word.start, word.end) for word in words], strict=True):
            assert abs(word.start - start) <= _NEAR_SECONDS
            assert abs(word.end - end) <= _NEAR_SECONDS
        assert trial.starts == (1 if trial.harness.is_remote else 0)

    @needs("listens")
    def test_another_text_than_the_written_one_gives_no_times_and_says_so(self, trial: TranscriberTrial) -> None:
        """Rather none than wrong ones; there is a warning that the true line does not get."""
        assert isinstance(trial.harness, TranscriberHarness)
        trial.harness.let_hear(trial.server, trial.harness.line)
        usual = trial.ask(**trial.harness.prices)
        made = trial.ask(trial.harness.request(text=trial.harness.other), **trial.harness.prices)
        assert made.words == ()
        assert set(made.warnings) - set(usual.warnings)

    def test_it_is_a_hearer_where_its_harness_says_so(self, trial: TranscriberTrial) -> None:
        """The checks of sound ask what has a method `hear`."""
        part = trial.part()
        asyncio.run(part.aclose())
        assert isinstance(trial.harness, TranscriberHarness)
        assert (isinstance(part, Transcriber), isinstance(part, Hearer)) == (True, trial.harness.hears)

    @needs("hears")
    def test_what_is_told_is_what_is_heard(self, trial: TranscriberTrial) -> None:
        """The same words as are said, written in any way; where it tells their times, those are in order."""
        assert isinstance(trial.harness, TranscriberHarness)
        trial.harness.let_hear(trial.server, trial.harness.line)
        told = hearing(trial)
        assert _plain(told.text) == _plain(trial.harness.line)
        assert not told.words or _plain(" ".join(word.text for word in told.words)) == _plain(told.text)
        starts = [word.start for word in told.words]
        assert starts == sorted(starts)
        assert trial.starts == (1 if trial.harness.is_remote else 0)

    @needs("hears_elsewhere")
    def test_who_hears_is_not_told_the_script(self, trial: TranscriberTrial) -> None:
        """Not even by one that has just been told it: no three words of it in a row go out with what is to be heard."""
        assert isinstance(trial.harness, TranscriberHarness)
        trial.harness.let_hear(trial.server, trial.harness.other)
        calls: list[Call] = []
        told = hearing(trial, after=trial.harness.request(), calls=calls)
        assert calls
        assert _plain(told.text) == _plain(trial.harness.other)
        sent = " ".join(["", *_plain(text_of(calls)), ""])
        assert [run for run in _runs(_plain(trial.harness.line)) if f" {run} " in sent] == []


def hearing(
    trial: TranscriberTrial, *, after: AlignmentRequest | None = None, calls: list[Call] | None = None
) -> Hearing:
    """Let the part say what it hears, and close it.

    Args:
        trial: Where.
        after: It is asked for the times of this before.
        calls: What it sends to hear is added here.
    """
    harness, part = trial.harness, trial.part()
    assert isinstance(harness, TranscriberHarness)

    async def listen() -> Hearing:
        try:
            if after is not None:
                await harness.ask(part, after, trial.folder)
            before = len(trial.server.calls)
            heard = await harness.hear(part, trial.folder)
            if calls is not None:
                calls.extend(trial.server.calls[before:])
            return heard
        finally:
            await part.aclose()

    return asyncio.run(listen())


def _runs(words: Sequence[str], length: int = 3) -> list[str]:
    """All words that follow each other, so many at a time; fewer where there are not so many."""
    return [" ".join(words[start : start + length]) for start in range(max(len(words) - length, 0) + 1)]


def _seconds(trial: TranscriberTrial) -> Fraction:
    """How long the sound is."""
    with wave.open(str(trial.folder / "speech.wav"), "rb") as file:
        return Fraction(file.getnframes(), file.getframerate())


def _plain(text: str) -> list[str]:
    """The words without punctuation, accents and capitals."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    words = ("".join(letter for letter in word if letter.isalnum()) for word in folded.split())
    return [word for word in words if word]
