"""A finished episode without the making of one: a real video of a few seconds, a manifest that vouches for it."""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reelwright.media import ffmpeg
from reelwright.media.probe import probe
from reelwright.stages.episode import MANIFEST
from reelwright.vault import sha256_of

TITLE = "Why bread goes stale"


@functools.cache
def _video(seconds: float, size: str, grain: int) -> bytes:
    """A moving picture with a tone: enough for every platform's rules, and some hundred kilobytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "episode.mp4"
        picture = f"testsrc2=size={size}:rate=30:duration={seconds},noise=alls={grain}:allf=t"
        arguments = ["-y", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"sine=440:duration={seconds}"]
        arguments += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ar", "48000"]
        ffmpeg.run([*arguments, "-movflags", "+faststart", str(path)])
        return path.read_bytes()


def episode_in(
    folder: Path,
    slug: str = "why-bread-goes-stale",
    *,
    seconds: float = 3.5,
    size: str = "540x960",
    grain: int = 8,
    cut: str = "",
    changes: Mapping[str, Any] | None = None,
) -> Path:
    """Return the folder of an episode. `cut` makes it another cut: other bytes, the same picture."""
    made = folder / slug
    made.mkdir(parents=True, exist_ok=True)
    free = len(cut) + 8
    extra = free.to_bytes(4, "big") + b"free" + cut.encode() if cut else b""  # a box that players step over
    (made / "episode.mp4").write_bytes(_video(seconds, size, grain) + extra)
    (made / "cover.jpg").write_bytes(_cover())
    (made / "captions.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:02.000\nBread does not dry out.\n", "utf-8")
    files = {name: sha256_of(made / name) for name in ("episode.mp4", "cover.jpg", "captions.vtt")}
    manifest: dict[str, Any] = {
        "schema": "reelwright.manifest/1",
        "made_with_ai": True,
        "files": files,
        "storyboard": {
            "title": TITLE,
            "description": "Its starch turns back into crystals.",
            "hashtags": ["#bread", "science"],
            "language": "en",
        },
        "master": {"facts": probe(made / "episode.mp4").to_json()},
    }
    (made / MANIFEST).write_text(json.dumps(manifest | dict(changes or {})), "utf-8")
    return made


@functools.cache
def _cover() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cover.jpg"
        ffmpeg.run(["-y", "-f", "lavfi", "-i", "color=c=orange:size=540x960", "-frames:v", "1", str(path)])
        return path.read_bytes()
