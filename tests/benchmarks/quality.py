"""Likeness and cost of a frame by place and by encoder setting: `python tests/benchmarks/quality.py`.

Likeness is SSIM of luma (scikit-image) against the frames that were drawn, at full size.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import get_args

import av
import numpy as np
from measuring import Cost, cost_of, show
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from reelwright.animatic.motion import motion_for
from reelwright.animatic.render import frames
from reelwright.animatic.scene import Place
from reelwright.media import ffmpeg
from reelwright.media.segment import drawn_arguments
from reelwright.recipe import OutputFormat

FRAMES, STEP = 45, 6
PRESETS = ("ultrafast", "superfast", "veryfast")
OUTPUT = OutputFormat()

Plane = NDArray[np.uint8]


def main() -> None:
    """Measure and print."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        into = Path(name) / "segment.mp4"
        for place in get_args(Place):
            made = _drawn(f"{place} with a person, rain")
            rows.append(_row(place, "segment", made, drawn_arguments(OUTPUT, FRAMES, into), into))
        rows += [_row(place, f"x264 {preset}, crf 18", made, _plain(preset, into), into) for preset in PRESETS]
    show(
        f"{FRAMES} frames of {OUTPUT.size}",
        ("place", "encoder", "SSIM least", "SSIM mean", "CPU ms/frame", "Mbit/s"),
        rows,
    )


def _drawn(prompt: str) -> list[Plane]:
    motion = motion_for(prompt, camera="pan-left")
    made = frames(motion, size=OUTPUT.pixels, frame_rate=OUTPUT.frame_rate, frame_count=FRAMES)
    return [np.frombuffer(view, np.uint8).copy() for view in made]


def _plain(preset: str, into: Path) -> list[str]:
    source = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", OUTPUT.size, "-framerate", str(OUTPUT.frame_rate)]
    return ["-y", *source, "-i", "pipe:0", "-c:v", "libx264", "-preset", preset, "-crf", "18", str(into)]


def _row(place: str, encoder: str, made: list[Plane], arguments: list[str], into: Path) -> tuple[str, ...]:
    cost: Cost = cost_of(lambda: ffmpeg.run(arguments, frames=map(memoryview, made)))  # type: ignore[arg-type]
    shown = OUTPUT.pixels.width * OUTPUT.pixels.height
    alike = []
    with av.open(str(into)) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index % STEP == 0:
                luma = np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8).ravel()[:shown]
                alike.append(float(_ssim(luma, made[index][:shown])))
    megabits = into.stat().st_size * 8 * OUTPUT.frame_rate / FRAMES / 1e6
    figures = (
        f"{min(alike):.4f}",
        f"{statistics.mean(alike):.4f}",
        f"{cost.cpu / FRAMES * 1000:.1f}",
        f"{megabits:.1f}",
    )
    return (place, encoder, *figures)


def _ssim(one: Plane, other: Plane) -> float:
    shape = (OUTPUT.pixels.height, OUTPUT.pixels.width)
    return float(structural_similarity(one.reshape(shape), other.reshape(shape), data_range=219))  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
