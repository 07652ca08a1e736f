"""Small real clips that the servers answer with, encoded once a machine and kept."""

from __future__ import annotations

import functools
import os
import tempfile
from pathlib import Path

from reelwright.media import ffmpeg

_VERSION = 1


@functools.cache
def small_clip(size: str = "720x1280", seconds: int = 4, *, sound: bool = True) -> bytes:
    """Return an MP4 (H.264, AAC) of `size` and `seconds` that moves and sounds."""
    folder = Path(tempfile.gettempdir()) / f"reelwright-test-clips-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    path = folder / f"{size}-{seconds}-{'sound' if sound else 'silent'}-{_VERSION}.mp4"
    if not path.exists():
        part = path.with_suffix(f".{os.getpid()}.mp4")
        ffmpeg.run(_arguments(size, seconds, sound=sound, into=part))
        part.replace(path)  # two test runs may make it at once
    return path.read_bytes()


def _arguments(size: str, seconds: int, *, sound: bool, into: Path) -> list[str]:
    picture = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate=24:duration={seconds}"]
    tone = ["-f", "lavfi", "-i", f"sine=frequency=330:sample_rate=48000:duration={seconds}"] if sound else []
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "38", "-pix_fmt", "yuv420p"]
    codecs += ["-c:a", "aac", "-b:a", "64k", "-shortest"] if sound else []
    return ["-y", *picture, *tone, *codecs, "-movflags", "+faststart", str(into)]
