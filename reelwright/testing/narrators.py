"""The contract of narrators as a suite for pytest: a sound of the length that is told, its words in order, one charge.

```python
class TestOurs(NarratorContract):
    harnesses = (OursHarness(),)
```
"""

from __future__ import annotations

import wave
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput, ProviderError
from reelwright.models.narrators.contract import NarrationRequest, Narrator, Speech
from reelwright.studio import Studio
from reelwright.testing.call import CallHarness, CallTrial
from reelwright.testing.call_contract import CallContract
from reelwright.testing.extra import pytest
from reelwright.testing.suite import needs
from reelwright.testing.wire import differing

NarratorTrial = CallTrial[NarrationRequest, Speech]

LINE = "Bread does not dry out: it turns back into crystal."
_QUIETEST_PEAK = 0.01


class NarratorHarness(CallHarness[NarrationRequest, Speech]):
    """One protocol of narrators."""

    kind = "narrator"
    line: str = LINE
    """What is spoken: another line where it speaks no English."""
    language: str = "en"
    """The line's language, a BCP 47 tag."""
    tells_words: bool = False
    """Whether it tells when each word is heard."""
    unknown_voice: str = "nobody"
    """The name of a voice that it does not have; empty: it takes any name."""

    def request(self, **changes: Any) -> NarrationRequest:
        """Return the line with changes."""
        return NarrationRequest.model_validate({"text": self.line, "language": self.language, **changes})

    def build(self, studio: Studio, entry: Entry) -> Narrator:
        """Return the narrator of an entry."""
        return studio.narrator(entry)

    async def ask(self, part: Narrator, wish: NarrationRequest, folder: Path) -> Speech:
        """Let it speak into `speech.wav`."""
        return await part.speak(wish, _speech_in(folder), idempotency_key="key-1")


class NarratorContract(CallContract):
    """Every behaviour that a narration relies on, over each harness."""

    def test_the_speech_is_a_wav_of_exactly_the_length_that_is_told(self, trial: NarratorTrial) -> None:
        """16-bit samples of one or two channels; so many samples over their rate are its seconds, for one call."""
        speech = trial.ask()
        sound, rate = heard(trial)
        assert speech.seconds == Fraction(len(sound), rate)
        assert trial.starts == (1 if trial.harness.is_remote else 0)

    def test_it_can_be_heard_and_a_longer_line_is_longer(self, trial: NarratorTrial) -> None:
        """Its peak is above a hundredth of what a sample can hold; a line said twice takes longer than once."""
        once = trial.ask().seconds
        assert _peak(heard(trial)[0]) > _QUIETEST_PEAK
        line = trial.harness.request().text
        twice = trial.ask(trial.harness.request(text=f"{line} {line}"))
        sound, rate = heard(trial)
        assert twice.seconds == Fraction(len(sound), rate) > once

    def test_its_words_are_the_line_or_there_are_none(self, trial: NarratorTrial) -> None:
        """Joined they are the line; each ends before the next begins, all inside the length. Else nobody pretends."""
        assert isinstance(trial.harness, NarratorHarness)
        speech = trial.ask()
        if not trial.harness.tells_words:
            assert speech.words == ()
            return
        assert " ".join(word.text for word in speech.words) == trial.harness.line
        assert all(0 <= word.start < word.end <= speech.seconds for word in speech.words)
        assert all(one.end <= other.start for one, other in pairwise(speech.words))

    @needs("is_remote")
    def test_a_line_that_is_too_long_is_refused_before_it_is_sent(self, trial: NarratorTrial) -> None:
        """With both lengths; the longest that its entry allows is spoken."""
        length = len(trial.harness.request().text)
        with pytest.raises(InvalidInput) as caught:
            trial.ask(prompt_characters=length - 1)
        assert [str(count) for count in (length - 1, length) if str(count) not in caught.value.message] == []
        assert trial.server.calls == []
        trial.ask(prompt_characters=length)
        assert trial.starts == 1

    @needs("unknown_voice")
    def test_a_voice_that_it_does_not_have_is_the_callers_mistake(self, trial: NarratorTrial) -> None:
        """The service itself lives: the same wish would fail again, at no cost."""
        assert isinstance(trial.harness, NarratorHarness)
        with pytest.raises((InvalidInput, ProviderError)) as caught:
            trial.ask(trial.harness.request(voice=trial.harness.unknown_voice))
        if isinstance(caught.value, ProviderError):
            assert (caught.value.kind, caught.value.billed) == (FailureKind.INVALID_REQUEST, False)

    @pytest.mark.parametrize("pace", [Fraction(3, 2), Fraction(3, 4)], ids=["faster", "slower"])
    def test_a_pace_is_taken_or_said_to_be_left_out(self, trial: NarratorTrial, pace: Fraction) -> None:
        """It is heard in the length, or sent to the vendor, or there is a warning.

        The usual line is asked for twice: what differs between those is chance, and not the pace.
        """
        (usual, sent), (again, sent_again) = trial.sent(), trial.sent()
        paced, sent_paced = trial.sent(trial.harness.request(speed=pace))
        lengths = usual.seconds, again.seconds
        is_heard = paced.seconds < min(lengths) if pace > 1 else paced.seconds > max(lengths)
        is_sent = differing(sent, sent_paced) - differing(sent, sent_again)
        assert is_heard or is_sent or set(paced.warnings) - {*usual.warnings, *again.warnings}


def heard(trial: NarratorTrial) -> tuple[NDArray[np.int16], int]:
    """Return the samples of what was spoken last, a row each and a column for each channel, and their rate."""
    with wave.open(str(_speech_in(trial.folder)), "rb") as file:
        channels, width = file.getnchannels(), file.getsampwidth()
        assert channels in {1, 2}
        assert width == 2, f"{8 * width} bits a sample"
        data = file.readframes(file.getnframes())
        assert len(data) == file.getnframes() * channels * width, "the file is shorter than it says"
        return np.frombuffer(data, "<i2").reshape(-1, channels), file.getframerate()


def _speech_in(folder: Path) -> Path:
    """Where the speech is written; the folder is there."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "speech.wav"


def _peak(sound: NDArray[np.int16]) -> float:
    """The loudest sample, 1 being the loudest that there can be."""
    return float(np.abs(sound.astype(np.float64)).max(initial=0)) / 32768
