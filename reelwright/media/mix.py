"""The sound of an episode: voice at its exact samples, music that steps back for it, one loudness, one AAC encode."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.media.delivery import deliver
from reelwright.media.jobs import MixReport
from reelwright.media.loudness import Meter, loudness_of
from reelwright.media.music import play
from reelwright.media.sound import RATE, SILENT_LUFS, Blocks, Samples, decibels, decode
from reelwright.recipe import Checks, Music, OutputFormat
from reelwright.transition import Overlap
from reelwright.values import Span

VOICE_LUFS = -20.0
"""Every narration is brought to this loudness before the mix; music levels are relative to it."""

_MOST_GAIN_DB, _MOST_NATIVE_GAIN_DB = 30.0, 12.0
_ATTACK_SECONDS, _RELEASE_SECONDS, _LOOKAHEAD_SECONDS = 0.12, 0.40, 0.18
_SHORTEST_SWELL_SECONDS = 0.9
_VOICE_OVER_LU, _MOST_VOICE_OVER_LU = 1.0, 1.5
"""How far the voice stands over the master's loudness where music plays most of the time, and when that is seen to."""
_EDGE = RATE // 200
_CUT_FADE = RATE // 8
_BLOCK = 2 * RATE
_CONTROL = 48
NO_OVERLAP = Overlap()


@dataclass(frozen=True, slots=True)
class EffectSound:
    """A sound that is laid under a shot."""

    path: Path
    name: str = ""
    """What warnings call it."""
    start: int = 0
    """In samples from the shot's start."""
    level_db: float = 0.0
    """Loudness relative to the voice, while nobody speaks."""


@dataclass(frozen=True, slots=True)
class ShotSound:
    """What one shot sounds like."""

    frames: int
    speech: Path | None = None
    """A sound file with the narration, or nothing."""
    lead_samples: int = 0
    """Silence before it, in samples at 48 kHz."""
    spoken: tuple[Span, ...] = ()
    """When somebody speaks, in seconds from the shot's start. Empty: while the narration lasts."""
    native: Path | None = None
    """The video model's own sound, if it is kept."""
    native_gain_db: float = 0.0
    """Loudness of the native sound relative to the voice."""
    overlap: Overlap = NO_OVERLAP
    """How the native sound reaches over the shot's ends where transitions are."""
    effects: tuple[EffectSound, ...] = ()
    """What else is heard in it."""


def mix_episode(
    shots: Sequence[ShotSound], music: Music, output: OutputFormat, checks: Checks, *, seed: str, into: Path
) -> MixReport:
    """Write the episode's sound to `into` (AAC-LC in MP4, 48 kHz stereo) and measure it.

    It lasts exactly as many samples as the shots' frames. Memory does not grow with the number of shots. Silence stays
    silence; a mix whose loudness cannot be reached under its peak is delivered with a warning.

    Raises:
        RecipeError: the music is not there.
        MediaError: a file cannot be decoded.
    """
    raw = into.with_suffix(".f32")
    try:
        mixed = _write_raw(shots, music, output, seed, raw)
        carrying = _carrying(music, mixed)
        if carrying is not None:
            mixed = _write_raw(shots, carrying, output, seed, raw)
        delivered = deliver(raw, mixed.whole, checks, into)
    finally:
        raw.unlink(missing_ok=True)
    heard = delivered.heard
    return MixReport(
        integrated_lufs=heard.integrated_lufs,
        true_peak_dbtp=heard.true_peak_dbtp,
        range_lu=heard.range_lu,
        gain_db=round(delivered.gain_db, 3),
        limited=delivered.limited,
        music=mixed.music,
        voice_lufs=_in_master(mixed.voices, delivered.gain_db),
        music_lufs=_in_master(mixed.bed, delivered.gain_db),
        effects_lufs=_in_master(mixed.effects, delivered.gain_db),
        warnings=(*delivered.warnings, *_unheard(shots, output)),
    )


@dataclass(frozen=True, slots=True)
class _Mixed:
    whole: Meter
    voices: Meter
    bed: Meter
    effects: Meter
    music: str
    spoken: float
    """The share of the time in which somebody speaks."""


def _carrying(music: Music, mixed: _Mixed) -> Music | None:
    """Return louder music for an episode in which so little is said that the music makes its loudness.

    Brought to the loudness as it is, the few words would burst out of it. The music under them stays where it was.
    """
    voice, whole = mixed.voices.integrated_lufs(), mixed.whole.integrated_lufs()
    if mixed.music == "none" or voice <= SILENT_LUFS or voice - whole <= _MOST_VOICE_OVER_LU:
        return None
    said = mixed.spoken * 10 ** (_VOICE_OVER_LU / 10)
    between_db = 10 * float(np.log10(max(1 - said, 0.1) / max(1 - mixed.spoken, 0.1))) - _VOICE_OVER_LU
    level_db = max(between_db, music.level_db)
    return music.model_copy(update={"level_db": level_db, "duck_db": music.level_db + music.duck_db - level_db})


@dataclass(frozen=True, slots=True)
class _Stem:
    """A file at its place in its shot, in samples."""

    path: Path
    start: int
    """On the shot's clock; before it where it fades in under the shot before."""
    count: int
    gain: np.float32
    whole: int
    """Length of the file."""
    skip: int = 0
    """How much of the file is left out."""
    rise: int = 0
    fall: int = 0
    """Length of its fades; never shorter than what keeps a cut from clicking."""


def _write_raw(shots: Sequence[ShotSound], music: Music, output: OutputFormat, seed: str, raw: Path) -> _Mixed:
    """Mix into headerless float samples, block by block."""
    lengths = [shot.frames * output.samples_per_frame for shot in shots]
    stems = [_stems(shot, length, output) for shot, length in zip(shots, lengths, strict=True)]
    spans = _speech_spans(shots, stems, lengths)
    level_db = music.level_db if any(stems) else 0.0
    playing, name = play(music, seed, sum(lengths), loudness_lufs=VOICE_LUFS + level_db)
    bed = Blocks(playing) if playing is not None else None
    spoken = sum(end - start for start, end in spans) * RATE / max(sum(lengths), 1)
    mixed = _Mixed(Meter(), Meter(), Meter(), Meter(), name, spoken)
    voices = _Voices(_on_the_clock(stems, lengths))
    laid = [_effects(shot, length) for shot, length in zip(shots, lengths, strict=True)]
    effects = _Voices(_on_the_clock(laid, lengths)) if any(laid) else None
    starts = itertools.accumulate(lengths, initial=0)
    with raw.open("wb") as file:
        for placed, begin, length in zip(stems, starts, lengths, strict=False):
            for position in range(begin, begin + length, _BLOCK):
                samples = voices.take(position, min(_BLOCK, begin + length - position))
                if placed:
                    mixed.voices.add(samples)
                down = _duck(spans, position, len(samples), music.duck_db)
                if effects is not None:
                    beside = effects.take(position, len(samples)) * down
                    mixed.effects.add(beside)
                    samples += beside
                if bed is not None:
                    under = bed.take(len(samples)) * down
                    mixed.bed.add(under)
                    samples += under
                mixed.whole.add(samples)
                file.write(samples.tobytes())
    return mixed


def _on_the_clock(stems: Sequence[Sequence[_Stem]], lengths: Sequence[int]) -> Iterator[_Stem]:
    """Yield each shot's stems at their places in the whole episode."""
    for begin, placed in zip(itertools.accumulate(lengths, initial=0), stems, strict=False):
        yield from (replace(stem, start=begin + stem.start) for stem in placed)


def _stems(shot: ShotSound, length: int, output: OutputFormat) -> list[_Stem]:
    """Return a shot's stems with the gain that brings each to the voice's loudness."""
    stems = []
    if shot.speech is not None:
        stems.append(_stem(shot.speech, shot.lead_samples, length, 0.0, _MOST_GAIN_DB))
    if shot.native is not None:
        stem = _stem(shot.native, 0, length, shot.native_gain_db, _MOST_NATIVE_GAIN_DB)
        stems.append(_overlapping(stem, shot.overlap, length, output.samples_per_frame))
    return [stem for stem in stems if stem.count > 0]


def _effects(shot: ShotSound, length: int) -> list[_Stem]:
    """Return a shot's effects at their loudness; one that goes on behind the shot's end fades out at it."""
    stems = [
        _stem(each.path, each.start, length, each.level_db, _MOST_GAIN_DB)
        for each in shot.effects
        if each.start < length
    ]
    return [replace(stem, fall=_CUT_FADE) if stem.count < stem.whole else stem for stem in stems]


def _unheard(shots: Sequence[ShotSound], output: OutputFormat) -> tuple[str, ...]:
    """Return a warning for each effect that would begin when its shot is over."""
    return tuple(
        f"the effect {each.name or each.path.name!r} is not heard: its shot is over when it would begin"
        for shot in shots
        for each in shot.effects
        if each.start >= shot.frames * output.samples_per_frame
    )


def _stem(path: Path, start: int, length: int, relative_db: float, most_db: float) -> _Stem:
    meter = loudness_of(decode(path))
    heard = meter.integrated_lufs()
    # What is almost silent is not made loud: it would be hiss.
    gain_db = min(VOICE_LUFS - heard, most_db) if heard > SILENT_LUFS else 0.0
    return _Stem(path, start, min(meter.samples, length - start), decibels(gain_db + relative_db), meter.samples)


def _overlapping(stem: _Stem, overlap: Overlap, length: int, frame: int) -> _Stem:
    """Return a stem that begins before its shot and goes on behind it, as its picture does; `frame` is in samples."""
    if overlap == NO_OVERLAP:
        return stem
    there = (length + (overlap.before + overlap.after) * frame, stem.whole - overlap.skip * frame)
    return replace(
        stem,
        start=-overlap.before * frame,
        count=max(min(there), 0),
        skip=overlap.skip * frame,
        rise=overlap.rise * frame,
        fall=overlap.fall * frame,
    )


class _Voices:
    """Plays stems at their places on the episode's clock; only those that are heard at the moment are open."""

    def __init__(self, stems: Iterable[_Stem]) -> None:
        self._waiting = deque(sorted(stems, key=lambda stem: stem.start))
        self._open: list[tuple[_Stem, Blocks]] = []

    def take(self, position: int, count: int) -> Samples:
        """Return the stems together from `position` on; positions are asked for in order."""
        samples = np.zeros((count, 2), np.float32)
        while self._waiting and self._waiting[0].start < position + count:
            stem = self._waiting.popleft()
            source = Blocks(decode(stem.path))
            source.take(stem.skip)
            self._open.append((stem, source))
        for stem, source in self._open:
            first = max(stem.start - position, 0)
            length = min(stem.start + stem.count - position, count) - first
            if length > 0:
                part = source.take(length) * stem.gain
                samples[first : first + length] += part * _edges(stem, position + first - stem.start, length)
        self._open = [(stem, source) for stem, source in self._open if stem.start + stem.count > position + count]
        return samples


def _edges(stem: _Stem, at: int, count: int) -> Samples:
    """Return the gain of a stem's piece: it fades at its own ends, so that neither a join nor a cut clicks."""
    index = at + np.arange(count, dtype=np.float64)
    rise, fall = (min(max(fade, _EDGE), stem.count // 2 + 1) for fade in (stem.rise, stem.fall))
    ramp = np.clip(np.minimum((index + 1) / rise, (stem.count - index) / fall), 0, 1)
    return np.asarray(np.sin(ramp * np.pi / 2), np.float32)[:, None]


def _speech_spans(
    shots: Sequence[ShotSound], stems: Sequence[Sequence[_Stem]], lengths: Sequence[int]
) -> list[tuple[float, float]]:
    """Return when somebody speaks in the whole episode, in seconds; pauses too short to swell up in are bridged."""
    spans: list[tuple[float, float]] = []
    offset = 0.0
    for shot, placed, length in zip(shots, stems, lengths, strict=True):
        said = [(float(span.start), float(span.end)) for span in shot.spoken]
        if not said and shot.speech is not None:
            said = [(stem.start / RATE, (stem.start + stem.count) / RATE) for stem in placed[:1]]
        for start, end in said:
            begin, close = offset + start, offset + min(end, length / RATE)
            if spans and begin - spans[-1][1] < _SHORTEST_SWELL_SECONDS:
                spans[-1] = (spans[-1][0], max(close, spans[-1][1]))
            else:
                spans.append((begin, close))
        offset += length / RATE
    return spans


def _duck(spans: Sequence[tuple[float, float]], position: int, length: int, depth_db: float) -> Samples:
    """Return the music's gain over a block: smooth ramps in dB that begin before the voice does."""
    first = position // _CONTROL
    points = np.arange(first, (position + length) // _CONTROL + 2)
    time = np.asarray(points * (_CONTROL / RATE), np.float64)
    gain = 10 ** (depth_db * _step_back(spans, time) / 20)
    at = np.arange(position - first * _CONTROL, position - first * _CONTROL + length)
    return np.asarray(np.interp(at, np.arange(len(points)) * _CONTROL, gain), np.float32)[:, None]


def _step_back(spans: Sequence[tuple[float, float]], time: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far the music steps back at each time: 0 not at all, 1 all the way."""
    down = np.zeros(len(time))
    for start, end in spans:
        early = start - _LOOKAHEAD_SECONDS
        if end + _RELEASE_SECONDS >= time[0] and early <= time[-1]:
            fall = np.clip((time - early) / _ATTACK_SECONDS, 0, 1)
            rise = np.clip((end + _RELEASE_SECONDS - time) / _RELEASE_SECONDS, 0, 1)
            down = np.maximum(down, np.minimum(fall, rise))
    return np.asarray(down * down * (3 - 2 * down))


def _in_master(meter: Meter, gain_db: float) -> float | None:
    heard = meter.integrated_lufs()
    return round(heard + gain_db, 2) if heard > SILENT_LUFS else None
