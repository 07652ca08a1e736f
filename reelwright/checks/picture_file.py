"""What a clip's file says of itself against what the master needs: what can be mended, and what cannot."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from reelwright.checks.picture_values import PictureWanted, Survey
from reelwright.checks.verdict import Finding
from reelwright.media.fitting import UNSEEN_SHAPE, is_blurred, shape_of, unlike
from reelwright.media.probe import VideoFacts
from reelwright.values import Size

_UNSEEN_ENLARGEMENT = Fraction(13, 10)
_UNSEEN_SECONDS = Fraction(1, 2)
_STILLS = frozenset({"png", "mjpeg", "webp", "bmp", "tiff"})
_WIDE = frozenset({9, 10})
_ORDINARY_MATRIX = frozenset({1, 2})
_OLD_MATRIX = frozenset({4, 5, 6, 7})


def file_findings(video: VideoFacts, seen: Survey, wanted: PictureWanted) -> Iterator[Finding]:
    """Yield what is wrong, or will be put right, with length, shape, rate and colours."""
    if video.frames <= 1 or (video.codec in _STILLS and seen.seconds == 0):
        yield Finding(kind="still_picture", severity="reject", message="it is a single picture, not a video")
        return
    yield from _length(video, seen, wanted)
    yield from _shape(video, seen, wanted)
    yield from _rate(video, wanted)
    for kind, text, is_found in _mended(video, seen):
        if is_found:
            yield Finding(kind=kind, severity="mend", message=text)


def _length(video: VideoFacts, seen: Survey, wanted: PictureWanted) -> Iterator[Finding]:
    lasts, asked = seen.seconds, wanted.seconds
    limit = asked * wanted.checks.picture.shortest
    told = f"it lasts {float(lasts):.1f} s instead of {float(asked):g} s"
    figures = {"measured": round(float(lasts), 3), "unit": "s"}
    if lasts < limit:
        yield Finding(kind="too_short", severity="reject", message=told, limit=float(limit), **figures)
    elif lasts < asked - 1 / max(video.frame_rate, Fraction(1)):
        yield Finding(
            kind="short", severity="mend", message=f"{told}: it is slowed down, or its end is held", **figures
        )
    elif lasts > asked + _UNSEEN_SECONDS:
        yield Finding(kind="long", severity="mend", message=f"{told}: it is cut", **figures)


def _shape(video: VideoFacts, seen: Survey, wanted: PictureWanted) -> Iterator[Finding]:
    shape, size, limits = shape_of(video, seen), wanted.size, wanted.checks.picture
    times = unlike(shape, size)
    told = f"its picture is {_shown(video, seen)}, where {size} is wanted"
    if times > limits.largest_crop and wanted.fit != "blur":
        figures = {"measured": round(float(times), 2), "limit": float(limits.largest_crop)}
        yield Finding(kind="wrong_shape", severity="reject", message=told, unit="times", **figures)
    elif times > UNSEEN_SHAPE:
        how = (
            "it is shown before a blurred copy of itself" if is_blurred(times, wanted.fit) else "its sides are cut off"
        )
        yield Finding(kind="another_shape", severity="mend", message=f"{told}: {how}", measured=round(float(times), 2))
    shown = _shown(video, seen)
    enlarged = max(Fraction(size.width, shown.width), Fraction(size.height, shown.height))
    if is_blurred(times, wanted.fit):
        enlarged = min(Fraction(size.width, shown.width), Fraction(size.height, shown.height))
    if enlarged > limits.largest_enlargement:
        message = f"its picture is {shown}: too small for {size}"
        yield Finding(kind="too_small", severity="reject", message=message, measured=round(float(enlarged), 2))
    elif enlarged > _UNSEEN_ENLARGEMENT:
        message = f"its picture is {shown}: it is enlarged {float(enlarged):.1f} times"
        yield Finding(kind="small", severity="note", message=message, measured=round(float(enlarged), 2))


def _rate(video: VideoFacts, wanted: PictureWanted) -> Iterator[Finding]:
    limit, rate = wanted.checks.picture.least_frame_rate, float(video.frame_rate)
    if rate < limit:
        message = f"it has only {rate:.3g} pictures a second"
        yield Finding(kind="slow_rate", severity="reject", message=message, measured=round(rate, 3), limit=limit)
    elif not video.is_constant_rate:
        yield Finding(kind="varying_rate", severity="mend", message="its frame rate varies: it is made constant")


def _mended(video: VideoFacts, seen: Survey) -> Iterator[tuple[str, str, bool]]:
    full = video.colour_range == "full"
    yield "hdr", "its colours are HDR: they are brought to what every screen shows", video.is_hdr
    is_wide = video.colour_space in _WIDE and not video.is_hdr
    yield "wide_colours", "its colours are BT.2020: they are brought to BT.709", is_wide
    yield "full_range", "its colours use the full range: they are brought to the limited one", full
    yield "old_matrix", "its colours are BT.601: they are brought to BT.709", video.colour_space in _OLD_MATRIX
    yield "interlaced", "it is interlaced: its lines are put together", seen.interlaced
    turned = bool(video.rotation)
    yield "rotated", f"it is to be turned by {video.rotation} degrees: it is shown upright", turned
    wide = float(video.pixel_aspect)
    yield "pixel_aspect", f"its pixels are {wide:.3g} times as wide as high", video.pixel_aspect != 1
    yield "bars", "it has black bars: they are cut off", bool(seen.bars)
    late = f"it is black until {float(seen.dark_until):.1f} s"
    yield "dark_opening", f"{late}: it starts later where its length allows", seen.dark_until > Fraction(1, 4)


def _shown(video: VideoFacts, seen: Survey) -> Size:
    """Return the size as seen, with square pixels and without bars."""
    shape, shown = shape_of(video, seen), video.shown
    down = shown.width if seen.turned % 180 else shown.height
    bars = seen.bars
    height = down * (1 - bars.top - bars.bottom)
    return Size(width=max(round(float(shape) * height), 1), height=max(round(height), 1))
