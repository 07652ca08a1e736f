"""What a media file really is, as frozen facts. Read with PyAV: the ffmpeg wheel carries no ffprobe."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream as AvAudio
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream as AvVideo
from PIL import Image, UnidentifiedImageError

from reelwright.errors import MediaError
from reelwright.values import Exact, Size, Value

_RANGES = {0: "unknown", 1: "limited", 2: "full"}

Watch = Callable[["Packet[AvVideo]"], Sequence[VideoFrame]]
"""Gets every packet of a picture in turn, decodes as much of it as it likes, and returns the frames that came out."""


class VideoFacts(Value):
    """One video stream."""

    codec: str
    profile: str
    level: int
    """Times ten for H.264: 41 is level 4.1."""
    size: Size
    """Stored pixels, before rotation."""
    pixel_aspect: Exact
    """Width over height of one pixel; 1 for square ones, also if the file does not say."""
    rotation: int
    """Degrees to turn clockwise for display: 0, 90, 180 or 270."""
    pixel_format: str
    colour_range: str
    colour_space: int
    """ITU-T H.273 matrix coefficients; 1 is BT.709."""
    colour_primaries: int
    colour_transfer: int
    """ITU-T H.273 transfer; 16 is PQ and 18 is HLG, both HDR."""
    frame_rate: Exact
    """The average, in frames a second."""
    nominal_frame_rate: Exact
    """What the container or the codec declares; other than the average for a varying rate."""
    is_constant_rate: bool
    """Whether all frames are equally far apart, as exactly as the file's clock can tell."""
    frames: int
    """Counted, not believed."""
    seconds: Exact
    start_seconds: Exact
    time_base: Exact
    has_b_frames: bool
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
    profile: str
    """`LC` for AAC-LC."""
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


class ChapterFacts(Value):
    """A chapter of a file."""

    title: str
    start: Exact
    """In seconds."""


def probe(path: Path, *, watch: Watch | None = None) -> MediaFacts:
    """Read a video or audio file's facts. Every packet of the picture is read and its first frame is decoded.

    `watch` decodes instead, so that whoever looks at the picture anyway reads the file once.

    Raises:
        MediaError: not a media file, empty, cut off, or its first frame cannot be decoded.
    """
    size = _size_of(path)
    try:
        with av.open(str(path)) as container:
            video = next((_video(stream, watch) for stream in container.streams.video), None)
            audio = next((_audio(stream) for stream in container.streams.audio), None)
            seconds = Fraction(container.duration or 0, av.time_base)
            name = container.format.name
    except (FFmpegError, ValueError, OSError) as error:
        raise MediaError(f"The file is no video or sound that can be read: {_reason(path, error)}.") from error
    longest = max((facts.seconds for facts in (video, audio) if facts), default=seconds)
    return MediaFacts(container=name, size_bytes=size, seconds=longest or seconds, video=video, audio=audio)


def chapters(path: Path) -> tuple[ChapterFacts, ...]:
    """Return the chapters of a file, in order.

    Raises:
        MediaError: not a media file.
    """
    _size_of(path)
    try:
        with av.open(str(path)) as container:
            return tuple(
                ChapterFacts(
                    title=mark["metadata"].get("title", ""), start=mark["start"] * (mark["time_base"] or Fraction(0))
                )
                for mark in container.chapters()
            )
    except (FFmpegError, OSError) as error:
        raise MediaError(f"The file is no video or sound that can be read: {_reason(path, error)}.") from error


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


@dataclass(slots=True)
class _Packets:
    """What the packets of a stream tell: when each frame is shown, how the first one is turned."""

    moments: list[int] = field(default_factory=list)
    rotation: int | None = None

    @property
    def is_constant_rate(self) -> bool:
        steps = {second - first for first, second in pairwise(sorted(self.moments))}
        return max(steps, default=0) - min(steps, default=0) <= 1


def _read(stream: AvVideo, watch: Watch | None) -> _Packets:
    found = _Packets()
    container = stream.container
    if not isinstance(container, InputContainer):
        raise MediaError("A stream can be read only from a file that is read.")
    for packet in container.demux(stream):
        if packet.pts is not None:
            found.moments.append(packet.pts)
        if watch is not None or found.rotation is None:
            frames = watch(packet) if watch else packet.decode()
            if found.rotation is None and frames:
                found.rotation = -int(getattr(frames[0], "rotation", 0)) % 360
    declared = stream.frames
    if found.rotation is None:
        raise MediaError("None of its pictures can be decoded.")
    if len(found.moments) < declared:
        raise MediaError(f"The file is cut off: it has {len(found.moments)} of {declared} frames.")
    return found


def _video(stream: AvVideo, watch: Watch | None) -> VideoFacts:
    context = stream.codec_context
    packets = _read(stream, watch)
    rate = stream.average_rate or stream.guessed_rate or stream.base_rate or Fraction(0)
    pixel_format = str(context.pix_fmt or "")
    full = pixel_format.startswith("yuvj")
    return VideoFacts(
        codec=context.name,
        profile=str(context.profile or ""),
        level=max(int(getattr(context, "level", 0) or 0), 0),
        size=Size(width=max(context.width, 1), height=max(context.height, 1)),
        pixel_aspect=Fraction(stream.sample_aspect_ratio or 1),
        rotation=packets.rotation or 0,
        pixel_format=pixel_format,
        colour_range="full" if full else _RANGES.get(int(context.color_range), "unknown"),
        colour_space=int(context.colorspace),
        colour_primaries=int(context.color_primaries),
        colour_transfer=int(context.color_trc),
        frame_rate=Fraction(rate),
        nominal_frame_rate=Fraction(stream.guessed_rate or rate),
        is_constant_rate=packets.is_constant_rate,
        frames=len(packets.moments),
        seconds=_seconds(stream),
        start_seconds=Fraction(stream.start_time or 0) * (stream.time_base or 0),
        time_base=Fraction(stream.time_base or 0),
        has_b_frames=bool(context.has_b_frames),
        header_sha256=hashlib.sha256(context.extradata or b"").hexdigest(),
    )


def _audio(stream: AvAudio) -> AudioFacts:
    return AudioFacts(
        codec=stream.codec_context.name,
        profile=str(stream.codec_context.profile or ""),
        rate=stream.codec_context.sample_rate,
        channels=stream.codec_context.layout.nb_channels,
        seconds=_seconds(stream),
        start_seconds=Fraction(stream.start_time or 0) * (stream.time_base or 0),
    )


def _seconds(stream: AvVideo | AvAudio) -> Fraction:
    if stream.duration and stream.time_base:
        return Fraction(stream.duration) * stream.time_base
    return Fraction(getattr(stream.container, "duration", None) or 0, av.time_base)


def _size_of(path: Path) -> int:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise MediaError(f"The file {path.name!r} cannot be read: {error.strerror}.") from error
    if not size:
        raise MediaError("The file has no bytes.")
    return size


def _reason(path: Path, error: Exception) -> str:
    with path.open("rb") as file:
        head = file.read(64).lstrip().lower()
    if head.startswith((b"<!doctype", b"<html")):
        return "it is an HTML page"
    if head.startswith((b"{", b"[")):
        return "it is JSON"
    if head[4:8] == b"ftyp":
        return "it is an MP4 file without its index: cut off, or never finished"
    return str(getattr(error, "strerror", "") or error).rstrip(".")
