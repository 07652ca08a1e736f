"""The last picture of a shot without its captions, as PNG: what the next shot may start from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reelwright.errors import MediaError
from reelwright.fit import MIDDLE, FitPlan
from reelwright.media import ffmpeg
from reelwright.media.fit_filters import fit_filters
from reelwright.media.probe import probe
from reelwright.recipe import OutputFormat

# Without these flags swscale rounds every colour down by one, and a chain of continued shots would darken.
_TO_RGB = (
    "scale=in_color_matrix=bt709:in_range=tv:out_range=pc:flags=bilinear+accurate_rnd+full_chroma_int,format=rgb24"
)
_ONE = ["-frames:v", "1", "-f", "image2"]


def of_clip(clip: Path, output: OutputFormat, frames: int, into: Path, *, plan: FitPlan = MIDDLE) -> None:
    """Write the picture that frame `frames - 1` of the clip's segment shows.

    Raises:
        MediaError: the clip has no picture or cannot be decoded.
    """
    facts = probe(clip).video
    if facts is None:
        raise MediaError("The clip has no picture.")
    chain = ",".join([*fit_filters(facts, output, frames, plan), f"select=eq(n\\,{frames - 1})", _TO_RGB])
    ffmpeg.run(["-y", "-i", str(clip), "-an", "-vf", chain, "-fps_mode", "passthrough", *_ONE, str(into)])
    if not into.exists() or not into.stat().st_size:
        raise MediaError("The clip has no last picture.")


def of_drawn(pictures: Iterable[memoryview], output: OutputFormat, into: Path) -> None:
    """Write the first of `pictures`, planar yuv420p in BT.709 and limited range.

    Raises:
        MediaError: ffmpeg failed.
    """
    shape = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", output.size, "-r", "1", "-i", "-"]
    ffmpeg.run(["-y", *shape, "-vf", _TO_RGB, *_ONE, str(into)], frames=pictures)
