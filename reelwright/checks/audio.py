"""Listen to the sound of a clip or a narration by measuring: `hear_sound` is one job of a worker process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from reelwright.checks import audio_defects as defects
from reelwright.checks.audio_judge import Expected, SoundFacts, SoundHeard, judge
from reelwright.checks.audio_mend import MENDED_IN_FILE, mend, write_wav
from reelwright.checks.audio_read import Recording, read_recording
from reelwright.checks.audio_voice import VOICE_RATE, Spans, speech_spans, voice_of
from reelwright.media.loudness import Meter, true_peaks
from reelwright.media.sound import RATE
from reelwright.recipe import SoundChecks

_NOTICED_OFFSET = 0.001
_INTERESTING_PEAK = 0.5


def hear_sound(
    path: Path,
    expected: Expected,
    limits: SoundChecks,
    *,
    mend_into: Path | None = None,
    voice_into: Path | None = None,
) -> SoundHeard:
    """Measure a sound and judge it; where it can be put right, write it so to `mend_into` (48 kHz, stereo, WAV).

    Where somebody speaks, `voice_into` gets the voice (16 kHz, one channel, WAV), in the time of the picture.

    Raises:
        MediaError: it is no media file, or its sound cannot be decoded.
    """
    recording = read_recording(path)
    facts = None if recording is None else _measured(recording, expected)
    findings = judge(facts, expected, limits)
    kinds = {finding.kind for finding in findings if finding.severity == "mend"} & MENDED_IN_FILE
    usable = all(finding.severity != "reject" for finding in findings)
    if recording is not None and facts is not None and facts.spoken and voice_into is not None:
        write_wav(voice_of(recording.samples)[:, None], voice_into, VOICE_RATE)
    if recording is None or facts is None or mend_into is None or not kinds or not usable:
        return SoundHeard(facts=facts, findings=findings)
    mend(recording, facts, kinds, mend_into)
    return SoundHeard(facts=facts, findings=findings, mended=True)


def _measured(recording: Recording, expected: Expected) -> SoundFacts:
    off_zero = defects.offset(recording.samples)
    recording = _centred(recording) if off_zero > _NOTICED_OFFSET else recording
    samples = recording.samples
    meter = Meter()
    meter.add(samples)
    clipped, clicks, holes = defects.clipping(samples), defects.clicks(samples), defects.dropouts(samples)
    silent, longest_at, longest = defects.silent_share(samples)
    spoken = () if expected.speech == "known" else speech_spans(voice_of(samples))
    return SoundFacts(
        rate=recording.rate,
        channels=recording.channels,
        seconds=round(recording.seconds, 3),
        picture_seconds=None if recording.picture_seconds is None else round(recording.picture_seconds, 3),
        offset_seconds=round(recording.offset_seconds, 3),
        missing_seconds=round(recording.missing_seconds, 3),
        stretched_seconds=round(recording.stretched_seconds, 3),
        loudness_lufs=round(meter.integrated_lufs(), 2),
        true_peak_dbtp=round(_true_peak(recording), 2),
        clipped_share=round(clipped.share, 5),
        clipped_at_seconds=clipped.first_second,
        clicks=len(clicks.starts),
        click_at_seconds=clicks.first_second,
        hole_seconds=round(sum(holes.ends) / RATE - sum(holes.starts) / RATE, 3),
        hole_at_seconds=holes.first_second,
        sides=defects.sides(samples),
        offset=round(off_zero, 5),
        silent_share=round(silent, 3),
        longest_silence_seconds=round(longest, 2),
        longest_silence_at_seconds=round(longest_at, 2),
        spoken=spoken,
        speech_seconds=round(sum(end - start for start, end in spoken), 3),
        speech_over_noise_db=_over_noise(recording, spoken),
        end_level_db=round(defects.ends_at_full_level(samples), 1),
    )


def _centred(recording: Recording) -> Recording:
    """Return the sound without its offset, which would hide what else is wrong."""
    return replace(recording, samples=recording.samples - recording.samples.mean(axis=0, keepdims=True))


def _true_peak(recording: Recording) -> float:
    samples = recording.samples
    peak = float(np.abs(samples).max(initial=0.0))
    if peak > _INTERESTING_PEAK:
        peak = max(peak, float(true_peaks(np.pad(samples, ((64, 64), (0, 0))), peak).max(initial=0.0)))
    return 20 * float(np.log10(max(peak, 1e-6)))


def _over_noise(recording: Recording, spoken: Spans) -> float | None:
    """Return how far the speech stands over what is heard beside it, in dB; `None`: there is nothing beside it."""
    mono = defects.mono_of(recording.samples)
    speaks = np.zeros(len(mono), bool)
    for start, end in spoken:
        speaks[max(int((start - 0.1) * RATE), 0) : int((end + 0.2) * RATE)] = True
    beside = mono[~speaks]
    if not spoken or len(beside) < RATE // 5:
        return None
    power = float(np.square(mono[speaks], dtype=np.float64).mean())
    noise = float(np.square(beside, dtype=np.float64).mean())
    return round(10 * float(np.log10(max(power, 1e-12) / max(noise, 1e-12))), 1)
