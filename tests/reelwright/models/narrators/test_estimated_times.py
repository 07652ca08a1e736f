"""The times of words that no narrator told: an estimate by the pauses that can be heard."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.models.narrators.spoken import estimated_times
from reelwright.testing.servers.sounds import samples


def test_an_estimate_follows_the_pauses_that_can_be_heard(tmp_path: Path) -> None:
    """The tones are parted by 100 ms, clauses by more: each clause lies where it sounds."""
    first, second = samples("a b c", 24_000), samples("d e", 24_000)
    path = tmp_path / "speech.wav"
    write(path, np.concatenate([first, np.zeros(12_000, np.int16), second]))
    words = estimated_times("Now listen, friends: breathe out", path)
    assert [word.text for word in words] == ["Now", "listen,", "friends:", "breathe", "out"]
    assert float(words[0].start) == pytest.approx(0.2, abs=0.02)
    whole = estimated_times("Now we all listen: breathe out", path)
    assert float(whole[4].start) == pytest.approx(len(first) / 24_000 + 0.5 + 0.2, abs=0.02)


def test_silence_is_estimated_over_its_whole_length(tmp_path: Path) -> None:
    """No division by nothing."""
    path = tmp_path / "speech.wav"
    write(path, np.zeros(24_000, np.int16))
    assert estimated_times("so quiet", path)[-1].end == 1


def write(path: Path, sound: NDArray[np.int16]) -> None:
    """Write samples as WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(sound.tobytes())
