"""Every episode has the loudness of its recipe, measured on the encoded file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from support.mixing import BED, DEFAULT, NO_MUSIC, band, mix, shot
from support.sampling import quick
from support.sounds import RATE, Mono, level_db, listen, meter, saved, speech_like, tone

from reelwright.media.bed import MOODS
from reelwright.media.mix import EffectSound, ShotSound
from reelwright.recipe import Checks, Music


@dataclass(frozen=True)
class Case:
    """An episode to mix."""

    shots: Callable[[Path], list[ShotSound]]
    music: Callable[[Path], Music] = lambda _: BED
    checks: Checks = DEFAULT
    may_miss: bool = False
    """Whether the loudness cannot be reached under the peak: then a warning must say so."""


def two(**kind: object) -> Callable[[Path], list[ShotSound]]:
    """Two shots of ordinary speech, in files of this kind."""
    return lambda to: [shot(to, speech_like(3, seed=seed), **kind) for seed in (1, 2)]


def one(voice: Mono, **more: object) -> Callable[[Path], list[ShotSound]]:
    """One shot with this voice."""
    return lambda to: [shot(to, voice, **more)]  # type: ignore[arg-type]


def file(mono: Mono, **kind: object) -> Callable[[Path], Music]:
    """Music of one's own."""
    return lambda to: Music(source=str(saved(to / "music.wav", mono, **kind)))  # type: ignore[arg-type]


def with_blows(folder: Path, made: ShotSound) -> ShotSound:
    """A shot with two loud blows laid under it."""
    decay = np.exp(-np.arange(RATE) / 4000)
    blow = saved(folder / "blow.wav", np.random.default_rng(2).standard_normal(RATE) * decay * 0.3)
    return replace(made, effects=tuple(EffectSound(blow, "blow", at * RATE, -8.0) for at in (0, 1)))


CLAPS = np.where(np.arange(4 * RATE) % 24_000 < 20, 0.9, 0.0) * np.random.default_rng(1).choice([-1, 1], 4 * RATE)
CASES: dict[str, Case] = {
    **{f"bed: {mood}": Case(two(), lambda _, mood=mood: Music(mood=mood)) for mood in MOODS},  # type: ignore[misc]
    "no music": Case(two(), lambda _: NO_MUSIC),
    "quiet voice": Case(one(speech_like(3, peak_dbfs=-38))),
    "very quiet voice": Case(one(speech_like(3, peak_dbfs=-50))),
    "loud voice": Case(one(speech_like(3, peak_dbfs=0))),
    "clipped voice": Case(one(np.clip(speech_like(3) * 8, -1, 1))),
    "square wave": Case(one(np.sign(tone(3, 220)) * 0.99), lambda _: NO_MUSIC),
    "quiet beside loud": Case(lambda to: [shot(to, speech_like(3, seed=1, peak_dbfs=p)) for p in (-30.0, -1.0)]),
    "mono, 44.1 kHz": Case(two(rate=44_100, channels=1)),
    "mono, 8 kHz": Case(two(rate=8000, channels=1)),
    "24 bit, 96 kHz": Case(two(rate=96_000, codec="pcm_s24le")),
    "short music, looped": Case(two(), file(band(2.5))),
    "long music": Case(two(), file(band(20))),
    "music, mono, 22 kHz": Case(two(), file(band(3), rate=22_050, channels=1)),
    "music, clipped": Case(two(), file(np.clip(band(5) * 30, -1, 1))),
    "silent music": Case(two(), file(np.zeros(3 * RATE))),
    "bed alone": Case(lambda to: [shot(to, None, frames=240)]),
    "silent voice": Case(one(np.zeros(3 * RATE))),
    "native sound alone": Case(lambda to: [shot(to, None, frames=120, native=speech_like(4))], lambda _: NO_MUSIC),
    "native sound, voice, bed": Case(lambda to: [shot(to, speech_like(3), native=band(4))]),
    "blows under a voice": Case(lambda to: [with_blows(to, shot(to, speech_like(3)))]),
    "blows alone": Case(lambda to: [with_blows(to, ShotSound(120))], lambda _: NO_MUSIC, may_miss=True),
    "a few words in much music": Case(one(speech_like(1.5), frames=450)),
    "a few words in silence": Case(one(speech_like(1.5), frames=450), lambda _: NO_MUSIC),
    "music as loud as the voice": Case(two(), lambda _: Music(mood="tense", level_db=0, duck_db=0)),
    "twelve frames": Case(one(speech_like(0.3), frames=12, lead=0)),
    "for broadcast": Case(two(), checks=Checks(loudness_lufs=-23, true_peak_dbtp=-1)),
    "low peak": Case(two(), checks=Checks(loudness_lufs=-16, true_peak_dbtp=-3)),
    "claps": Case(one(CLAPS), lambda _: NO_MUSIC, may_miss=True),
}


QUICK = ("bed: warm", "no music", "very quiet voice", "clipped voice", "quiet beside loud", "mono, 44.1 kHz", "claps")
QUICK += ("short music, looped", "bed alone", "native sound, voice, bed", "a few words in much music", "twelve frames")


@pytest.mark.parametrize("name", quick(CASES, QUICK))
def test_master_has_the_loudness_of_the_recipe(name: str, tmp_path: Path) -> None:
    """Whatever comes in: within half a LU of the loudness, never over the peak; or else a warning says so."""
    case = CASES[name]
    into, report = mix(tmp_path, case.shots(tmp_path), case.music(tmp_path), checks=case.checks)
    heard = meter(into)
    assert heard.dbtp <= case.checks.true_peak_dbtp
    reached = abs(heard.lufs - case.checks.loudness_lufs) <= 0.5
    assert reached or case.may_miss
    assert bool(report.warnings) != reached
    assert abs(report.integrated_lufs - heard.lufs) < 0.15


def test_missed_loudness_is_told_with_figures(tmp_path: Path) -> None:
    """The warning names what was reached, what was wanted, and why."""
    _, report = mix(tmp_path, [shot(tmp_path, CLAPS)], NO_MUSIC)
    (warning,) = report.warnings
    assert f"{report.integrated_lufs:.1f} LUFS" in warning
    assert "-14.0" in warning
    assert "-1.0 dBTP" in warning


def test_silence_stays_silence(tmp_path: Path) -> None:
    """An episode without any sound has a silent track, and no warning."""
    into, report = mix(tmp_path, [ShotSound(60)], NO_MUSIC)
    assert np.abs(listen(into)).max() < 1e-4
    assert (report.warnings, report.voice_lufs, report.music_lufs) == ((), None, None)


def test_voices_are_equally_loud(tmp_path: Path) -> None:
    """A narration recorded 20 dB lower is as loud in the master as the others."""
    voices = [shot(tmp_path, speech_like(3, seed=5, peak_dbfs=peak)) for peak in (-4.0, -24.0)]
    into, _ = mix(tmp_path, voices, NO_MUSIC)
    sound, half = listen(into), voices[0].frames * 1600
    first, second = (level_db(part, 150, 4000) for part in (sound[:half], sound[half : 2 * half]))
    assert abs(first - second) < 0.5
