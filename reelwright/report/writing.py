"""What the page is made of: frames of the episode and its takes, its waveform; and its place beside the video."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.errors import MediaError, StorageError
from reelwright.report.page import Pictures, render
from reelwright.report.pictures import thumbnail, thumbnail_of
from reelwright.vault import Vault, write_text_atomically

if TYPE_CHECKING:
    from PIL.Image import Image

REPORT = "report.html"
_BUCKETS = 900
_PIXELS = 40_000
"""Of one picture while there are few of them: 150 x 267."""
_ALL_PIXELS = 5_000_000
"""Of all pictures together: about a megabyte of JPEG."""


def write_report(vault: Vault, folder: Path) -> Path:
    """Write `report.html` for the episode that lies in `folder`; return its path.

    Raises:
        StorageError: there is no manifest, or the folder cannot be written.
        MediaError: the video cannot be read.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    except OSError as error:
        raise StorageError.of(error, "read the manifest") from error
    video = folder / "episode.mp4"
    pictures = _pictures(manifest, video, vault)
    write_text_atomically(render(manifest, pictures, _peaks(video)), folder / REPORT)
    return folder / REPORT


def _pictures(manifest: Mapping[str, Any], video: Path, vault: Vault) -> dict[int, Pictures]:
    shots, rate = manifest["shots"], manifest["recipe"]["output"]["frame_rate"]
    count = sum(2 + len(shot["clip"]["takes"]) for shot in shots)
    pixels = min(_PIXELS, _ALL_PIXELS // max(count, 1))
    middles = [Fraction(2 * shot["start_frame_number"] + shot["time"]["frames"], 2 * rate) for shot in shots]
    finished = _frames(video, middles)
    return {
        shot["number"]: Pictures(
            start_frame=thumbnail_of(vault, shot["start_frame"]["picture"]["sha256"], pixels),
            finished=thumbnail(frame, pixels) if frame else b"",
            takes=tuple(_of_take(take, vault, pixels) for take in shot["clip"]["takes"]),
        )
        for shot, frame in zip(shots, finished, strict=True)
    }


def _of_take(take: Mapping[str, Any], vault: Vault, pixels: int) -> bytes:
    if not take["media_type"].startswith("video/"):
        return b""
    # What the vault has lost since is left out: the report tells what there is.
    with contextlib.suppress(StorageError, MediaError):
        frame = next(iter(_frames(vault.path(take["sha256"]), [Fraction(1)])))
        return thumbnail(frame, pixels) if frame else b""
    return b""


def _frames(video: Path, moments: Sequence[Fraction]) -> list[Image | None]:
    """Return the first frame at or after each moment, in seconds; the last frame where the video is shorter."""
    import av  # noqa: PLC0415 - only who writes a report decodes

    found: list[Image | None] = []
    try:
        with av.open(str(video)) as container:
            stream = container.streams.video[0]
            for moment in moments:
                container.seek(int(moment * 1_000_000))
                found.append(_frame_at(container.decode(stream), moment))
    except (av.error.FFmpegError, IndexError) as error:
        raise MediaError(f"{video.name} cannot be read: {error}.") from error
    return found


def _frame_at(frames: Iterable[Any], moment: Fraction) -> Image | None:
    last = None
    for frame in frames:
        last = frame
        if frame.time is not None and frame.time >= float(moment):
            break
    image: Image | None = last.to_image() if last is not None else None
    return image


def _peaks(video: Path) -> list[float]:
    """Return the highest sample of each of 900 equal pieces of the sound, 0 to 1; nothing for a silent file."""
    import numpy as np  # noqa: PLC0415 - only who writes a report decodes

    samples = np.concatenate([np.zeros(0, np.float32), *_samples(video)])
    if not samples.size:
        return []
    pieces = np.array_split(np.abs(samples), min(_BUCKETS, samples.size))
    return [round(float(min(piece.max(), 1.0)), 3) for piece in pieces]


def _samples(video: Path) -> Iterator[Any]:
    import av  # noqa: PLC0415

    try:
        with av.open(str(video)) as container:
            for stream in container.streams.audio[:1]:
                # A few thousand samples a second show every syllable.
                mono = av.AudioResampler(format="flt", layout="mono", rate=8000)
                for frame in container.decode(stream):
                    for part in mono.resample(frame):
                        yield part.to_ndarray()[0]
    except av.error.FFmpegError as error:
        raise MediaError(f"{video.name} cannot be read: {error}.") from error
