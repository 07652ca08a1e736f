"""The picture check: one look through a clip says whether it can be used, what is mended, and how to fit it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from av.error import FFmpegError

from reelwright.checks.picture_blocks import shows_blocks
from reelwright.checks.picture_file import file_findings
from reelwright.checks.picture_likeness import Turn, is_plain, likeness
from reelwright.checks.picture_looks import LOOK_PIXELS, Look, Looks, look_through
from reelwright.checks.picture_marks import Pixels, is_mark, mark_share
from reelwright.checks.picture_survey import changes_of, survey
from reelwright.checks.picture_values import PictureWanted, Survey
from reelwright.checks.verdict import Finding, Verdict
from reelwright.errors import MediaError
from reelwright.media.pictures import filled, read_picture
from reelwright.media.probe import MediaFacts
from reelwright.values import Value

_OPENING = Fraction(1)
"""In which the start frame has to be seen: a clip may fade in."""
_STIRS = 3.0
"""The change of one cell, in grey levels, from which on something moves."""
_STILL_SHARE = 0.9
_BARELY = {"h264": 1.0, "mpeg4": 1.0}
_THRIFTY = 0.5
"""Newer codecs show the same with half the bits."""
_SCORED = 12


class PictureReport(Value):
    """What the check found, and what was measured on the way."""

    verdict: Verdict
    facts: dict[str, Any] = {}  # noqa: RUF012 - pydantic copies it
    """Those of `MediaFacts`, as plain JSON."""
    score: float = 0.0
    """How sharp and how lively the picture is, to compare takes by."""
    survey: Survey | None = None


def check_picture(clip: Path, wanted: PictureWanted) -> PictureReport:
    """Look through a clip once and say whether it can be used."""
    try:
        facts, looks = look_through(clip, corner=wanted.corner)
    except MediaError as error:
        return _rejected("unreadable", error.message.rstrip("."))
    except FFmpegError as error:
        return _rejected("unreadable", f"it cannot be decoded: {error.strerror}")
    if facts.video is None or not looks.looks:
        return _rejected("no_picture", "it has no picture", facts)
    seen = survey(facts.video, looks, aspect=wanted.size.aspect)
    turn = _likeness(looks.looks, wanted.start_frame)
    if turn is not None:
        seen = seen.model_copy(update={"turned": turn.degrees, "mirrored": turn.mirrored})
    measured = _measured(facts, seen, looks, turn)
    findings = [
        *file_findings(facts.video, seen, wanted),
        *_damage(looks),
        *_sights(looks.looks, seen, wanted),
        *_start(turn, wanted),
        *_bits(clip, facts, wanted),
        *_mark(looks, wanted),
    ]
    verdict = Verdict.of("picture", findings if wanted.checks.enabled else _unusable(findings), measured)
    return PictureReport(verdict=verdict, facts=facts.to_json(), score=round(_score(looks.looks), 3), survey=seen)


def still_spans(looks: Sequence[Look]) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield begin and end of each time in which no part of the picture changes, black ones left out."""
    anchor = 0
    for index in range(1, len(looks) + 1):
        if index < len(looks) and _stands(looks[anchor], looks[index]):
            continue
        if index - anchor > 1 and not looks[anchor].is_black:
            yield looks[anchor].at, looks[index - 1].at
        anchor = index


def spans_of(looks: Sequence[Look], flags: Sequence[bool], end: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield begin and end of each time in which looks are flagged; one ends where the next look is another."""
    begin: Fraction | None = None
    for look, flag in zip(looks, flags, strict=True):
        if flag and begin is None:
            begin = look.at
        elif not flag and begin is not None:
            yield begin, look.at
            begin = None
    if begin is not None:
        yield begin, end


def _stands(one: Look, other: Look) -> bool:
    return float(np.abs(one.cells - other.cells).max()) < _STIRS


def _rejected(kind: str, message: str, facts: MediaFacts | None = None) -> PictureReport:
    finding = Finding(kind=kind, severity="reject", message=message)
    return PictureReport(verdict=Verdict.of("picture", [finding]), facts=facts.to_json() if facts else {})


def _unusable(findings: Sequence[Finding]) -> list[Finding]:
    """Return what is said of a clip that nobody wants checked: everything, but only damage is held against it."""
    return [
        finding.model_copy(update={"severity": "note"})
        if finding.severity == "reject" and finding.kind != "damaged"
        else finding
        for finding in findings
    ]


def _measured(facts: MediaFacts, seen: Survey, looks: Looks, turn: Turn | None) -> dict[str, float | str | bool | None]:
    video = facts.video
    if video is None:
        return {}
    stills = [float(end - begin) for begin, end in still_spans(looks.looks)]
    return {
        "seconds": round(float(seen.seconds), 3),
        "size": str(video.shown),
        "frames_a_second": round(float(video.frame_rate), 3),
        "kilobits_a_second": round(facts.size_bytes * 8 / 1000 / max(float(seen.seconds), 0.04)),
        "longest_still_seconds": round(max(stills, default=0.0), 2),
        "scenes": len(seen.scenes),
        "start_frame_bits": turn.bits if turn else None,
    }


def _damage(looks: Looks) -> Iterator[Finding]:
    if looks.damaged:
        at = float(min(looks.damaged))
        message = f"its picture is damaged in {len(looks.damaged)} places, first at {at:.1f} s"
        yield Finding(kind="damaged", severity="reject", message=message, measured=len(looks.damaged), at_seconds=at)


def _sights(looks: Sequence[Look], seen: Survey, wanted: PictureWanted) -> Iterator[Finding]:
    limits, end = wanted.checks.picture, seen.seconds
    black = [look.is_black for look in looks]
    if all(black):
        yield Finding(kind="black", severity="reject", message="it is black")
        return
    if all(look.is_flat for look in looks):
        yield Finding(kind="flat", severity="reject", message="it shows one flat tone")
        return
    flat = [look.is_flat and not look.is_black for look in looks]
    kinds = (("black", "it is black", black), ("flat", "it shows one flat tone", flat))
    for kind, words, flags in kinds:
        for begin, until in spans_of(looks, flags, end):
            yield from _too_long(kind, words, begin, until, limits.longest_black_seconds)
    for begin, until in still_spans(looks):
        if until - begin >= end * Fraction(_STILL_SHARE):
            yield Finding(kind="frozen", severity="reject", message="it stands still")
        else:
            yield from _too_long("frozen", "it stands still", begin, until, limits.longest_still_seconds)


def _too_long(kind: str, words: str, begin: Fraction, until: Fraction, limit: float) -> Iterator[Finding]:
    lasts = float(until - begin)
    if lasts > limit:
        message = f"{words} from {float(begin):.1f} to {float(until):.1f} s"
        yield Finding(
            kind=kind,
            severity="reject",
            message=message,
            measured=round(lasts, 2),
            limit=limit,
            unit="s",
            at_seconds=round(float(begin), 3),
        )


def _likeness(looks: Sequence[Look], start_frame: Path | None) -> Turn | None:
    """Return how the clip opens against its start frame; `None`: there is none, or nothing in it to know it by."""
    if start_frame is None:
        return None
    aim = _small(start_frame)
    if is_plain(aim):
        return None
    opening = [look for look in looks if look.at <= _OPENING and not look.is_black and not is_plain(look.rgb)]
    return min((likeness(look.rgb, aim) for look in opening), key=lambda turn: turn.bits, default=None)


def _small(picture: Path) -> Pixels:
    image = read_picture(picture)
    image = image.reduce(max(min(image.size) // LOOK_PIXELS, 1))
    scale = LOOK_PIXELS / max(image.size)
    return np.asarray(filled(image, *(max(round(side * scale), 16) for side in image.size)))


def _start(turn: Turn | None, wanted: PictureWanted) -> Iterator[Finding]:
    limit = wanted.checks.picture.start_frame_bits
    if turn is None:
        return
    if turn.bits > limit:
        message = f"its first picture is not the start frame ({turn.bits} of 64 bits differ)"
        yield Finding(
            kind="wrong_start", severity="reject", message=message, measured=turn.bits, limit=limit, unit="bits"
        )
    elif turn.mirrored or turn.degrees:
        how = [f"turned by {turn.degrees} degrees"] * bool(turn.degrees) + ["mirrored"] * turn.mirrored
        message = f"it shows its start frame {' and '.join(how)}: it is put right"
        yield Finding(kind="mirrored" if turn.mirrored else "turned", severity="mend", message=message)


def _bits(clip: Path, facts: MediaFacts, wanted: PictureWanted) -> Iterator[Finding]:
    video, floor = facts.video, wanted.checks.picture.least_bits_per_pixel
    if video is None or not video.frames:
        return
    limit = floor * _BARELY.get(video.codec, _THRIFTY)
    bits = facts.size_bytes * 8 / (video.size.width * video.size.height * video.frames)
    if bits < limit and shows_blocks(clip):
        message = f"it has too low a bit rate, and shows blocks ({bits:.4f} bits a pixel)"
        yield Finding(
            kind="low_bit_rate",
            severity="reject",
            message=message,
            measured=round(bits, 5),
            limit=limit,
            unit="bits a pixel",
        )


def _mark(looks: Looks, wanted: PictureWanted) -> Iterator[Finding]:
    if wanted.corner is None or not wanted.checks.picture.watermarks:
        return
    share = mark_share(looks.bands)
    if is_mark(share):
        message = f"a vendor's mark is burned into its {wanted.corner.replace('-', ' ')} corner"
        yield Finding(
            kind="watermark", severity="reject", message=message, measured=round(100 * (share or 0), 2), unit="%"
        )


def _score(looks: Sequence[Look]) -> float:
    """Sharpness, and a little for movement; both saturate, so that noise and flicker do not win."""
    places = np.linspace(0, len(looks) - 1, min(_SCORED, len(looks))).astype(int).tolist()
    chosen = [looks[place] for place in places]
    greys = [np.asarray(cv2.cvtColor(look.rgb, cv2.COLOR_RGB2GRAY), np.float32) for look in chosen]
    sharp = float(np.median([cv2.Laplacian(grey, cv2.CV_32F).std() for grey in greys]))
    moved = changes_of(chosen)
    return min(sharp, 30.0) / 30 + 0.3 * min(float(np.median(moved)) if moved else 0.0, 12.0) / 12
