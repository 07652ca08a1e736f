"""Plan how a clip is fitted to its shot: pure functions of what is known of the clip. See `FitPlan`.

Rate: what differs by less than half a percent, or is a whole multiple, is shown picture by picture. Between 24 and 30
frames a second, pictures have to be repeated; where the whole picture glides slowly, the eye sees that as judder, and
each is blended of its neighbours instead. Where it moves fast or in parts, blending would show everything twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from reelwright.checks.picture_values import Scene, Survey
from reelwright.fit import Fit, FitPlan, Window
from reelwright.media.probe import VideoFacts
from reelwright.recipe import OutputFormat
from reelwright.values import Size

UNSEEN_SHAPE = Fraction(102, 100)
"""A shape that differs by less is cut at the sides, and nobody speaks of it."""
_LARGEST_AUTO_CROP = 2
_UNSEEN_RATE = Fraction(1, 200)
_LONGEST_STEP, _SHORTEST_STEP = 5.0, 0.4
"""Pixels of the master from one picture of the clip to the next: between them blending is smooth, and worth it."""
_FLASH = Fraction(3, 5)
"""The rest of a scene shorter than this, in seconds, is a flash before the cut to the next shot."""
_SLOWER, _FASTER = Fraction(94, 100), Fraction(104, 100)
"""How far the speed may be bent for a better end; nobody sees it."""
_UNSEEN_HOLD = 3
"""Frames: so long the last picture is held rather than all of them slowed down."""


def plan_fit(video: VideoFacts, seen: Survey, output: OutputFormat, frames: int, *, in_time: bool = False) -> FitPlan:
    """Return how a clip is fitted to a shot of so many frames.

    `in_time` keeps it in time with its own sound: it starts at its beginning and is played as fast as it was made.
    """
    needed = Fraction(frames, output.frame_rate)
    start, until, speed = _held(seen, needed) if in_time else _chosen(video, seen, output, needed)
    shape, size = shape_of(video, seen), output.pixels
    blurred = is_blurred(unlike(shape, size), output.fit)
    return FitPlan(
        start=start,
        until=until,
        speed=speed,
        blended=_is_blended(video, seen, output, speed),
        blurred=blurred,
        windows=() if blurred or seen.turned else tuple(_windows(seen, size)),
        bars=seen.bars,
        turned=seen.turned,
        mirrored=seen.mirrored,
        interlaced=seen.interlaced,
    )


def shape_of(video: VideoFacts, seen: Survey) -> Fraction:
    """Return width over height of what is really seen: with square pixels, turned, without its bars."""
    across, down = video.size.width * video.pixel_aspect, Fraction(video.size.height)
    if video.rotation % 180:
        across, down = down, across
    across *= _rest(seen.bars.left, seen.bars.right)
    down *= _rest(seen.bars.top, seen.bars.bottom)
    return down / across if seen.turned % 180 else across / down


def unlike(shape: Fraction, size: Size) -> Fraction:
    """Return how many times wider or higher than `size` a shape is."""
    return max(shape / size.aspect, size.aspect / shape)


def is_blurred(times: Fraction, fit: Fit) -> bool:
    """Whether a clip that is so many times too wide or too high is shown whole, before a blurred copy of itself."""
    return times > UNSEEN_SHAPE and (fit == "blur" or (fit == "auto" and times > _LARGEST_AUTO_CROP))


def last_seen(plan: FitPlan, output: OutputFormat, frames: int) -> Fraction:
    """Return the moment of the clip, in seconds, that the last of so many frames shows."""
    moment = plan.start + Fraction(frames - 1, output.frame_rate) * plan.speed
    return moment if plan.until is None else min(moment, plan.until)


def _rest(one: float, other: float) -> Fraction:
    return 1 - Fraction(str(round(one + other, 4)))


# --- Which part, and how fast


def _held(seen: Survey, needed: Fraction) -> tuple[Fraction, Fraction | None, Fraction]:
    """Return start, end and speed of a clip that stays in time: only the flash of a scene at its end is kept away."""
    return Fraction(0), _before_flash(seen, Fraction(0), needed), Fraction(1)


def _chosen(
    video: VideoFacts, seen: Survey, output: OutputFormat, needed: Fraction
) -> tuple[Fraction, Fraction | None, Fraction]:
    """Return start, end and speed of a clip that nothing keeps in time."""
    start = _start(seen, needed)
    rest = seen.seconds - start
    flash = _before_flash(seen, start, needed)
    ends = rest if flash is None else flash - start
    if ends < needed:
        missing = needed - ends
        is_short = missing * output.frame_rate <= _UNSEEN_HOLD
        return start, flash, Fraction(1) if is_short else max(ends / needed, output.slowest)
    if _fits(video.frame_rate, output.frame_rate):
        return start, None, Fraction(1)  # picture by picture: another speed would break that
    end = min(_natural(seen, start, needed), key=lambda moment: abs(moment - start - needed), default=start + needed)
    return start, None, (end - start) / needed


def _start(seen: Survey, needed: Fraction) -> Fraction:
    """Return where to begin: behind a black opening, and behind a scene that is gone at once, if enough is left."""
    start = seen.dark_until if seen.seconds - seen.dark_until >= needed else Fraction(0)
    for before, after in pairwise(seen.scenes):
        is_flash = before.last - start < _FLASH and before.last > start
        if is_flash and seen.seconds - after.first >= needed:
            start = after.first
    return start


def _before_flash(seen: Survey, start: Fraction, needed: Fraction) -> Fraction | None:
    """Return the cut before the end, if what follows it until then is only a flash; `None`: there is none."""
    end = start + needed
    cuts = [before.last for before, after in pairwise(seen.scenes) if after.first < end and end - after.first < _FLASH]
    return next((cut for cut in cuts if cut > start + needed / 2), None)


def _natural(seen: Survey, start: Fraction, needed: Fraction) -> Iterator[Fraction]:
    """Yield the moments near the needed end at which a cut is hardly felt: another scene begins, or nothing moves."""
    low, high = start + needed * _SLOWER, start + needed * _FASTER
    cuts = [scene.last for scene in seen.scenes if low <= scene.last <= high and scene.last <= seen.seconds]
    crossed = [cut for cut in cuts if cut < start + needed]
    moments = crossed or cuts or [moment for moment in seen.calm if low <= moment <= min(high, seen.seconds)]
    yield from moments


# --- Rate


def _fits(rate: Fraction, wanted: int) -> bool:
    """Whether pictures of this rate need not be repeated or left out unevenly."""
    times = max(rate / wanted, wanted / rate) if rate else Fraction(1)
    return abs(times - round(times)) <= _UNSEEN_RATE * times


def _is_blended(video: VideoFacts, seen: Survey, output: OutputFormat, speed: Fraction) -> bool:
    rate = video.frame_rate * speed
    if seen.glide is None or not video.is_constant_rate or seen.interlaced or _fits(rate, output.frame_rate):
        return False
    step = seen.glide * output.pixels.width / float(video.frame_rate)
    return _SHORTEST_STEP <= step <= _LONGEST_STEP


# --- Shape


def _windows(seen: Survey, size: Size) -> Iterator[Window]:
    """Yield where each scene is cut out; nothing where all are cut out in the middle."""
    if seen.aspect != size.aspect or all(scene.subject is None for scene in seen.scenes):
        return
    for scene in seen.scenes:
        x, y = _inside(scene, seen)
        yield Window(since=scene.first, x=x, y=y)


def _inside(scene: Scene, seen: Survey) -> tuple[float, float]:
    """Return the middle of a scene's window as shares of the picture without its bars."""
    x, y = scene.subject or (0.5, 0.5)
    bars = seen.bars
    across, down = 1 - bars.left - bars.right, 1 - bars.top - bars.bottom
    inside = ((x - bars.left) / across, (y - bars.top) / down)
    return round(min(max(inside[0], 0.0), 1.0), 4), round(min(max(inside[1], 0.0), 1.0), 4)
