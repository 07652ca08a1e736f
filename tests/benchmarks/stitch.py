"""What joining costs against copying a file of the same bytes: `python tests/benchmarks/stitch.py`."""

from __future__ import annotations

import shutil
import sys
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path

from measuring import compared, show

from reelwright.animatic.motion import motion_for
from reelwright.animatic.render import frames
from reelwright.media.delivery import deliver
from reelwright.media.loudness import Meter
from reelwright.media.segment import encode_drawn
from reelwright.media.stitch import stitch
from reelwright.recipe import Checks, OutputFormat

SHOTS, FRAMES, ROUNDS = 40, 60, 5


def main() -> None:
    """Measure and print."""
    shots = int(sys.argv[1]) if len(sys.argv) > 1 else SHOTS
    output = OutputFormat()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        segment, master, copied = (folder / file for file in ("segment.mp4", "master.mp4", "copied.mp4"))
        motion = motion_for("A castle on a hill in a snow storm", camera="pan-left")
        encode_drawn(frames(motion, size=output.pixels, frame_rate=30, frame_count=FRAMES), output, FRAMES, segment)
        encoded, plain = _silence(folder, shots * FRAMES * output.samples_per_frame)
        works: dict[str, Callable[[], object]] = {
            "stitch, sound ready": lambda: stitch([segment] * shots, encoded, master, frame_rate=30),
            "stitch, sound encoded": lambda: stitch([segment] * shots, plain, master, frame_rate=30),
            "copy of the master": lambda: shutil.copyfile(master, copied),
        }
        costs = compared(works, ROUNDS)
        megabytes = master.stat().st_size / 1e6
    base = costs["copy of the master"].wall
    rows = [
        (title, f"{cost.wall:.3f}", f"{cost.cpu:.3f}", f"{cost.wall / base:.1f}", f"{megabytes / cost.wall:.0f}")
        for title, cost in costs.items()
    ]
    seconds = shots * FRAMES // 30
    show(f"{shots} segments, {seconds} s, {megabytes:.0f} MB", ("", "wall s", "CPU s", "wall ratio", "MB/s"), rows)


def _silence(folder: Path, samples: int) -> tuple[Path, Path]:
    """Write silence of this length as AAC and as WAV."""
    raw, encoded, plain = folder / "raw", folder / "sound.m4a", folder / "sound.wav"
    raw.write_bytes(bytes(samples * 8))
    deliver(raw, Meter(), Checks(), encoded)
    with wave.open(str(plain), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(bytes(samples * 4))
    return encoded, plain


if __name__ == "__main__":
    main()
