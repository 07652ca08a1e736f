"""The ffmpeg filters that fit a clip to the master: rate, colours, shape and length, as a plan says."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from reelwright.fit import MIDDLE, FitPlan, Window
from reelwright.media.probe import VideoFacts
from reelwright.recipe import OutputFormat
from reelwright.values import Size

_UNSAID = 2
"""`unspecified` in every table of ITU-T H.273."""
_NARROW, _WIDE_SPACES = frozenset({1, _UNSAID, 5, 6, 7}), frozenset({9, 10})
"""Primaries that are BT.709's or so near that no eye tells; matrices of BT.2020."""
# Diffuse white is 203 nits (ITU-R BT.2408): what SDR can show stays as it is, brighter light is rolled off. Without
# agamma=0 each channel of HLG gets the display's gamma by itself, and saturated colours leave the gamut.
_TO_SDR = (
    "zscale=transfer=linear:npl=203:agamma=0",
    "format=gbrpf32le",
    "zscale=primaries=bt709",
    "tonemap=mobius:param=0.7:peak=5:desat=0",
    "zscale=transfer=bt709:matrix=bt709:range=tv",
)
_TO_709 = "flags=bicubic:out_range=tv:out_color_matrix=bt709"
_BLURRED_AT, _BLUR, _DIMMED = 8, 5, "0.72"
"""The ground behind a picture in another shape: made at an eighth of the size, blurred by so many of its pixels, and
so bright that the picture stands out."""


def fit_filters(facts: VideoFacts, output: OutputFormat, frames: int, plan: FitPlan = MIDDLE) -> list[str]:
    """Return the filters that bring a clip to the output's rate, size, colours and exact number of frames."""
    rate = output.frame_rate
    # Pictures are repeated before they are made larger, and blended after: it is then the same work for any clip.
    repeated, blended = f"fps={rate}:start_time=0", f"framerate=fps={rate}:interp_start=12:interp_end=243:scene=9"
    return [
        *_lines(plan),
        *_part(facts, plan),
        *([] if plan.blended else [repeated]),
        *_colours(facts),
        *_upright(plan),
        *_framing(facts, output, plan),
        "format=yuv420p",
        *([blended] if plan.blended else []),
        "tpad=stop_mode=clone:stop=-1",
        f"trim=end_frame={frames}",
        f"setpts=N/({rate}*TB)",
    ]


def _lines(plan: FitPlan) -> Iterator[str]:
    """Make whole pictures of fields, one of each: what rate they are shown at is decided afterwards."""
    if plan.interlaced:
        yield "bwdif=mode=send_field:deint=all"


def _part(facts: VideoFacts, plan: FitPlan) -> Iterator[str]:
    """Cut out the part of the clip that is seen, and play it as fast as it shall be."""
    if not plan.start and plan.until is None and plan.speed == 1 and not plan.blended:
        return
    # A clock may round a frame's moment: half a frame before it is surely between two.
    early = 1 / (2 * (facts.frame_rate or Fraction(25)))
    yield "setpts=PTS-STARTPTS"
    begin = f"start={_seconds(max(plan.start - early, Fraction(0)))}" if plan.start else ""
    end = f"end={_seconds(plan.until - early)}" if plan.until is not None else ""
    if begin or end:
        yield "trim=" + ":".join(part for part in (begin, end) if part)
    speed = Fraction(plan.speed).limit_denominator(1_000_000)
    yield f"setpts=(PTS-STARTPTS)*{speed.denominator}/{speed.numerator}"


def _upright(plan: FitPlan) -> Iterator[str]:
    bars = plan.bars
    if bars:
        across, down = round(1 - bars.left - bars.right, 4), round(1 - bars.top - bars.bottom, 4)
        yield f"crop=iw*{across}:ih*{down}:iw*{bars.left}:ih*{bars.top}"
    yield from {0: (), 90: ("transpose=clock",), 180: ("hflip", "vflip"), 270: ("transpose=cclock",)}[plan.turned]
    if plan.mirrored:
        yield "hflip"


def _framing(facts: VideoFacts, output: OutputFormat, plan: FitPlan) -> list[str]:
    size = output.pixels
    if plan.blurred:
        return [_before_itself(_sized(facts, plan, size, whole=True), size)]
    filled = _sized(facts, plan, size)
    left, top = filled.width - size.width, filled.height - size.height
    place = f":{_place(plan, left, output, 'x')}:{_place(plan, top, output, 'y')}" if plan.windows else ""
    return [f"scale={filled.width}:{filled.height}:{_TO_709}", f"crop={size.width}:{size.height}{place}"]


def _sized(facts: VideoFacts, plan: FitPlan, wanted: Size, *, whole: bool = False) -> Size:
    """Return the size to which a clip, as it is shown (turned, with square pixels), is scaled to fill `wanted`.

    `whole`: to stand in it as a whole.
    """
    across, down = facts.size.width * facts.pixel_aspect, Fraction(facts.size.height)
    if facts.rotation % 180:
        across, down = down, across
    across *= 1 - Fraction(str(round(plan.bars.left + plan.bars.right, 4)))
    down *= 1 - Fraction(str(round(plan.bars.top + plan.bars.bottom, 4)))
    if plan.turned % 180:
        across, down = down, across
    times = (wanted.width / across, wanted.height / down)
    scale, bound = (min(times), min) if whole else (max(times), max)
    # Even sides: the cut then falls on whole chroma pixels.
    sides = (bound(round(side * scale / 2) * 2, most) for side, most in ((across, wanted.width), (down, wanted.height)))
    return Size(**dict(zip(("width", "height"), sides, strict=True)))


def _place(plan: FitPlan, room: int, output: OutputFormat, axis: str) -> str:
    """Return the expression of the cut's left or top edge: a number, or one for each scene."""
    length = output.pixels.width if axis == "x" else output.pixels.height
    edges = [_edge(window, room, length, axis) for window in plan.windows]
    said = str(edges[-1])
    for window, edge in reversed(list(zip(plan.windows[1:], edges[:-1], strict=True))):
        # A frame shows the clip's picture that is nearest in time: the first of a scene is the one of this number.
        first = round((window.since - plan.start) / plan.speed * output.frame_rate)
        said = f"if(lt(t,{_seconds(Fraction(2 * first - 1, 2 * output.frame_rate))}),{edge},{said})"
    return f"{axis}={said}" if said.isdecimal() else f"{axis}='{said}'"


def _edge(window: Window, room: int, length: int, axis: str) -> int:
    middle = window.x if axis == "x" else window.y
    return min(max(round((middle * (room + length) - length / 2) / 2) * 2, 0), room)


def _before_itself(shown: Size, size: Size) -> str:
    """Return the graph that sets a picture, scaled to stand in the master as a whole, before a blurred copy of it."""
    low = Size(width=-(-size.width // _BLURRED_AT), height=-(-size.height // _BLURRED_AT))
    left, top = (size.width - shown.width) // 4 * 2, (size.height - shown.height) // 4 * 2
    return (
        f"scale={shown.width}:{shown.height}:{_TO_709},setsar=1,split[sharp][soft];"
        f"[soft]scale={low.width}:{low.height}:force_original_aspect_ratio=increase:flags=area,"
        f"crop={low.width}:{low.height},gblur=sigma={_BLUR}:steps=2,lutyuv=y=16+(val-16)*{_DIMMED},"
        f"scale={size.width}:{size.height}:flags=bicubic,setsar=1[ground];"
        f"[ground][sharp]overlay=x={left}:y={top}:format=yuv420"
    )


def _colours(facts: VideoFacts) -> list[str]:
    """Return the filters that say what a clip leaves unsaid, as players assume it, and bring wide colours to BT.709."""
    is_wide = facts.colour_primaries not in _NARROW or facts.colour_space in _WIDE_SPACES
    # Untagged pictures are BT.601 up to the height of PAL and BT.709 above, as mpv and browsers read them.
    is_large = facts.size.width >= 1280 or facts.size.height > 576  # noqa: PLR2004 - the sizes in that rule
    assumed = "bt2020nc" if is_wide or facts.is_hdr else "bt709" if is_large else "smpte170m"
    unsaid = {
        "range=tv": facts.colour_range == "unknown",
        f"colorspace={assumed}": facts.colour_space == _UNSAID,
        f"color_primaries={'bt2020' if facts.is_hdr else 'bt709'}": facts.colour_primaries == _UNSAID,
        "color_trc=bt709": facts.colour_transfer == _UNSAID,
    }
    said = [f"setparams={':'.join(name for name, is_unsaid in unsaid.items() if is_unsaid)}"] * any(unsaid.values())
    if facts.is_hdr:
        return [*said, *_TO_SDR]
    return [*said, "zscale=primaries=bt709:transfer=bt709:matrix=bt709:range=tv"] if is_wide else said


def _seconds(moment: Fraction) -> str:
    return f"{float(moment):.6f}"
