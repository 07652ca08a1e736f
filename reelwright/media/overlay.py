"""MoviePy clips over the picture: drawn frame by frame into a small lossless file, laid over in the one encode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.media import ffmpeg
from reelwright.media.captions.ass import escaped_path
from reelwright.media.compositions import Stage, composed
from reelwright.media.planes import to_planes
from reelwright.overlays import Layer
from reelwright.recipe import OutputFormat

_TO_YUV = "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int"


def overlay_filters(
    layers: Sequence[Layer], stage: Stage, into: Path, *, early: int, first: int, count: int
) -> list[str]:
    """Return the filters that lay a shot's overlays over a stream of `count` frames from its rendered frame `first`.

    Their frames are drawn into files named after `into`. `early` is how many rendered frames the shot's own follow.

    Raises:
        MediaError: a composition failed.
    """
    filters = []
    for number, layer in enumerate(layers):
        begin = max(early + layer.first, first)
        end = min(early + layer.first + layer.frames, first + count)
        if end <= begin:
            continue
        path = into.with_name(f"{into.stem}-{number}.mkv")
        left, top = _draw(layer, stage, begin - early - layer.first, end - begin, path)
        name = f"{into.stem}{number}"
        delay = f"setpts=PTS-STARTPTS+{begin - first}/{stage.output.frame_rate}/TB"
        laid = f"overlay={left}:{top}:format=yuv420:eof_action=pass"
        filters.append(f"null[m{name}];movie={escaped_path(path)},{delay}[o{name}];[m{name}][o{name}]{laid}")
    return filters


def pictures_of(clip: Any, output: OutputFormat, count: int) -> Iterator[memoryview]:
    """Yield `count` frames of a clip that fills the picture, as planar yuv420p of limited range in BT.709."""
    for index in range(count):
        moment = min((index + 0.5) / output.frame_rate, clip.duration - 1e-6)
        yield memoryview(to_planes(np.asarray(clip.get_frame(moment))[..., :3]).tobytes())


def _draw(layer: Layer, stage: Stage, first: int, count: int, into: Path) -> tuple[int, int]:
    """Draw frames `first` to `first + count` of an overlay; return where its upper left corner stands."""
    clip = composed(layer, stage)
    width, height = (int(side) for side in clip.size)
    left, top = _corner(clip, stage.size)
    # Chroma has half the picture's places: an even corner keeps colours where their edges are.
    pad_left, pad_top = left % 2, top % 2
    shape = ["-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", f"{width}x{height}"]
    even = f"pad={width + pad_left + (width + pad_left) % 2}:{height + pad_top + (height + pad_top) % 2}"
    chain = f"{even}:{pad_left}:{pad_top}:color=black@0,{_TO_YUV},format=yuva420p"
    ffmpeg.run(
        [
            *("-y", *shape, "-framerate", str(stage.output.frame_rate), "-i", "pipe:0", "-vf", chain),
            *("-c:v", "ffv1", "-level", "3", "-g", "1", "-f", "matroska", str(into)),
        ],
        frames=_frames(clip, stage.output.frame_rate, first, count),
    )
    return left - pad_left, top - pad_top


def _frames(clip: Any, rate: int, first: int, count: int) -> Iterator[bytes]:
    """Yield frames with their transparency; one is held at a time."""
    for index in range(first, first + count):
        # In the middle of the frame: rounding never takes the one before it.
        moment = min((index + 0.5) / rate, max(clip.duration - 1e-6, 0)) if clip.duration else (index + 0.5) / rate
        yield with_alpha(clip, moment).tobytes()


def with_alpha(clip: Any, moment: float) -> NDArray[np.uint8]:
    """Return a frame of a MoviePy clip as red, green, blue and how much is seen."""
    colours = np.asarray(clip.get_frame(moment))[..., :3].astype(np.uint8)
    if clip.mask is None:
        seen = np.full(colours.shape[:2], 255, np.uint8)
    else:
        seen = np.asarray(np.rint(np.clip(clip.mask.get_frame(moment), 0, 1) * 255), np.uint8)
    return np.dstack([colours, seen])


def _corner(clip: Any, size: tuple[int, int]) -> tuple[int, int]:
    """Return a clip's place at its beginning, as MoviePy reads positions: numbers, shares, or words."""
    place = clip.pos(0)
    place = (place, "center") if isinstance(place, str) and place in {"left", "right"} else place
    place = ("center", place) if isinstance(place, str) else place
    found = []
    for value, whole, own in zip(place, size, clip.size, strict=True):
        named = {"left": 0, "top": 0, "center": (whole - own) // 2, "right": whole - own, "bottom": whole - own}
        share = value * whole if clip.relative_pos and not isinstance(value, str) else value
        found.append(int(named[share] if isinstance(share, str) else share))
    return found[0], found[1]
