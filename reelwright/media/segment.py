"""Segments: each shot encoded once, in one fixed format, so that an episode is joined by copying streams.

The settings are measured, not habitual: x264's `ultrafast` with CABAC and the 8x8 transform back on needs 12 ms of CPU
a frame (1080x1920, 2 cores) where `veryfast` needs 26, at SSIM 0.983 to 0.986 (luma) against the unencoded frames.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from reelwright.errors import MediaError
from reelwright.media import ffmpeg
from reelwright.media.probe import VideoFacts, probe
from reelwright.recipe import OutputFormat
from reelwright.values import Size

# The encoder writes what the frames say of themselves: a drawn segment and a fitted clip must say the same, or their
# headers differ and a player that joins them by copy stumbles.
_TAGGED = "setsar=1,setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
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
_X264 = "cabac=1:8x8dct=1:partitions=i4x4,i8x8:deblock=0,0"


def drawn_arguments(output: OutputFormat, frames: int, into: Path, *, burn: str | None = None) -> list[str]:
    """Build the command that encodes raw yuv420p frames (BT.709, limited) of the output's size from standard input.

    `burn` is a filter that draws on the frames, e.g. `reelwright.media.captions.burn_filter`.
    """
    source = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-color_range", "tv", "-colorspace", "bt709"]
    source += ["-video_size", output.size, "-framerate", str(output.frame_rate), "-i", "pipe:0"]
    return [
        "-y",
        *source,
        "-vf",
        ",".join([*([burn] if burn else []), _TAGGED]),
        *encode_arguments(output, frames),
        str(into),
    ]


def clip_arguments(
    clip: Path, facts: VideoFacts, output: OutputFormat, frames: int, into: Path, *, burn: str | None = None
) -> list[str]:
    """Build the command that fits a clip of any size, rate and range to the output, cropped to fill, and encodes it.

    A clip shorter than `frames` holds its last frame; a longer one is cut.
    """
    chain = [*fit_filters(facts, output, frames), *([burn] if burn else []), _TAGGED]
    return ["-y", "-i", str(clip), "-vf", ",".join(chain), *encode_arguments(output, frames), str(into)]


def fit_filters(facts: VideoFacts, output: OutputFormat, frames: int) -> list[str]:
    """Return the filters that bring a clip to the output's rate, size, colours and exact number of frames."""
    width, height = output.pixels.width, output.pixels.height
    filled = _filling(facts, output.pixels)
    return [
        f"fps={output.frame_rate}:start_time=0",
        *_colours(facts),
        f"scale={filled.width}:{filled.height}:flags=bicubic:out_range=tv:out_color_matrix=bt709",
        f"crop={width}:{height}",
        "format=yuv420p",
        "tpad=stop_mode=clone:stop=-1",
        f"trim=end_frame={frames}",
        f"setpts=N/({output.frame_rate}*TB)",
    ]


def _filling(facts: VideoFacts, wanted: Size) -> Size:
    """Return the size to which a clip, as it is shown (turned, with square pixels), is scaled to fill `wanted`."""
    across, down = facts.size.width * facts.pixel_aspect, Fraction(facts.size.height)
    if facts.rotation % 180:
        across, down = down, across
    larger = max(wanted.width / across, wanted.height / down)
    # Even sides: the crop then falls on whole chroma pixels.
    sides = (max(round(side * larger / 2) * 2, most) for side, most in ((across, wanted.width), (down, wanted.height)))
    return Size(**dict(zip(("width", "height"), sides, strict=True)))


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


def encode_arguments(output: OutputFormat, frames: int) -> list[str]:
    """Return the one set of encoder options that every segment of this output shares."""
    half_second = output.frame_rate // 2
    return [
        *("-an", "-sn", "-dn", "-map_metadata", "-1", "-frames:v", str(frames), "-r", str(output.frame_rate)),
        *("-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "high", "-pix_fmt", "yuv420p"),
        *("-crf", "18", "-maxrate", "20M", "-bufsize", "40M", "-x264-params", _X264, "-threads", "2"),
        # A closed group of pictures of half a second with two B-frames: what YouTube asks for, and exact cuts.
        *("-bf", "2", "-g", str(half_second), "-keyint_min", str(half_second), "-sc_threshold", "0", "-flags", "+cgop"),
        *("-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
        # Whole frames in every clock of the file: the default movie clock counts milliseconds and would round.
        *("-video_track_timescale", str(output.frame_rate * 512), "-movie_timescale", str(output.frame_rate * 512)),
        *("-fflags", "+bitexact", "-f", "mp4"),
    ]


def encode_drawn(
    pictures: Iterable[memoryview], output: OutputFormat, frames: int, into: Path, *, burn: str | None = None
) -> None:
    """Encode drawn frames to the segment `into`.

    Raises:
        MediaError: ffmpeg failed, or the segment does not hold exactly `frames` frames.
    """
    ffmpeg.run(drawn_arguments(output, frames, into, burn=burn), frames=pictures)
    _count(into, frames)


def encode_clip(clip: Path, output: OutputFormat, frames: int, into: Path, *, burn: str | None = None) -> None:
    """Encode a clip file to the segment `into`.

    Raises:
        MediaError: the clip has no picture or cannot be decoded, or the segment does not hold exactly `frames` frames.
    """
    facts = probe(clip).video
    if facts is None:
        raise MediaError("The clip has no picture.")
    ffmpeg.run(clip_arguments(clip, facts, output, frames, into, burn=burn))
    _count(into, frames)


def _count(segment: Path, frames: int) -> None:
    facts = probe(segment).video
    found = facts.frames if facts else 0
    if found != frames:
        raise MediaError(f"The segment has {found} frames instead of {frames}.")
