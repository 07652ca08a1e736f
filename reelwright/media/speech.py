"""Listen to a narration by measuring: is somebody speaking, loud enough, undistorted, at a human pace?"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from reelwright.media.jobs import SpeechVerdict
from reelwright.media.sound import RATE, read
from reelwright.timing import estimate_seconds

_QUIETEST_DBFS, _CLIPPED_DBFS = -45.0, -0.05
_CLIPPED_SHARE = 0.0005
_LEAST_SPOKEN = 0.25
_SLOWEST, _FASTEST = 0.35, 3.0
"""How much faster or slower than a calm reading a narration may be before words are missing or repeated."""


def listen(speech: Path, text: str) -> SpeechVerdict:
    """Measure a narration against its text.

    Raises:
        MediaError: the file has no sound that can be decoded.
    """
    mono = read(speech).mean(axis=1)
    seconds = len(mono) / RATE
    window = RATE // 50
    count = len(mono) // window
    power = (mono[: count * window].reshape(count, window) ** 2).mean(axis=1) if count else np.zeros(1, np.float32)
    loud = power[power > max(float(power.max()) * 0.003, 1e-7)]
    level = 10 * float(np.log10(loud.mean())) if len(loud) else -120.0
    peak = 20 * float(np.log10(max(float(np.abs(mono).max(initial=0.0)), 1e-6)))
    share = len(loud) / max(len(power), 1)
    expected = float(estimate_seconds(text))
    clipped = float((np.abs(mono) >= 10 ** (_CLIPPED_DBFS / 20)).mean()) if len(mono) else 0.0
    findings = {
        "there is no sound in it": level <= _QUIETEST_DBFS,
        f"it is clipped in {clipped:.1%} of its samples": clipped > _CLIPPED_SHARE,
        f"somebody speaks in only {share:.0%} of it": share < _LEAST_SPOKEN,
        f"it lasts {seconds:.1f} s where a reading takes about {expected:.1f} s": expected > 1.5  # noqa: PLR2004 - short
        and not _SLOWEST <= expected / max(seconds, 0.01) <= _FASTEST,
    }
    return SpeechVerdict(
        seconds=round(seconds, 3),
        peak_dbfs=round(peak, 2),
        speech_dbfs=round(level, 2),
        spoken_share=round(share, 3),
        words_a_second=round(len(text.split()) / max(seconds, 0.01), 2),
        faults=tuple(text for text, is_found in findings.items() if is_found),
    )
