"""What the picture check of a vendor's clip costs against its encode: 8 s of 1080x1920 at 24 frames a second.

Run by hand: `python tests/benchmarks/picture_check.py [ROUNDS]`. The last column is what counts: at most 0.15.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from measuring import compared, show_costs

from reelwright.animatic.motion import motion_for
from reelwright.animatic.render import frames, start_frame_png
from reelwright.checks.picture import check_picture
from reelwright.checks.picture_values import PictureWanted
from reelwright.media import ffmpeg
from reelwright.media.probe import probe
from reelwright.media.segment import encode_clip
from reelwright.recipe import OutputFormat

SECONDS, RATE, ROUNDS = 8, 24, 3
PROMPT = "A castle on a hill in a snow storm"
VENDOR = ("-c:v", "libx264", "-preset", "medium", "-b:v", "10M", "-maxrate", "14M", "-bufsize", "20M")


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    output = OutputFormat()
    with tempfile.TemporaryDirectory() as name:
        clip, start, into = (Path(name) / part for part in ("clip.mp4", "start.png", "segment.mp4"))
        _film(clip, output)
        start.write_bytes(start_frame_png(motion_for(PROMPT).scene, output.pixels))
        plain = PictureWanted(seconds=Fraction(SECONDS), size=output.pixels)
        with_start = plain.model_copy(update={"start_frame": start})
        works: dict[str, Callable[[], object]] = {
            "encode": lambda: encode_clip(clip, output, SECONDS * output.frame_rate, into),
            "probe": lambda: probe(clip),
            "picture check": lambda: check_picture(clip, plain),
            "picture check, start frame": lambda: check_picture(clip, with_start),
            "picture check, vendor's mark": lambda: check_picture(
                clip, with_start.model_copy(update={"corner": "bottom-right"})
            ),
        }
        costs = compared(works, rounds)
    show_costs(f"{SECONDS} s of {output.size}, {rounds} rounds", costs, against="encode", frames=SECONDS * RATE)


def _film(into: Path, output: OutputFormat) -> None:
    """Encode a clip as vendors do: 10 Mbit/s, B-frames, a little noise."""
    motion = motion_for(PROMPT, camera="pan-left")
    drawn = frames(motion, size=output.pixels, frame_rate=RATE, frame_count=SECONDS * RATE)
    source = [
        "-f",
        "rawvideo",
        "-pix_fmt",
        "yuv420p",
        "-video_size",
        output.size,
        "-framerate",
        str(RATE),
        "-i",
        "pipe:0",
    ]
    ffmpeg.run(["-y", *source, "-vf", "noise=alls=3:allf=t", *VENDOR, str(into)], frames=drawn)


if __name__ == "__main__":
    main()
