"""Episodes to mix: shots with a voice, music, and the mix of them as a file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from support.sounds import RATE, Mono, saved

from reelwright.media.jobs import MixReport
from reelwright.media.mix import ShotSound, mix_episode
from reelwright.recipe import Checks, Music, OutputFormat
from reelwright.values import Span

OUTPUT = OutputFormat()
DEFAULT = Checks()
NO_MUSIC, BED = Music(source="none"), Music(mood="calm")
LEAD = 7200


def shot(
    folder: Path, voice: Mono | None, *, frames: int = 0, lead: int = LEAD, native: Mono | None = None, **kind: object
) -> ShotSound:
    """A shot that somebody speaks over; as long as that and half a second, if no length is given."""
    number = len(list(folder.iterdir()))
    spoken: tuple[Span, ...] = ()
    speech = other = None
    if voice is not None:
        speech = saved(folder / f"voice{number}.wav", voice, **kind)  # type: ignore[arg-type]
        spoken = (Span(start=Fraction(lead, RATE), end=Fraction(lead + len(voice), RATE)),)
        frames = frames or int((lead + len(voice)) * 30 / RATE) + 12
    if native is not None:
        other = saved(folder / f"native{number}.wav", native)
    return ShotSound(frames, speech, lead, spoken, other)


def mix(
    folder: Path,
    shots: list[ShotSound],
    music: Music = BED,
    *,
    checks: Checks | None = None,
    output: OutputFormat = OUTPUT,
    seed: str = "An episode",
) -> tuple[Path, MixReport]:
    """Mix shots and return the encoded file and what was reported."""
    into = folder / "mix.m4a"
    return into, mix_episode(shots, music, output, checks or Checks(), seed=seed, into=into)


def band(seconds: float, low: float = 60, high: float = 9000) -> Mono:
    """Steady noise, such as dense music."""
    noise = np.fft.rfft(np.random.default_rng(3).standard_normal(int(seconds * RATE)))
    frequency = np.fft.rfftfreq(int(seconds * RATE), 1 / RATE)
    sound = np.fft.irfft(noise * ((frequency > low) & (frequency < high)), int(seconds * RATE))
    return np.asarray(sound / np.abs(sound).max() * 0.5)
