"""What a media file really is, as frozen facts. Read with PyAV: the ffmpeg wheel carries no ffprobe."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream as AvAudio
from av.error import FFmpegError
from av.video.stream import VideoStream as AvVideo
from PIL import Image, UnidentifiedImageError

from reelwright.errors import MediaError
from reelwright.values import Exact, Size, Value

_RANGES = {0: "unknown", 1: "limited", 2: "full"}


class VideoFacts(Value):
    """One video stream."""

    codec: str
    profile: str
    size: Size
    """Stored pixels, before rotation."""
    rotation: int
    """Degrees to turn for display: 0, 90, 180 or 270."""
    pixel_format: str
    colour_range: str
    colour_space: int
    """ITU-T H.273 matrix coefficients; 1 is BT.709."""
    colour_primaries: int
    colour_transfer: int
    """ITU-T H.273 transfer; 16 is PQ and 18 is HLG, both HDR."""
    frame_rate: Exact
    frames: int
    """As the container counts them; 0 when it does not."""
    seconds: Exact
    start_seconds: Exact
    time_base: Exact
    header_sha256: str
    """Of the codec's private data: equal for streams that can be joined by copy."""

    @property
    def is_hdr(self) -> bool:
        """Whether the picture is tagged PQ or HLG."""
        return self.colour_transfer in {16, 18}

    @property
    def shown(self) -> Size:
        """Size as displayed, after rotation."""
        turned = self.rotation % 180 != 0
        return Size(width=self.size.height, height=self.size.width) if turned else self.size


class AudioFacts(Value):
    """One audio stream."""

    codec: str
    rate: int
    channels: int
    seconds: Exact
    start_seconds: Exact


class MediaFacts(Value):
    """A file: its container, and its first video and audio stream where there are any."""

    container: str
    size_bytes: int
    seconds: Exact
    video: VideoFacts | None = None
    audio: AudioFacts | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, for `Asset.facts`."""
        return self.model_dump(mode="json", exclude_none=True)


def probe(path: Path) -> MediaFacts:
    """Read a video or audio file's facts without decoding it.

    Raises:
        MediaError: not a media file, empty, or cut off before its index.
    """
    size = path.stat().st_size
    if not size:
        raise MediaError("The file has no bytes.")
    try:
        with av.open(str(path)) as container:
            video = next((_video(stream) for stream in container.streams.video), None)
            audio = next((_audio(stream) for stream in container.streams.audio), None)
            seconds = Fraction(container.duration or 0, av.time_base)
            name = container.format.name
    except (FFmpegError, ValueError, OSError) as error:
        raise MediaError(f"The file is no video or sound that can be read: {_reason(path, error)}.") from error
    longest = max((facts.seconds for facts in (video, audio) if facts), default=seconds)
    return MediaFacts(container=name, size_bytes=size, seconds=longest or seconds, video=video, audio=audio)


def image_size(path: Path) -> Size:
    """Return the size of a picture file.

    Raises:
        MediaError: not a picture that Pillow can read.
    """
    try:
        with Image.open(path) as image:
            return Size(width=image.width, height=image.height)
    except (UnidentifiedImageError, OSError) as error:
        raise MediaError(f"The file is no picture that can be read: {_reason(path, error)}.") from error


def _video(stream: AvVideo) -> VideoFacts:
    context = stream.codec_context
    rate = stream.average_rate or stream.guessed_rate or stream.base_rate or Fraction(0)
    return VideoFacts(
        codec=context.name,
        profile=str(context.profile or ""),
        size=Size(width=max(context.width, 1), height=max(context.height, 1)),
        rotation=_rotation(stream),
        pixel_format=str(context.pix_fmt or ""),
        colour_range=_RANGES.get(int(context.color_range), "unknown"),
        colour_space=int(context.colorspace),
        colour_primaries=int(context.color_primaries),
        colour_transfer=int(context.color_trc),
        frame_rate=Fraction(rate),
        frames=stream.frames,
        seconds=_seconds(stream),
        start_seconds=Fraction(stream.start_time or 0) * (stream.time_base or 0),
        time_base=Fraction(stream.time_base or 0),
        header_sha256=hashlib.sha256(context.extradata or b"").hexdigest(),
    )


def _audio(stream: AvAudio) -> AudioFacts:
    return AudioFacts(
        codec=stream.codec_context.name,
        rate=stream.codec_context.sample_rate,
        channels=stream.codec_context.layout.nb_channels,
        seconds=_seconds(stream),
        start_seconds=Fraction(stream.start_time or 0) * (stream.time_base or 0),
    )


def _seconds(stream: AvVideo | AvAudio) -> Fraction:
    if stream.duration and stream.time_base:
        return Fraction(stream.duration) * stream.time_base
    return Fraction(getattr(stream.container, "duration", None) or 0, av.time_base)


def _rotation(stream: AvVideo) -> int:
    for side in getattr(stream, "side_data", None) or ():
        if "DISPLAYMATRIX" in str(side).upper():
            return 0
    return int(float(stream.metadata.get("rotate", 0))) % 360


def _reason(path: Path, error: Exception) -> str:
    head = path.read_bytes()[:64].lstrip().lower()
    if head.startswith((b"<!doctype", b"<html")):
        return "it is an HTML page"
    if head.startswith((b"{", b"[")):
        return "it is JSON"
    return str(getattr(error, "strerror", "") or error).rstrip(".")
