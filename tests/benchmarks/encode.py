"""What a segment costs against decoding and encoding the same clip with x264 `veryfast`.

Run by hand: `python tests/benchmarks/encode.py [ROUNDS]`. The ratio is what counts: all run in turns on one machine.
A drawn segment paints its frames, too.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from measuring import compared, show_costs

from reelwright.animatic.motion import motion_for
from reelwright.animatic.render import frames
from reelwright.media import ffmpeg
from reelwright.media.captions.ass import ass_document, burn_filter
from reelwright.media.captions.fonts import font_folder
from reelwright.media.captions.layout import layout
from reelwright.media.segment import encode_clip, encode_drawn
from reelwright.recipe import Captions, OutputFormat
from reelwright.timing import estimate_words

SECONDS, ROUNDS = 6, 3
PROMPT, WORDS = "A castle on a hill in a snow storm", "Fresh bread is soft in the morning and hard as a brick by night"


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    output = OutputFormat()
    count = SECONDS * output.frame_rate
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip, into = folder / "clip.mp4", folder / "segment.mp4"
        motion = motion_for(PROMPT, camera="pan-left")
        encode_drawn(frames(motion, size=output.pixels, frame_rate=30, frame_count=count), output, count, clip)
        burn = _burn(folder, output, count)
        baseline = ["-y", "-i", str(clip), "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-an", str(into)]
        works: dict[str, Callable[[], object]] = {
            "ffmpeg, decode + veryfast": lambda: ffmpeg.run(baseline),
            "clip": lambda: encode_clip(clip, output, count, into),
            "clip, captions": lambda: encode_clip(clip, output, count, into, burn=burn),
            "drawn, captions": lambda: encode_drawn(
                frames(motion, size=output.pixels, frame_rate=30, frame_count=count), output, count, into, burn=burn
            ),
        }
        costs = compared(works, rounds)
    title = f"{count} frames of {output.size}, {rounds} rounds"
    show_costs(title, costs, against="ffmpeg, decode + veryfast", frames=count)


def _burn(folder: Path, output: OutputFormat, count: int) -> str:
    seconds = output.frames_for(count // output.frame_rate) // output.frame_rate
    cues = layout(estimate_words(WORDS, seconds), seconds, Captions(), output)
    document = folder / "captions.ass"
    document.write_text(ass_document(cues, Captions(), output), "utf-8")
    return burn_filter(document, font_folder(folder / "fonts", WORDS))


if __name__ == "__main__":
    main()
