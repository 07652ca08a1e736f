"""The sound of an episode: voice at its exact samples, music that steps back for it, one loudness, one AAC encode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelwright.errors import MediaError
from reelwright.media import ffmpeg
from reelwright.media.jobs import MixReport
from reelwright.media.music import bed, from_file, looped
from reelwright.media.sound import RATE, Loudness, Samples, levelled_speech, measure, raw_input, read
from reelwright.recipe import Checks, Music, OutputFormat
from reelwright.values import Span

_PRIMING = 1024
"""Samples that an AAC decoder adds in front; without an edit list nothing removes them, so they are cut before."""

_ATTACK_SECONDS, _RELEASE_SECONDS, _LOOKAHEAD_SECONDS = 0.12, 0.45, 0.18
_TOLERANCE_LU = 0.3
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class ShotSound:
    """What one shot sounds like."""

    frames: int
    speech: Path | None = None
    """A sound file with the narration, or nothing."""
    lead_samples: int = 0
    """Silence before it, in samples at 48 kHz."""
    spoken: tuple[Span, ...] = ()
    """When somebody speaks, in seconds from the shot's start."""
    native: Path | None = None
    """The video model's own sound, if it is kept."""
    native_gain_db: float = 0.0


def mix_episode(
    shots: Sequence[ShotSound], music: Music, output: OutputFormat, checks: Checks, *, seed: str, into: Path
) -> MixReport:
    """Write the episode's sound to `into` (AAC-LC in MP4, 48 kHz stereo) and measure it.

    It lasts exactly as many samples as the shots' frames. Memory does not grow with the number of shots.

    Raises:
        RecipeError: the music is not there.
        MediaError: a file cannot be decoded, or the loudness cannot be reached.
    """
    raw = into.with_suffix(".f32")
    try:
        name = _write_raw(shots, music, output, seed, raw)
        mixed = measure(raw, raw=True)
        if mixed.is_silent:
            ffmpeg.run(encode_arguments(raw, into, gain_db=0.0, ceiling_dbtp=None))
            return _report(measure(into), 0.0, limited=False, music=name)
        return _to_loudness(raw, into, mixed, checks, name)
    finally:
        raw.unlink(missing_ok=True)


def encode_arguments(raw: Path, into: Path, *, gain_db: float, ceiling_dbtp: float | None) -> list[str]:
    """Build the command that applies the gain, holds peaks under the ceiling (dBTP, 4x oversampled) and encodes."""
    chain = [f"atrim=start_sample={_PRIMING}", "asetpts=N/SR/TB", f"volume={gain_db:.3f}dB:precision=float"]
    if ceiling_dbtp is not None:
        limit = 10 ** (ceiling_dbtp / 20)
        chain += [
            f"aresample={RATE * 4}",
            f"alimiter=limit={limit:.6f}:attack=4:release=60:level=disabled:latency=1",
            f"aresample={RATE}",
        ]
    return [
        *("-y", *raw_input(), "-i", str(raw), "-af", ",".join(chain), "-c:a", "aac", "-b:a", "192k"),
        *("-ar", str(RATE), "-ac", "2", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-use_editlist", "0"),
        *("-f", "mp4", str(into)),
    ]


def _to_loudness(raw: Path, into: Path, mixed: Loudness, checks: Checks, name: str) -> MixReport:
    """Encode, measure what a listener gets, and correct: the limiter and the codec both move the figures a little."""
    gain = checks.loudness_lufs - mixed.integrated_lufs
    ceiling = checks.true_peak_dbtp - 0.4
    for _ in range(_ROUNDS):
        limited = mixed.true_peak_dbtp + gain > ceiling
        ffmpeg.run(encode_arguments(raw, into, gain_db=gain, ceiling_dbtp=ceiling if limited else None))
        heard = measure(into)
        off = checks.loudness_lufs - heard.integrated_lufs
        over = heard.true_peak_dbtp - checks.true_peak_dbtp
        if abs(off) <= _TOLERANCE_LU and over <= 0:
            return _report(heard, gain, limited=limited, music=name)
        gain += off
        ceiling -= max(over, 0) + (0.1 if over > 0 else 0)
    raise MediaError(
        f"The mix reached {heard.integrated_lufs:.1f} LUFS and {heard.true_peak_dbtp:.1f} dBTP"
        f" instead of {checks.loudness_lufs} and {checks.true_peak_dbtp}."
    )


def _report(heard: Loudness, gain: float, *, limited: bool, music: str) -> MixReport:
    return MixReport(
        integrated_lufs=heard.integrated_lufs,
        true_peak_dbtp=heard.true_peak_dbtp,
        range_lu=heard.range_lu,
        gain_db=round(gain, 3),
        limited=limited,
        music=music,
    )


def _write_raw(shots: Sequence[ShotSound], music: Music, output: OutputFormat, seed: str, raw: Path) -> str:
    """Mix shot by shot into headerless float samples; return what music plays."""
    total = sum(shot.frames for shot in shots) * output.samples_per_frame
    spans = _speech_spans(shots, output)
    loop, name = _music_loop(music, seed)
    blocks = _Blocks(looped(loop, total)) if loop is not None else None
    position = 0
    with raw.open("wb") as file:
        for shot in shots:
            length = shot.frames * output.samples_per_frame
            samples = _voices(shot, length)
            if blocks is not None:
                ducked = _duck(spans, position, length, music.duck_db)
                samples += blocks.take(length) * (ducked * np.float32(10 ** (music.level_db / 20)))[:, None]
            file.write(samples.tobytes())
            position += length
    return name


def _music_loop(music: Music, seed: str) -> tuple[Samples | None, str]:
    if music.source == "none":
        return None, "none"
    if music.source == "bed":
        return bed(music.mood, seed), "bed"
    loop, path = from_file(Path(music.source), seed)
    return loop, path.name


def _voices(shot: ShotSound, length: int) -> Samples:
    samples = np.zeros((length, 2), np.float32)
    if shot.speech is not None:
        speech = levelled_speech(read(shot.speech))
        _lay(samples, speech, shot.lead_samples)
    if shot.native is not None:
        native = levelled_speech(read(shot.native))[:length]
        _lay(samples, native * np.float32(10 ** (shot.native_gain_db / 20)), 0)
    return samples


def _lay(samples: Samples, sound: Samples, start: int) -> None:
    """Add `sound` at `start`, its edges faded over 5 ms so that neither a join nor a cut clicks."""
    count = max(min(len(sound), len(samples) - start), 0)
    part = sound[:count].copy()
    edge = min(RATE // 200, count // 2)
    if edge:
        ramp = np.linspace(0, 1, edge, dtype=np.float32)[:, None]
        part[:edge] *= ramp
        part[count - edge :] *= ramp[::-1]
    samples[start : start + count] += part


def _speech_spans(shots: Sequence[ShotSound], output: OutputFormat) -> list[tuple[float, float]]:
    """Return when somebody speaks in the whole episode, in seconds; pauses too short to swell up in are bridged."""
    spans: list[tuple[float, float]] = []
    start = 0
    for shot in shots:
        offset = start / output.frame_rate
        for span in shot.spoken:
            begin, end = offset + float(span.start), offset + float(span.end)
            if spans and begin - spans[-1][1] < _RELEASE_SECONDS + _LOOKAHEAD_SECONDS:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((begin, end))
        start += shot.frames
    return spans


def _duck(spans: Sequence[tuple[float, float]], position: int, length: int, depth_db: float) -> Samples:
    """Return the music's gain over a block: raised-cosine ramps in dB that begin before the voice does."""
    time = (position + np.arange(length, dtype=np.float64)) / RATE
    down = np.zeros(length)
    for start, end in spans:
        early = start - _LOOKAHEAD_SECONDS
        if end + _RELEASE_SECONDS < time[0] or early > time[-1]:
            continue
        fall = np.clip((time - early) / _ATTACK_SECONDS, 0, 1)
        rise = np.clip((end + _RELEASE_SECONDS - time) / _RELEASE_SECONDS, 0, 1)
        down = np.maximum(down, np.minimum(fall, rise))
    eased = down * down * (3 - 2 * down)
    return np.asarray(10 ** (depth_db * eased / 20), np.float32)


class _Blocks:
    """Takes any number of samples from an iterator of blocks."""

    def __init__(self, blocks: Iterator[Samples]) -> None:
        self._blocks = blocks
        self._rest = np.zeros((0, 2), np.float32)

    def take(self, count: int) -> Samples:
        parts = [self._rest]
        have = len(self._rest)
        while have < count:
            block = next(self._blocks)
            parts.append(block)
            have += len(block)
        joined = np.concatenate(parts)
        self._rest = joined[count:]
        return joined[:count]
