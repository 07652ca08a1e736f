"""Segments: each shot encoded once, in one fixed format, so that an episode is joined by copying streams.

The settings are measured, not habitual: x264's `ultrafast` with CABAC and the 8x8 transform back on needs 12 ms of CPU
a frame (1080x1920, 2 cores) where `veryfast` needs 26, at SSIM 0.983 to 0.986 (luma) against the unencoded frames.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from reelwright.errors import MediaError
from reelwright.fit import MIDDLE, FitPlan
from reelwright.media import ffmpeg
from reelwright.media.fit_filters import fit_filters
from reelwright.media.probe import VideoFacts, probe
from reelwright.recipe import OutputFormat

# The encoder writes what the frames say of themselves: a drawn segment and a fitted clip must say the same, or their
# headers differ and a player that joins them by copy stumbles.
_TAGGED = "setsar=1,setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
_STUMBLED = re.compile(r"error while decoding|Invalid NAL unit size|Error submitting packet|concealing \d")
_LEFT_OUT = re.compile(r"Error submitting packet")
_MOST_LEFT_OUT = 6
"""Pictures: more of them are no slip of the line but an oddity of the stream, which looks better as it is."""
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
    clip: Path,
    facts: VideoFacts,
    output: OutputFormat,
    frames: int,
    into: Path,
    *,
    burn: str | None = None,
    fitted: int | None = None,
    plan: FitPlan = MIDDLE,
    strict: bool = False,
) -> list[str]:
    """Build the command that fits a clip of any size, rate and range to the output as planned, and encodes it.

    A clip shorter than `frames` holds its last frame; a longer one is cut. `strict` leaves out every picture at which
    the decoder stumbles, and holds the one before for its time.
    """
    source = [*(["-err_detect", "explode"] if strict else []), "-i", str(clip)]
    chain = [*fit_filters(facts, output, fitted or frames, plan), *([burn] if burn else []), _TAGGED]
    return ["-y", *source, "-vf", ",".join(chain), *encode_arguments(output, frames), str(into)]


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


def encode_clip(
    clip: Path,
    output: OutputFormat,
    frames: int,
    into: Path,
    *,
    burn: str | None = None,
    fitted: int | None = None,
    plan: FitPlan = MIDDLE,
) -> None:
    """Encode a clip file to the segment `into`.

    `fitted` is to how many frames the clip is fitted, where `burn` cuts `frames` out of them.

    Raises:
        MediaError: the clip has no picture or cannot be decoded, or the segment does not hold exactly `frames` frames.
    """
    facts = probe(clip).video
    if facts is None:
        raise MediaError("The clip has no picture.")
    build = functools.partial(clip_arguments, clip, facts, output, frames, burn=burn, fitted=fitted, plan=plan)
    if _STUMBLED.search(ffmpeg.run(build(into))):
        _leave_out_damage(build, into)
    _count(into, frames)


def _leave_out_damage(build: Callable[..., list[str]], into: Path) -> None:
    """Encode once more without the damaged pictures, if they are few: the picture check looks at no B-frame."""
    again = into.with_suffix(".again.mp4")
    try:
        said = ffmpeg.run(build(again, strict=True))
        if 0 < len(_LEFT_OUT.findall(said)) <= _MOST_LEFT_OUT:
            again.replace(into)
    finally:
        again.unlink(missing_ok=True)


def _count(segment: Path, frames: int) -> None:
    facts = probe(segment).video
    found = facts.frames if facts else 0
    if found != frames:
        raise MediaError(f"The segment has {found} frames instead of {frames}.")
