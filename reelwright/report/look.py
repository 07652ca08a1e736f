"""What the page shows, looked up in the files: small pictures of moments, and the waveform. A worker's job.

The process that runs a flow stays small: it never loads a decoder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from reelwright.errors import MediaError
from reelwright.report.pictures import inline, thumbnail, thumbnail_of
from reelwright.values import Value

if TYPE_CHECKING:
    from PIL.Image import Image

_BUCKETS = 900


class Looked(Value):
    """What was seen and heard. A picture is an address that holds a small JPEG; empty where there is none to see."""

    finished: tuple[str, ...]
    """Of the episode, one for each moment."""
    start_frames: tuple[str, ...]
    takes: tuple[str, ...]
    peaks: tuple[float, ...]
    """The highest sample of each of 900 equal pieces of the sound, 0 to 1; none for a silent file."""


class LookJob(Value):
    """Look at the episode, and at what it was made of."""

    job: Literal["look"] = "look"
    video: Path
    moments: tuple[Fraction, ...]
    """In the episode, in seconds."""
    start_frames: tuple[Path | None, ...]
    takes: tuple[Path | None, ...]
    """Clips, each seen a second after its start; what the vault has lost since is `None`, and is left out."""
    pixels: int
    """Of one picture, at most."""

    def perform(self) -> dict[str, Any]:
        """Look, in this process; return `Looked` as plain JSON.

        Raises:
            MediaError: the episode cannot be read.
        """
        looked = Looked(
            finished=tuple(self._small(frame) for frame in _frames(self.video, self.moments)),
            start_frames=tuple(
                inline(thumbnail_of(path, pixels=self.pixels)) if path else "" for path in self.start_frames
            ),
            takes=tuple(self._take(path) if path else "" for path in self.takes),
            peaks=tuple(_peaks(self.video)),
        )
        return looked.model_dump(mode="json")

    def _take(self, path: Path) -> str:
        try:
            return self._small(next(iter(_frames(path, [Fraction(1)]))))
        except MediaError:
            return ""  # a take may have been left because it cannot be read

    def _small(self, frame: Image | None) -> str:
        return inline(thumbnail(frame, self.pixels)) if frame else ""


def _frames(video: Path, moments: Sequence[Fraction]) -> list[Image | None]:
    """Return the first frame at or after each moment, in seconds; the last frame where the video is shorter."""
    import av  # noqa: PLC0415 - only the worker decodes

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
    import numpy as np  # noqa: PLC0415 - only the worker decodes

    samples = np.concatenate([np.zeros(0, np.float32), *_samples(video)])
    if not samples.size:
        return []
    pieces = np.array_split(np.abs(samples), min(_BUCKETS, samples.size))
    return [round(float(min(piece.max(), 1.0)), 3) for piece in pieces]


def _samples(video: Path) -> Iterator[Any]:
    import av  # noqa: PLC0415 - only the worker decodes

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
