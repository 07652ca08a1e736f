"""Small real clips that the servers answer with, encoded once a machine and kept."""

from __future__ import annotations

import functools
import hashlib
import io
import os
import tempfile
from pathlib import Path

from PIL import Image

from reelwright.media import ffmpeg

_VERSION = 1


@functools.cache
def small_clip(size: str = "720x1280", seconds: int = 4, *, sound: bool = True, opening: Path | None = None) -> bytes:
    """Return an MP4 (H.264, AAC) of `size` and `seconds` that moves and sounds; `opening` is its first picture."""
    shows = f"-of-{opening.stem}" if opening else ""
    path = _folder() / f"{size}-{seconds}-{'sound' if sound else 'silent'}{shows}-{_VERSION}.mp4"
    if not path.exists():
        part = path.with_suffix(f".{os.getpid()}.mp4")
        ffmpeg.run(_arguments(size, seconds, sound=sound, opening=opening, into=part))
        part.replace(path)  # two test runs may make it at once
    return path.read_bytes()


def opening_kept(picture: bytes | None) -> dict[str, str]:
    """Return what a job is to remember of the picture that its clip begins with; nothing of none."""
    return {} if picture is None else {"opening": str(keep_opening(picture))}


def keep_opening(picture: bytes) -> Path:
    """Keep the picture that a clip is to begin with, so that a server that is started anew has it, too."""
    path = _folder() / f"{hashlib.sha256(picture).hexdigest()[:16]}.png"
    if not path.exists():
        part = path.with_suffix(f".{os.getpid()}.png")
        with Image.open(io.BytesIO(picture)) as image:
            image.convert("RGB").save(part, compress_level=1)
        part.replace(path)
    return path


def _folder() -> Path:
    folder = Path(tempfile.gettempdir()) / f"reelwright-test-clips-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    return folder


def _arguments(size: str, seconds: int, *, sound: bool, opening: Path | None, into: Path) -> list[str]:
    picture, shown = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate=24:duration={seconds}"], "null"
    if opening:
        width, height = size.split("x")
        picture = ["-loop", "1", "-framerate", "24", "-t", str(seconds), "-f", "image2", "-i", str(opening)]
        shown = f"scale={width}*10/9:{height}*10/9,crop={width}:{height}:x=t*9:y=t*5,setsar=1"
    tone = ["-f", "lavfi", "-i", f"sine=frequency=330:sample_rate=48000:duration={seconds}"] if sound else []
    codecs = ["-vf", shown, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    codecs += ["-crf", "26" if opening else "38"]
    codecs += ["-c:a", "aac", "-b:a", "64k", "-shortest"] if sound else []
    return ["-y", *picture, *tone, *codecs, "-movflags", "+faststart", str(into)]
