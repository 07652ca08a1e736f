"""The music bed: a short loop composed from a seed and a mood, played as long as needed; or a file of one's own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import RecipeError
from reelwright.media.sound import RATE, Samples, decode

_SUFFIXES = {".mp3", ".wav", ".m4a", ".aac", ".flac", ".ogg", ".opus"}
_CROSSFADE_SECONDS = 2.0
_LONGEST_LOOP_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Mood:
    """How a bed is played: tempo, scale, chords as scale steps, and how much each voice does."""

    beats_per_minute: int
    scale: tuple[int, ...]
    """Semitones above the root."""
    chords: tuple[int, ...]
    """Root of each bar's chord, as a step of the scale."""
    root_hz: float
    pluck: float
    pulse: float
    """How much of a soft low beat there is."""


_MAJOR, _MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
_DORIAN, _LYDIAN = (0, 2, 3, 5, 7, 9, 10), (0, 2, 4, 6, 7, 9, 11)

MOODS: dict[str, Mood] = {
    "calm": Mood(72, _MAJOR, (0, 4, 5, 3), 130.81, 0.5, 0.0),
    "warm": Mood(84, _MAJOR, (0, 5, 3, 4), 146.83, 0.65, 0.35),
    "bright": Mood(104, _LYDIAN, (0, 4, 1, 5), 155.56, 0.85, 0.5),
    "curious": Mood(96, _DORIAN, (0, 3, 6, 4), 138.59, 0.8, 0.4),
    "tense": Mood(80, _MINOR, (0, 5, 3, 4), 110.0, 0.45, 0.6),
}
"""The beds that can be asked for by name."""


def bed(mood: str, seed: str) -> Samples:
    """Compose a loop of eight bars for a mood (`auto`: by the seed); it joins itself without a seam. About 20 s.

    The same mood and seed are the same samples. It stays below 300 Hz and above 2 kHz where it can: the voice lives
    between.
    """
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
    chosen = MOODS[mood] if mood in MOODS else list(MOODS.values())[number % len(MOODS)]
    rng = np.random.default_rng(number)
    beat = 60 * RATE // chosen.beats_per_minute
    length = beat * 4 * 8
    root = chosen.root_hz * 2 ** ((number // 7 % 5 - 2) / 12)
    ground = np.zeros((length // 2, 2), np.float32)
    for bar, chord in enumerate(chosen.chords):
        _pad(ground, bar * beat * 4, beat * 4, [_pitch(chosen, root, chord + step) for step in (0, 2, 4)])
        _low(ground, bar * beat * 4, beat, _pitch(chosen, root, chord) / 2, chosen.pulse)
    dry = np.concatenate([ground, ground])
    _plucks(dry, chosen, root, beat, rng)
    wet = dry * np.float32(0.72) + _reverb(dry, number) * np.float32(0.5)
    return np.asarray(wet / np.sqrt(np.mean(wet**2)) * 10 ** (-20 / 20), np.float32)


def looped(loop: Samples, length: int, block: int = RATE * 10) -> Iterator[Samples]:
    """Yield `length` samples of a seamless loop in blocks, faded in gently and out at the end."""
    for start in range(0, length, block):
        count = min(block, length - start)
        index = (start + np.arange(count)) % len(loop)
        yield loop[index] * _fades(start, count, length)[:, None]


def from_file(source: Path, seed: str) -> tuple[Samples, Path]:
    """Read a music file as a loop (its end crossfaded into its start), or one of a folder's files, chosen by the seed.

    Raises:
        RecipeError: nothing there, or no music in the folder.
        MediaError: the file cannot be decoded.
    """
    if source.is_dir():
        files = sorted(path for path in source.iterdir() if path.suffix.lower() in _SUFFIXES)
        if not files:
            raise RecipeError(
                f"there is no music in {str(source)!r}",
                field="music.source",
                hint="Put mp3, wav, m4a, flac or ogg files there.",
            )
        source = files[int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) % len(files)]
    if not source.is_file():
        raise RecipeError(
            f"there is no file {str(source)!r}", field="music.source", hint="Name a file, a folder, 'bed' or 'none'."
        )
    blocks, count = [], 0
    for block in decode(source):
        blocks.append(block)
        count += len(block)
        if count > _LONGEST_LOOP_SECONDS * RATE:
            break
    music = np.concatenate(blocks)
    fade = min(int(_CROSSFADE_SECONDS * RATE), len(music) // 4)
    ramp = np.linspace(0, np.pi / 2, fade, dtype=np.float32)[:, None]
    loop = music[: len(music) - fade].copy()
    loop[:fade] = loop[:fade] * np.sin(ramp) + music[len(music) - fade :] * np.cos(ramp)
    level = float(np.sqrt(np.mean(loop**2))) or 1.0
    return np.asarray(loop / level * 10 ** (-20 / 20), np.float32), source


def _fades(start: int, count: int, length: int) -> NDArray[np.float32]:
    at = start + np.arange(count, dtype=np.float64)
    rise = np.clip(at / (0.8 * RATE), 0, 1)
    fall = np.clip((length - at) / (2.2 * RATE), 0, 1)
    return np.asarray(np.sin(rise * np.pi / 2) * np.sin(fall * np.pi / 2) ** 1.5, np.float32)


def _pitch(mood: Mood, root: float, step: int) -> float:
    octave, degree = divmod(step, len(mood.scale))
    return float(root * 2 ** (octave + mood.scale[degree] / 12))


def _add(track: Samples, start: int, sound: Samples) -> None:
    """Add a sound at `start`; what reaches past the end of the loop goes on at its beginning."""
    first = min(len(sound), len(track) - start)
    track[start : start + first] += sound[:first]
    if first < len(sound):
        track[: len(sound) - first] += sound[first:]


def _pad(track: Samples, start: int, length: int, pitches: list[float]) -> None:
    tail = int(0.9 * RATE)
    time = np.arange(length + tail, dtype=np.float32) / RATE
    shape = np.minimum(time / 0.7, 1) * np.clip((length + tail - time * RATE) / tail, 0, 1)
    for index, pitch in enumerate(pitches):
        for detune, side in ((0.9985, 0), (1.0015, 1)):
            phase = np.float32(2 * np.pi * pitch * detune) * time
            tone = np.sin(phase) + 0.32 * np.sin(2 * phase + index) + 0.1 * np.sin(3 * phase)
            sound = np.zeros((len(time), 2), np.float32)
            sound[:, side] = tone * shape * 0.085
            _add(track, start, sound)


def _low(track: Samples, start: int, beat: int, pitch: float, pulse: float) -> None:
    time = np.arange(beat * 4, dtype=np.float32) / RATE
    tone = np.sin(2 * np.pi * pitch * time) * np.minimum(time / 0.05, 1) * np.clip((time[-1] - time) / 0.4, 0, 1)
    _add(track, start, np.repeat((tone * 0.16)[:, None], 2, axis=1))
    if pulse:
        hit = np.arange(RATE // 4, dtype=np.float32) / RATE
        thump = np.sin(2 * np.pi * (46 + 60 * np.exp(-hit * 34)) * hit) * np.exp(-hit * 13) * 0.3 * pulse
        thump *= np.clip((hit[-1] - hit) / 0.05, 0, 1)
        for index in range(0, 4, 2):
            _add(track, start + index * beat, np.repeat(thump[:, None], 2, axis=1))


def _plucks(track: Samples, mood: Mood, root: float, beat: int, rng: np.random.Generator) -> None:
    time = np.arange(int(1.1 * RATE), dtype=np.float32) / RATE
    pattern = rng.permutation(8) < 5  # noqa: PLR2004 - five of eight half beats sound
    for half in range(64):
        if not pattern[half % 8] or rng.random() < 0.15:  # noqa: PLR2004 - now and then a rest
            continue
        step = mood.chords[half // 8 % 4] + int(rng.choice([0, 2, 4, 7, 9]))
        pitch = _pitch(mood, root * 4, step)
        tone = (np.sin(2 * np.pi * pitch * time) + 0.25 * np.sin(4 * np.pi * pitch * time)) * np.exp(-time * 6.5)
        tone *= (
            np.minimum(time / 0.004, 1)
            * np.clip((time[-1] - time) / 0.1, 0, 1)
            * 0.075
            * mood.pluck
            * rng.uniform(0.6, 1)
        )
        side = float(rng.uniform(0.25, 0.75))
        _add(track, half * beat // 2, np.stack([tone * (1 - side), tone * side], axis=1).astype(np.float32) * 2)


def _reverb(dry: Samples, seed: int) -> Samples:
    """Convolve the loop, round and round, with a soft decaying noise: a room without an edge at the seam."""
    rng = np.random.default_rng(seed + 1)
    length = int(1.6 * RATE)
    time = np.arange(length) / RATE
    wet = np.empty_like(dry)
    for side in range(2):
        impulse = rng.standard_normal(length) * np.exp(-time * 3.6) * np.minimum(time / 0.012, 1)
        # A running mean takes the hiss out of the room.
        impulse = np.convolve(impulse, np.ones(9) / 9, mode="same")
        impulse /= np.sqrt(np.sum(impulse**2))
        spectrum = np.fft.rfft(dry[:, side]) * np.fft.rfft(impulse, len(dry))
        wet[:, side] = np.fft.irfft(spectrum, len(dry))
    return wet
