import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.errors import InvalidInput
from reelwright.models.narrators.contract import NarrationRequest, Narrator, Speech
from reelwright.models.narrators.local import LocalNarrator

_LINE = "Honey never spoils. Pots of it were found in tombs, three thousand years old and still sweet."


@pytest.fixture(scope="module")
def narrator() -> Iterator[LocalNarrator]:
    """One worker serves all tests of this file."""
    made = LocalNarrator()
    yield made
    asyncio.run(made.aclose())


def _speak(narrator: LocalNarrator, into: Path, text: str = _LINE, **fields: str) -> Speech:
    return asyncio.run(narrator.speak(NarrationRequest.model_validate({"text": text, **fields}), into))


def _samples(path: Path) -> tuple[NDArray[np.float64], int]:
    with wave.open(str(path)) as file:
        raw = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return raw / 32768, file.getframerate()


def _silences(path: Path, shortest_seconds: float) -> list[tuple[float, float]]:
    """Find silences inside the file by its energy alone."""
    samples, rate = _samples(path)
    window = rate // 200
    count = len(samples) // window
    loud = np.flatnonzero(np.sqrt((samples[: count * window].reshape(count, window) ** 2).mean(1)) > 0.001)
    gaps = [(int(before) + 1, int(after)) for before, after in pairwise(loud) if after - before > 1]
    return [(start / 200, end / 200) for start, end in gaps if (end - start) / 200 >= shortest_seconds]


def _worker(narrator: LocalNarrator) -> int:
    process = narrator._crew._all[0]._process
    assert process is not None
    return process.pid


def _is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_the_narrator_keeps_the_contract(narrator: LocalNarrator) -> None:
    """It is a Narrator as the stages know them."""
    assert isinstance(narrator, Narrator)


def test_seconds_are_the_exact_length_of_the_file(narrator: LocalNarrator, tmp_path: Path) -> None:
    """The length is samples over rate, the sound neither silent nor clipped, the silence at both ends short."""
    speech = _speak(narrator, tmp_path / "a.wav")
    samples, rate = _samples(tmp_path / "a.wav")
    assert speech.seconds == Fraction(len(samples), rate)
    assert 4 < speech.seconds < 9
    assert 0.1 < np.abs(samples).max() < 1
    loud = np.flatnonzero(np.abs(samples) > 0.002)
    assert loud[0] < 0.04 * rate
    assert loud[-1] > len(samples) - 0.06 * rate


def test_sentences_are_parted_by_a_breath(narrator: LocalNarrator, tmp_path: Path) -> None:
    """Between two sentences there is a third of a second of silence, and the words' times say so."""
    words = _speak(narrator, tmp_path / "a.wav").words
    before, after = next(pair for pair in pairwise(words) if pair[0].text == "spoils.")
    pauses = [end - start for start, end in _silences(tmp_path / "a.wav", 0.2) if before.start < end < after.end]
    assert len(pauses) == 1
    assert 0.25 <= pauses[0] <= 0.42
    assert abs(float(after.start - before.end) - pauses[0]) < 0.06


def test_words_are_heard_when_they_are_said_to_be(narrator: LocalNarrator, tmp_path: Path) -> None:
    """After every pause in the sound a word starts, and before it one ends; none starts within a pause."""
    speech = _speak(narrator, tmp_path / "a.wav")
    silences = _silences(tmp_path / "a.wav", 0.12)
    assert len(silences) >= 2
    for start, end in silences:
        assert min(abs(float(word.start) - end) for word in speech.words) < 0.07
        assert min(abs(float(word.end) - start) for word in speech.words) < 0.03
        assert not any(start < word.start < end - 0.07 for word in speech.words)


@pytest.mark.parametrize(
    "text",
    [
        _LINE,
        'He said "Go." (She left.) In 1969, about 50% of it cost $3.50!',
        "Call 555-0199 on July 4 at 7:30 pm - or 10 - 12 days later, Dr. Smith, e.g. at https://example.com/a?b=1 …",
        "🎉🎉 Wow — 😀 … 🍞 café ① x86_64",
        "two  spaces\tand\nlines\n\nand a paragraph",
        "one long breath without any stop " * 25,
    ],
)
def test_every_written_word_has_its_time(narrator: LocalNarrator, tmp_path: Path, text: str) -> None:
    """The words are the written ones, in order, each with a time inside the speech, none over another."""
    speech = _speak(narrator, tmp_path / "a.wav", text)
    assert [word.text for word in speech.words] == text.split()
    assert all(0 <= word.start < word.end <= speech.seconds for word in speech.words)
    assert all(before.end <= after.start for before, after in pairwise(speech.words))


def test_a_number_takes_as_long_as_it_is_spoken(narrator: LocalNarrator, tmp_path: Path) -> None:
    """A year is three spoken words and one written word: the words after it are not moved up."""
    words = {word.text: word for word in _speak(narrator, tmp_path / "a.wav", "In 1969, it cost little.").words}
    assert words["1969,"].end - words["1969,"].start > 0.8
    assert words["In"].end - words["In"].start < 0.3
    assert words["little."].end - words["little."].start < 0.6


def test_speed_changes_the_pace(narrator: LocalNarrator, tmp_path: Path) -> None:
    """Speed 2 takes about half as long as speed 1."""
    usual = _speak(narrator, tmp_path / "a.wav").seconds
    fast = _speak(narrator, tmp_path / "b.wav", speed="2").seconds
    assert 0.4 < fast / usual < 0.65


def test_the_same_line_is_the_same_bytes_after_a_crash(narrator: LocalNarrator, tmp_path: Path) -> None:
    """A killed worker is replaced, and another process says the same line bit for bit."""
    _speak(narrator, tmp_path / "a.wav")
    before = _worker(narrator)
    os.kill(before, signal.SIGKILL)
    _speak(narrator, tmp_path / "b.wav")
    assert _worker(narrator) != before
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_ctrl_c_is_the_parents_to_handle(narrator: LocalNarrator, tmp_path: Path) -> None:
    """SIGINT does not end the worker."""
    _speak(narrator, tmp_path / "a.wav", "Hello.")
    process = _worker(narrator)
    os.kill(process, signal.SIGINT)
    _speak(narrator, tmp_path / "b.wav", "Hello.")
    assert _worker(narrator) == process


def test_the_event_loop_runs_on_while_it_speaks(narrator: LocalNarrator, tmp_path: Path) -> None:
    """Other work goes on during a long line."""

    async def count() -> int:
        ticks = 0
        request = NarrationRequest(text="one more word and " * 40)
        speaking = asyncio.create_task(narrator.speak(request, tmp_path / "a.wav"))
        while not speaking.done():
            await asyncio.sleep(0.005)
            ticks += 1
        await speaking
        return ticks

    assert asyncio.run(count()) >= 5


@pytest.mark.parametrize("text", ["😀", "—", "…", "你好"])
def test_nothing_to_pronounce_is_the_callers_mistake(narrator: LocalNarrator, tmp_path: Path, text: str) -> None:
    """A line without a word that can be said is refused, and no file is left."""
    with pytest.raises(InvalidInput, match="nothing to pronounce"):
        _speak(narrator, tmp_path / "a.wav", text)
    assert not (tmp_path / "a.wav").exists()


def test_words_in_another_script_are_reported(narrator: LocalNarrator, tmp_path: Path) -> None:
    """A word the voice skips is named in a warning; an emoji is not."""
    assert "'你好'" in _speak(narrator, tmp_path / "a.wav", "Say 你好 to them 😀").warnings[0]
    assert _speak(narrator, tmp_path / "a.wav", "Say hello to them 😀").warnings == ()


@pytest.mark.parametrize(("field", "value"), [("language", "de"), ("language", "zh-Hans"), ("voice", "adam")])
def test_other_languages_and_voices_are_refused(tmp_path: Path, field: str, value: str) -> None:
    """What it cannot speak is refused before any work, with the way out."""
    narrator = LocalNarrator()
    with pytest.raises(InvalidInput, match=re.escape(repr(value))) as caught:
        _speak(narrator, tmp_path / "a.wav", **{field: value})
    assert caught.value.hint
    assert narrator._crew._all[0]._process is None


def test_the_worker_dies_with_its_parent(tmp_path: Path) -> None:
    """A parent that is killed with SIGKILL leaves no worker behind."""
    code = f"""
import asyncio, time
from pathlib import Path
from reelwright.models.narrators.contract import NarrationRequest
from reelwright.models.narrators.local import LocalNarrator
narrator = LocalNarrator()
asyncio.run(narrator.speak(NarrationRequest(text="Hello."), Path({str(tmp_path / "a.wav")!r})))
print(narrator._crew._all[0]._process.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert _is_alive(worker)
        parent.kill()
    deadline = time.monotonic() + 10
    while _is_alive(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    alive = _is_alive(worker)
    with contextlib.suppress(ProcessLookupError):
        os.kill(worker, signal.SIGKILL)
    assert not alive


@pytest.mark.slow
def test_word_times_agree_with_forced_alignment(narrator: LocalNarrator, tmp_path: Path) -> None:
    """An independent recogniser that is told the words hears them start where the narrator says (median 40 ms)."""
    import pocketsphinx  # noqa: PLC0415 - a minute of speech is aligned by it, and nothing else needs it

    lines = [
        _LINE,
        "The octopus has three hearts, and two of them stop beating while it swims.",
        "Fresh bread is soft in the morning, and hard as a brick by night. No, it did not just dry out.",
        "A day on Venus is longer than its year, because the planet turns so slowly.",
    ]
    errors: list[float] = []
    for line in lines:
        speech = _speak(narrator, tmp_path / "a.wav", line)
        samples, _ = _samples(tmp_path / "a.wav")
        count = len(samples) * 2 // 3
        low = np.fft.irfft(np.fft.rfft(samples)[: count // 2 + 1], count) * count / len(samples)
        hiss = np.random.default_rng(0).standard_normal(count + 6400) * 3e-4
        heard = np.pad(low * 1.5, 3200) + hiss
        decoder = pocketsphinx.Decoder(samprate=16000, lm=None, beam=1e-100, wbeam=1e-80, bestpath=False)
        decoder.set_align_text(" ".join(re.sub(r"[^a-z' ]", "", line.lower()).split()))
        decoder.start_utt()
        decoder.process_raw((np.clip(heard, -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        spoken = [part for part in decoder.seg() if part.word[0] not in "<["]
        starts = [part.start_frame / 100 - 0.2 for part in spoken]
        errors += [abs(float(word.start) - start) for word, start in zip(speech.words, starts, strict=True)]
    assert len(errors) > 50
    assert float(np.median(errors)) <= 0.04
    assert float(np.percentile(errors, 90)) <= 0.08
