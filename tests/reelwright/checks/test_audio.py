"""The audio check, by measuring: every broken sound is caught or mended, and no good one is rejected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import spoken
from support.spoken import RATE, Mono, chords, clip_with, noise, room, say, seconds_of, silence

from reelwright.checks.audio import hear_sound
from reelwright.checks.audio_judge import Expected, SoundHeard
from reelwright.recipe import SoundChecks
from reelwright.timing import estimate_seconds

TEXT = "Ada Lovelace wrote the first program in 1843, long before there was a computer."
SAID = Expected(speech="script", sound="wanted", text_seconds=float(estimate_seconds(TEXT)))
UNDER = Expected(speech="none", sound="wanted")
AMBIENCE = Expected(speech="any", sound="wanted")
NEEDED = Expected(speech="any", sound="needed")


def voice() -> Mono:
    """The line, with a little silence round it as in a clip."""
    return np.concatenate([silence(0.4), say(TEXT).samples, silence(0.6)])


@dataclass(frozen=True)
class Case:
    """A sound, how it is put into a clip, and what the check says of it."""

    make: Callable[[], Any]
    kind: str = ""
    """What must be found; empty for a good one."""
    outcome: str = "reject"
    expected: Expected = SAID
    options: dict[str, Any] = field(default_factory=dict)

    def heard(self, folder: Path) -> SoundHeard:
        """Make the clip and listen."""
        clip = clip_with(folder / "clip.mp4", self.make(), **self.options)
        return hear_sound(clip, self.expected, SoundChecks(), mend_into=folder / "mended.wav")


def over(gain_db: float, scale: float = 1.0) -> Mono:
    """The line, driven into a ceiling."""
    sound = voice()
    return np.clip(sound / np.abs(sound).max() * 10 ** (gain_db / 20), -1, 1) * scale


def with_clicks(count: int) -> Mono:
    """The line with clicks of two samples, most of them between words."""
    sound = voice()
    for at in np.random.default_rng(5).integers(RATE // 10, len(sound) - RATE // 10, count):
        sound[at : at + 2] = [0.9, -0.9]
    return sound


def with_holes() -> Mono:
    """The line with four holes of 80 ms in the midst of words."""
    sound = voice()
    for word in say(TEXT).words[2:12:3]:
        middle = seconds_of(0.4 + float(word.start + word.end) / 2)
        sound[middle - seconds_of(0.04) : middle + seconds_of(0.04)] = 0
    return sound


def sided(left: float, right: float) -> np.ndarray:
    """The line, on each side as loud as told."""
    return np.stack([voice() * left, voice() * right], axis=1)


def cut_off() -> Mono:
    """The line, ended in the midst of its last word."""
    last = say(TEXT).words[-1]
    return voice()[: seconds_of(0.4 + float(last.start) + 0.42 * float(last.end - last.start))]


def babble() -> Mono:
    """Two people who talk at once."""
    first, second = (
        say(TEXT).samples,
        say("Put the dough in the fridge for twelve hours; cold yeast is slow yeast.").samples,
    )
    count = min(len(first), len(second))
    return first[:count] * 0.5 + second[:count] * 0.5


BROKEN: dict[str, Case] = {
    "no sound at all": Case(lambda: None, "no_sound"),
    "no sound where the author keeps it": Case(lambda: None, "no_sound", expected=NEEDED),
    "digital silence": Case(lambda: silence(5), "silent"),
    "hiss at -75 dBFS": Case(lambda: noise(5, level=10 ** (-75 / 20)), "silent"),
    "clipped by 20 dB": Case(lambda: over(20), "clipped"),
    "clipped by 12 dB, then turned down": Case(lambda: over(12, 0.5), "clipped"),
    "clipped and never encoded": Case(lambda: over(14), "clipped", options={"codec": "pcm_s16le"}),
    "six clicks": Case(lambda: with_clicks(6), "clicks", "mend"),
    "crackle": Case(lambda: with_clicks(120), "clicks"),
    "holes in words": Case(with_holes, "holes"),
    "off zero": Case(lambda: voice() * 0.6 + 0.15, "offset", "mend", options={"codec": "pcm_s16le"}),
    "right side dead": Case(lambda: sided(1, 0), "one_sided", "mend"),
    "left side dead": Case(lambda: sided(0, 1), "one_sided", "mend"),
    "sides opposed": Case(lambda: sided(1, -1), "opposed", "mend"),
    "far too quiet": Case(lambda: voice() * 0.025, "quiet", "mend"),
    "noise instead of speech": Case(lambda: noise(5), "no_speech"),
    "a tone instead of speech": Case(lambda: np.sin(np.arange(RATE * 5) * 2 * np.pi * 330 / RATE) * 0.3, "no_speech"),
    "music instead of speech": Case(lambda: chords(5), "no_speech"),
    "one word of the line": Case(lambda: np.concatenate([voice()[: seconds_of(0.75)], silence(4)]), "no_speech"),
    "a word cut off": Case(cut_off, "cut_off"),
    "four times too fast": Case(lambda: voice()[: len(voice()) // 4 * 4].reshape(-1, 4)[:, 0], "no_speech"),
    "mono at 44.1 kHz": Case(voice, "resampled", "mend", options={"rate": 44_100, "channels": 1}),
    "mono at 16 kHz": Case(voice, "resampled", "mend", options={"rate": 16_000, "channels": 1}),
    "begins late": Case(voice, "late", "mend", options={"late_seconds": 0.4, "picture_seconds": 7.0}),
    "runs away from the picture": Case(voice, "drift", "mend", options={"filters": "asetpts=PTS*1.03"}),
    "a gap in its time stamps": Case(voice, "gaps", "mend", options={"filters": "aselect='not(between(t,0.1,0.3))'"}),
    "a gap in the midst of a word": Case(voice, "holes", options={"filters": "aselect='not(between(t,2,2.5))'"}),
    "shorter than the picture": Case(voice, "shorter", "mend", options={"picture_seconds": 9.0}),
    "longer than the picture": Case(voice, "longer", "mend", options={"picture_seconds": 4.0}),
    "people talk under the narrator": Case(babble, "talks_under", expected=UNDER),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_sound_is_caught_or_mended(name: str, tmp_path: Path) -> None:
    """Its fault is named, as bad as it is, in words for a person; nothing else rejects what can be mended."""
    case = BROKEN[name]
    heard = case.heard(tmp_path)
    found = {finding.kind: finding for finding in heard.findings}
    assert case.kind in found, heard
    assert found[case.kind].severity == case.outcome
    rejected = any(finding.severity == "reject" for finding in heard.findings)
    assert rejected == (case.outcome == "reject"), heard
    assert not found[case.kind].message.endswith(".")
    if heard.mended:
        require_good(heard, tmp_path / "mended.wav")
    else:
        assert case.outcome == "reject" or case.kind in {"resampled", "shorter", "longer"}, "the mix mends these"


def require_good(before: SoundHeard, mended: Path) -> None:
    """The copy passes the same check, and its voice stands where the picture has it."""
    again = hear_sound(mended, SAID, SoundChecks())
    assert {finding.kind for finding in again.findings} <= {"holes"}, again.findings
    assert before.facts is not None
    assert again.facts is not None
    assert abs(before.facts.spoken[0][0] - again.facts.spoken[0][0]) < 0.1


def tilted(sound: Mono, hertz: float, *, high: bool = False) -> Mono:
    """Return what is below a frequency, or above it."""
    spectrum = np.fft.rfft(sound)
    ratio = np.fft.rfftfreq(len(sound), 1 / RATE) / hertz
    spectrum *= (ratio**4 if high else 1) / (1 + ratio**4)
    return np.fft.irfft(spectrum, len(sound))


def slam() -> Mono:
    """Return a dull blow."""
    return noise(0.2, level=0.3, brown=1.0) * np.exp(-np.arange(seconds_of(0.2)) / 1500)


def steps() -> Mono:
    """Return noise that comes and goes twice a second."""
    return noise(5, level=0.2, brown=0) * (np.sin(np.arange(RATE * 5) * 2 * np.pi * 2 / RATE) > 0.9)


def limited(sound: Mono) -> Mono:
    """Return a sound as loud as radio: softly limited."""
    return np.tanh(sound / np.abs(sound).max() * 2.2) * 0.85


def beside(sound: Mono, other: Mono) -> Mono:
    """Return two sounds at once, as long as the first."""
    return sound + np.resize(other, len(sound))


GOOD: dict[str, Case] = {
    "as it is": Case(voice),
    "quiet": Case(lambda: voice() * 0.12),
    "very loud": Case(lambda: limited(voice())),
    "at full scale": Case(lambda: voice() / np.abs(voice()).max()),
    "through a wall": Case(lambda: tilted(voice(), 1500)),
    "whispered low": Case(lambda: tilted(voice() * 0.15, 2500) + noise(len(voice()) / RATE, level=0.001)),
    "on the telephone": Case(lambda: tilted(tilted(voice(), 3400), 300, high=True)),
    "with music under it": Case(lambda: beside(voice(), chords(8, level=0.12))),
    "in the rain": Case(lambda: beside(voice(), noise(8, level=0.012))),
    "in the street": Case(lambda: beside(voice(), noise(8, level=0.04, brown=1.0))),
    "in a hall": Case(lambda: np.concatenate([room(voice(), seconds=0.8, wet=0.5), silence(0.2)])),
    "fast": Case(lambda: np.concatenate([say(TEXT, 1.35).samples, silence(0.3)])),
    "slow": Case(lambda: np.concatenate([say(TEXT, 0.75).samples, silence(0.3)])),
    "a higher voice": Case(voice, options={"filters": "asetrate=48000*1.18,aresample=48000,atempo=1/1.18"}),
    "a lower voice": Case(voice, options={"filters": "asetrate=48000*0.84,aresample=48000,atempo=1/0.84"}),
    "begins at once": Case(lambda: np.concatenate([say(TEXT).samples, silence(0.1)])),
    "waits before it speaks": Case(lambda: np.concatenate([silence(2), voice()])),
    "ends right behind its word": Case(lambda: np.concatenate([silence(0.2), say(TEXT).samples])),
    "more on one side": Case(lambda: sided(1, 0.4)),
    "with a hard attack": Case(lambda: np.sign(voice()) * np.abs(voice()) ** 0.8),
    "with a door that slams": Case(lambda: beside(voice(), np.concatenate([silence(0.1), slam(), silence(9)]))),
    "at 48 kbit/s": Case(voice, options={"bit_rate": 48_000}),
    "in Opus": Case(voice, options={"codec": "libopus"}),
    "wind as a backdrop": Case(lambda: noise(5, level=0.05, brown=1.0), expected=UNDER),
    "music as a backdrop": Case(lambda: chords(6), expected=UNDER),
    "a stream, nobody speaks": Case(lambda: noise(5, level=0.08, brown=0.2), expected=AMBIENCE),
    "steps on gravel": Case(steps, expected=AMBIENCE),
    "no sound where none is needed": Case(lambda: None, expected=Expected()),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", GOOD)
def test_a_good_sound_is_not_rejected(name: str, tmp_path: Path) -> None:
    """Nor is it changed, but raised if it is quiet."""
    heard = GOOD[name].heard(tmp_path)
    assert [finding for finding in heard.findings if finding.severity == "reject"] == []
    assert {finding.kind for finding in heard.findings if finding.severity == "mend"} <= {"quiet"}


def test_a_clip_that_is_none_says_so(tmp_path: Path) -> None:
    """An HTML page instead of a video is an error of the file, not a verdict."""
    from reelwright.errors import MediaError  # noqa: PLC0415

    page = tmp_path / "clip.mp4"
    page.write_text("<!doctype html><title>502</title>", "utf-8")
    with pytest.raises(MediaError):
        hear_sound(page, SAID, SoundChecks())


def test_the_tables_are_as_long_as_promised() -> None:
    """At least twenty of each."""
    assert len(BROKEN) >= 20
    assert len(GOOD) >= 20
    assert spoken.RATE == RATE
