"""Whether a clip shows the same as another shot's, though something else was asked: a vendor's mistake, seen by all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from pydantic import ValidationError

from reelwright.canonical import key_of
from reelwright.checks.picture_values import SURVEY, Survey
from reelwright.checks.verdict import Finding, Verdict
from reelwright.errors import FailureKind, MediaRejected
from reelwright.models.video.contract import VideoRequest
from reelwright.takes.values import Clip, TakeFailed

_HASH_DIGITS = 16
_LEAST_MOMENTS = 6
_SAME_TONES = 10.0
"""Grey levels: two shots of one place may have alike outlines, but seldom alike colours in every part, too."""


@dataclass
class Twins:
    """What the shots of an episode show so far."""

    _seen: dict[int, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def note(self, number: int, request: VideoRequest, clip: Clip) -> None:
        """Keep in mind what a shot shows."""
        if prints := _prints(clip):
            self._seen[number] = (_asked(request), prints)

    def require_own(self, number: int, request: VideoRequest, clip: Clip, *, bits: int) -> None:
        """Keep in mind what a shot shows, if no other shot shows it; shots that ask for the same may look the same.

        Raises:
            TakeFailed: another shot shows it, in so many bits or fewer.
        """
        asked, prints = _asked(request), _prints(clip)
        for other, (wanted, shown) in self._seen.items():
            apart, tones = distance(prints, shown)
            if other != number and wanted != asked and apart <= bits and tones <= _SAME_TONES:
                raise _twin(clip, other, apart, bits)
        self.note(number, request, clip)


def distance(one: Sequence[str], other: Sequence[str]) -> tuple[float, float]:
    """Return how far two clips are apart: the median of differing bits, and of grey levels of their colours.

    Clips that run backwards or mirrored are others. Without fingerprints they are as far apart as can be.
    """
    pairs = list(zip(one, other, strict=False))
    if len(pairs) < _LEAST_MOMENTS:
        return 64.0, 255.0
    bits = [(int(a[:_HASH_DIGITS], 16) ^ int(b[:_HASH_DIGITS], 16)).bit_count() for a, b in pairs]
    tones = [_apart(bytes.fromhex(a[_HASH_DIGITS:]), bytes.fromhex(b[_HASH_DIGITS:])) for a, b in pairs]
    return float(median(bits)), float(median(tones))


def _apart(one: bytes, other: bytes) -> float:
    return sum(abs(first - second) for first, second in zip(one, other, strict=False)) / max(len(one), 1)


def _asked(request: VideoRequest) -> str:
    first = request.first_frame.sha256 if request.first_frame else ""
    return key_of("picture/1", {"prompt": request.prompt, "first_frame": first})


def _prints(clip: Clip) -> tuple[str, ...]:
    told = clip.clip.facts.get(SURVEY)
    if not told:
        return ()
    try:
        return Survey.model_validate(told).fingerprint
    except ValidationError:
        return ()  # written by another version


def _twin(clip: Clip, other: int, apart: float, bits: int) -> TakeFailed:
    message = f"it shows the same as shot {other}"
    finding = Finding(kind="duplicate", severity="reject", message=message, measured=apart, limit=bits, unit="bits")
    before = next((verdict for verdict in clip.verdicts if verdict.check == "picture"), None)
    findings = [finding, *(before.findings if before else ())]
    verdict = Verdict.of("picture", findings, before.measured if before else None)
    usd = clip.charge.usd * (not clip.hit)
    rejected = MediaRejected((message,))
    return TakeFailed(rejected, model=clip.model, kind=FailureKind.MEDIA_REJECTED, usd=usd, verdicts=(verdict,))
