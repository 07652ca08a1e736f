"""The music bed: a small piece of music composed for one episode, from a mood, a seed and the exact length.

It comes in with a pad, plays a progression of four chords with a motif that changes every fourth bar, and closes on its
home chord exactly at the end. It steps back between 300 Hz and 3 kHz, where the voice lives. Bars that are equal are
made once, so ten minutes cost little more than one, and memory does not grow.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.media.instruments import kick, pad, pluck, shaker
from reelwright.media.sound import RATE, Samples

_TAIL = 3 * RATE
_LEAD = RATE // 100
_ENDING_SECONDS = 3.2
_INTRO_SECONDS = 1.2
_FULL_SCALE = 8000.0
_POCKET_HERTZ = (1, 25, 45, 240, 420, 2400, 4200, 8500, 24000)
_POCKET_DB = (-40, -20, 0, 0, -5, -5, -1, -3, -14)


@dataclass(frozen=True, slots=True)
class Mood:
    """How a bed is played."""

    beats_per_minute: int
    scale: tuple[int, ...]
    """Semitones above the root."""
    chords: tuple[int, int, int, int]
    """Roots of four bars, as steps of the scale; the first is home, the last leads back to it."""
    colour: int
    """A step added to each chord: 6 is its seventh, 8 its ninth."""
    timbre: str
    """What plays the motif; see `reelwright.media.instruments`."""
    brightness: float
    notes: int
    """Notes of the motif in a bar of eight."""
    beat: float
    """How much of a soft low beat there is."""
    shaker: float


_MAJOR, _MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
_DORIAN, _LYDIAN = (0, 2, 3, 5, 7, 9, 10), (0, 2, 4, 6, 7, 9, 11)

MOODS: dict[str, Mood] = {
    "calm": Mood(68, _MAJOR, (0, 5, 3, 4), 8, "felt", 1.7, 3, 0.0, 0.0),
    "warm": Mood(82, _MAJOR, (0, 3, 5, 4), 8, "felt", 1.5, 4, 0.45, 0.15),
    "bright": Mood(106, _LYDIAN, (0, 4, 5, 1), 8, "marimba", 1.3, 5, 0.6, 0.6),
    "curious": Mood(96, _DORIAN, (0, 3, 0, 4), 6, "marimba", 1.5, 4, 0.4, 0.35),
    "tense": Mood(78, _MINOR, (0, 5, 3, 4), 8, "bell", 1.6, 3, 0.7, 0.0),
}
"""The beds that can be asked for by name."""

_SIGNS = {
    "tense": r"dark|war\b|crimes?\b|danger|deaths?\b|dead|fear|ghost|haunt|horror|kill|murder|myster|secret|storms?\b",
    "calm": r"breath|calm|dream|meditat|nights?\b|ocean|peace|quiet|rain\b|rest\b|sea\b|sleep|slow|stars?\b",
    "bright": r"best\b|celebrat|fun\b|happy|hacks?\b|party|play|summer|tips?\b|top\b|win\b|winn",
    "curious": r"\?|how\b|what|when\b|where\b|which\b|who|why|science|explain",
    "warm": r"bread|coffee|family|food|friend|heart|home\b|kitchen|love|mother|recipe|thank",
}


def mood_for(title: str) -> str:
    """Return the mood that a title suggests; a title that suggests none gets one of the friendly ones."""
    for mood, signs in _SIGNS.items():
        if re.search(rf"(?:\b|(?=\?))(?:{signs})", title.lower()):
            return mood
    return ("calm", "warm", "bright", "curious")[_number(title) % 4]


class Bed:
    """A piece of exactly `length` samples. The same mood, seed and length are the same samples."""

    def __init__(self, mood: str, seed: str, length: int) -> None:
        self.mood = mood_for(seed) if mood == "auto" else mood
        self._length = length
        self._piece = _Piece(MOODS[self.mood], _number(seed), length)

    def blocks(self) -> Iterator[Samples]:
        """Yield the piece, one bar after the other."""
        piece = self._piece
        ahead = np.zeros((piece.size, 2), np.float32)
        intro = min(int(_INTRO_SECONDS * RATE), self._length // 4)
        for index in range(piece.bars):
            ahead += piece.sound(index)
            now = ahead[: piece.bar].copy()
            if index == 0:
                now[:intro] *= _ramp(intro)
            yield now
            ahead = np.concatenate([ahead[piece.bar :], np.zeros((piece.bar, 2), np.float32)])
        rest = self._length - piece.bars * piece.bar
        last = piece.ending(rest)[:rest]
        count = min(rest, len(ahead))
        last[:count] += ahead[:count]
        fade = int(rest * 0.7)
        last[rest - fade :] *= _ramp(fade)[::-1] ** 1.5
        yield last


class _Piece:
    """The score: how long a bar is, which chord it has, and its sound."""

    def __init__(self, mood: Mood, number: int, length: int) -> None:
        self.mood = mood
        self._rng = np.random.default_rng(number)
        usual = 4 * 60 * RATE // self.mood.beats_per_minute
        body = max(length - min(int(_ENDING_SECONDS * RATE), length // 2), 1)
        # The tempo bends a little so that whole bars fill the episode.
        self.bars = max(round(body / usual), 1)
        self.bar = body // self.bars // 8 * 8
        if self.bar < usual // 4:
            self.bars, self.bar = 0, 0
        self._root = 130.81 * 2 ** ((number // 7 % 7 - 3) / 12)
        self._rhythms = [self._rhythm() for _ in range(3)]
        self._contours = [self._rng.permutation([0, 1, 2, 3]) for _ in range(3)]
        self.size = _quick(self.bar + _TAIL)
        self._room = _room(number, self.size)
        self._made = functools.lru_cache(10)(self._bar)

    def sound(self, index: int) -> Samples:
        """Return the sound of a bar and of its echo, which goes on through the next."""
        pattern = (0, 1, 0, 2)[index // 4 % 4]
        # The piece opens with the pad alone, and the beat comes in with the second phrase.
        layers = 0 if index == 0 and self.bars > 2 else 1 if index < min(4, self.bars // 3) else 2  # noqa: PLR2004
        return self._made(self._chord(index), pattern, layers).astype(np.float32) / np.float32(_FULL_SCALE)

    def ending(self, length: int) -> Samples:
        """Return the home chord, held, with a last rising figure."""
        dry = np.zeros((_quick(_LEAD + length + _TAIL), 2), np.float32)
        self._lay_chord(dry, self.mood.chords[0], length, held=True)
        beat = max(self.bar // 4, RATE // 3)
        for step, degree in enumerate((0, 2, 4, 7)):
            at = step * beat // 2
            if at < length * 0.6:
                self._lay(dry, at, pluck(self._high(degree), self.mood.timbre), 1.8 + 0.3 * step, 0.4 + 0.07 * step)
        return _in_room(dry, _room(0, len(dry)))[_LEAD:]

    def _chord(self, index: int) -> int:
        """Count the chords from the end, so that the last bar always leads home; what is left over opens at home."""
        chords = self.mood.chords
        opening = self.bars % 4
        if index < opening:
            return chords[(0, 2, 3)[index]] if opening > 1 else chords[0]
        return chords[(index - opening) % 4]

    def _bar(self, chord: int, pattern: int, layers: int) -> NDArray[np.int16]:
        dry = np.zeros((self.size, 2), np.float32)
        self._lay_chord(dry, chord, self.bar, held=False)
        eighth = self.bar // 8
        if layers:
            contour = self._contours[pattern]
            for count, at in enumerate(np.flatnonzero(self._rhythms[pattern]).tolist()):
                degree = chord + (0, 2, 4, 7)[contour[count % 4]]
                force = 1.0 if at % 4 == 0 else 0.72
                side = 0.5 + 0.28 * np.sin(2.4 * count + pattern)
                self._lay(dry, at * eighth, pluck(self._high(degree), self.mood.timbre), 2.4 * force, side)
        if layers > 1:
            for eighths, force in ((0, 1.0), (3, 0.45), (4, 0.8)):
                self._lay(dry, eighths * eighth, kick(), self.mood.beat * force, 0.5)
            for eighths, force in ((1, 1.5), (3, 2.4), (5, 1.5), (7, 2.4)):
                self._lay(dry, eighths * eighth, shaker(), self.mood.shaker * force, 0.56)
        wet = _in_room(dry, self._room)
        wet *= np.float32(_FULL_SCALE)
        return np.clip(wet, -32767, 32767, out=wet).astype(np.int16)

    def _lay_chord(self, track: Samples, chord: int, length: int, *, held: bool) -> None:
        for index, step in enumerate((0, 2, 4, self.mood.colour)):
            level = 0.075 if index < 3 else 0.05  # noqa: PLR2004 - the colour stays behind the triad
            frequency = _folded(self._pitch(chord + step), 155.0)
            sound = pad(frequency, length, self.mood.brightness, index, held=held)
            self._lay(track, 0, sound, level, None)
        bass = pad(_folded(self._pitch(chord), 65.0), length, 1.5, 9, held=held)[:, 0]
        self._lay(track, 0, bass, 0.11, 0.5)

    @staticmethod
    def _lay(track: Samples, at: int, sound: NDArray[np.float32], level: float, side: float | None) -> None:
        """Add a sound; `side` places a mono sound between 0 (left) and 1 (right)."""
        if not level:
            return
        start = at + _LEAD
        count = min(len(sound), len(track) - start)
        if side is None:
            track[start : start + count] += sound[:count] * np.float32(level)
        else:
            sides = np.array([np.cos(side * np.pi / 2), np.sin(side * np.pi / 2)], np.float32) * np.float32(level)
            track[start : start + count] += sound[:count, None] * sides

    def _pitch(self, step: int) -> float:
        octave, degree = divmod(step, len(self.mood.scale))
        return float(self._root * 2 ** (octave + self.mood.scale[degree] / 12))

    def _high(self, step: int) -> float:
        return round(_folded(self._pitch(step), 587.0), 3)

    def _rhythm(self) -> NDArray[np.bool_]:
        """Choose which eighths of a bar sound: always the first, else where the seed says."""
        sounding = np.zeros(8, np.bool_)
        sounding[0] = True
        sounding[1 + self._rng.permutation(7)[: self.mood.notes - 1]] = True
        return sounding


def _folded(frequency: float, lowest: float) -> float:
    """Move a pitch by octaves into [lowest, 2 * lowest): chords then lead into each other by small steps."""
    return float(lowest * 2 ** (np.log2(frequency / lowest) % 1))


def _quick(count: int) -> int:
    """Round up to a length that a Fourier transform is quick at."""
    return -(-count // 7200) * 7200


def _number(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])


def _ramp(count: int) -> Samples:
    return np.sin(np.linspace(0, np.pi / 2, count, dtype=np.float32))[:, None]


def _room(seed: int, count: int) -> NDArray[np.complex64]:
    """Return the spectrum of a soft room (1.6 s) that also leaves the voice its place between 300 Hz and 3 kHz."""
    time = np.arange(int(1.6 * RATE), dtype=np.float32) / RATE
    noise = np.random.default_rng(seed + 1).standard_normal((2, len(time)), dtype=np.float32)
    noise *= np.exp(-time * 4.2) * np.minimum(time / 0.02, 1) * np.clip((time[-1] - time) / 0.2, 0, 1)
    noise /= np.sqrt((noise**2).sum(1, keepdims=True))
    frequency = np.fft.rfftfreq(count, 1 / RATE).astype(np.float32)
    echo = np.fft.rfft(noise, count) * (0.5 / (1 + (frequency / 2600) ** 2))
    pocket = np.interp(np.log2(np.maximum(frequency, 1)), np.log2(_POCKET_HERTZ), _POCKET_DB)
    return np.asarray((1 + echo) * 10 ** (pocket / 20), np.complex64)


def _in_room(dry: Samples, room: NDArray[np.complex64]) -> Samples:
    """Put a sound into its room, in place."""
    for side in range(2):
        spectrum = np.fft.rfft(np.ascontiguousarray(dry[:, side]))
        spectrum *= room[side]
        dry[:, side] = np.fft.irfft(spectrum, len(dry))
    edge = RATE // 10
    dry[-edge:] *= _ramp(edge)[::-1]
    return dry
