"""The one decode of the picture check: small pictures of a clip, a few a second, and where its stream is damaged.

What costs in a decode of H.264 at 1080x1920 are the B-frames and the loop filter: without both it is 12 % of the CPU of
the clip's encode, with both 40 %. The frames that are left come a few a second, and no other frame rests on those that
were left out. Damage inside them alone is found where the segment is encoded; see `reelwright.media.segment`.

The decoder is told to stumble over everything (`explode`). Where it does, that may be an innocent oddity or a frame
that rested on one left out: the clip is then decoded whole, as a player does, and only what that finds is damage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from reelwright.checks.picture_marks import Pixels, band_of
from reelwright.checks.picture_values import Corner
from reelwright.media.probe import MediaFacts, probe

Tones = NDArray[np.float32]

LOOK_PIXELS = 256
"""The longer side of a look."""
DARK, EVEN = 20.0, 2.5
"""Grey levels of 255: the brightest mean that is black, the spread that is one flat tone."""
_LIT, _LIT_SHARE = 44, 0.0008
"""A night sky is dark and has stars: so bright, and so many of its pixels."""
_CELLS = 32
"""Cells along the longer side of a look: what moves or changes less than a cell's mean is no matter of the picture."""
_LEAST_APART = Fraction(1, 8)
_MOST_LOOKS = 600
_FEWEST_A_SECOND = 3
_BANDS_APART, _MOST_BANDS = Fraction(2, 5), 20
_INTRA = 1
"""`AV_PICTURE_TYPE_I`."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One small picture, upright, with square pixels."""

    at: Fraction
    """In seconds from the first frame."""
    rgb: Pixels
    cells: Tones
    """The means of R, G and B over cells of about 8 x 8 pixels."""
    opens: bool
    """Whether the encoder began anew with it: where a scene changes between two looks, it begins here exactly."""
    is_black: bool
    """Whether nothing is seen: dark all over, and no light in it."""
    is_flat: bool
    """Whether it is one tone all over."""


@dataclass(slots=True)
class Looks:
    """Watches the packets of a picture; see `reelwright.media.probe.Watch`."""

    looks: list[Look] = field(default_factory=list)
    skip: str = ""
    """Which frames are left out, in the decoder's words; empty: those on which no other frame of this codec rests."""
    suspected: list[Fraction] = field(default_factory=list)
    """Where the decoder stumbled, in seconds."""
    damaged: tuple[Fraction, ...] = ()
    """Where the clip is damaged, in seconds."""
    moments: list[int] = field(default_factory=list)
    corner: Corner | None = None
    """The corner whose band is kept; see `reelwright.checks.picture_marks`."""
    bands: list[Pixels] = field(default_factory=list)
    interlaced: int = 0
    decoded: int = 0
    _time_base: Fraction = Fraction(1)
    _pixel: Fraction = Fraction(1)
    _prefix: int = 0

    def __call__(self, packet: Packet[VideoStream]) -> Sequence[VideoFrame]:
        """Take the next packet."""
        if not self.decoded and not self.moments:
            self._open(packet.stream)
        if packet.pts is not None:
            self.moments.append(packet.pts)
        try:
            frames = packet.decode()
        except FFmpegError:
            self._suspect(packet.pts)
            return ()
        if self._prefix and packet.size and not _is_whole(bytes(packet), self._prefix):
            self._suspect(packet.pts)
        for frame in frames:
            self._look_at(frame)
        return frames

    @property
    def seconds(self) -> Fraction:
        """From the first frame to the end of the last one, by their time stamps."""
        if len(self.moments) < 2:  # noqa: PLR2004 - one frame has no length
            return Fraction(0)
        ordered = sorted(self.moments)
        return (ordered[-1] - ordered[0]) * self._time_base * Fraction(len(ordered), len(ordered) - 1)

    def _open(self, stream: VideoStream) -> None:
        context = stream.codec_context
        context.thread_type, context.thread_count = "NONE", 1
        # In HEVC even a P-frame is coded as a B-frame that looks back only.
        context.skip_frame = self.skip or ("NONREF" if context.name == "hevc" else "BIDIR")  # type: ignore[assignment]
        context.options = {"skip_loop_filter": "all", "err_detect": "explode"}
        self._time_base, self._pixel = Fraction(stream.time_base or 1), Fraction(stream.sample_aspect_ratio or 1)
        header = bytes(context.extradata or b"")
        if header[:1] == b"\x01" and context.name in _LENGTH_AT:
            self._prefix = (header[_LENGTH_AT[context.name]] & 3) + 1

    def _suspect(self, pts: int | None) -> None:
        first = min(self.moments, default=0)
        self.suspected.append(((first if pts is None else pts) - first) * self._time_base)

    def _look_at(self, frame: VideoFrame) -> None:
        self.decoded += 1
        self.interlaced += frame.interlaced_frame
        at = Fraction((frame.pts or 0) - min(self.moments, default=0)) * self._time_base
        if frame.is_corrupt:
            self.suspected.append(at)
        opens = frame.key_frame or int(frame.pict_type) == _INTRA
        before = self.looks[-1].at if self.looks else Fraction(-1)
        if at - before < _LEAST_APART and not opens and frame.pts is not None:
            return
        if len(self.looks) >= _MOST_LOOKS:
            return
        self.looks.append(_look(frame, at, self._pixel, opens=opens))
        if self.corner and len(self.bands) < _MOST_BANDS and at >= len(self.bands) * _BANDS_APART:
            self.bands.append(band_of(np.rot90(_luma(frame), int(frame.rotation) // 90), self.corner))


_LENGTH_AT = {"h264": 4, "hevc": 21}
"""Where the header of a codec in MP4 says how long the length before each unit is (ISO/IEC 14496-15)."""


def look_through(clip: Path, *, corner: Corner | None = None) -> tuple[MediaFacts, Looks]:
    """Return a clip's facts and looks, read and decoded once; `corner` is where a vendor's mark may be.

    Raises:
        MediaError: it is no video, it is cut off, or none of its pictures can be decoded.
    """
    looks = Looks(corner=corner)
    facts = probe(clip, watch=looks)
    if looks.decoded < looks.seconds * _FEWEST_A_SECOND:
        looks = Looks(corner=corner, skip="DEFAULT")
        facts = probe(clip, watch=looks)
    if looks.suspected:
        looks.damaged = _damage(clip)
    return facts, looks


def _damage(clip: Path) -> tuple[Fraction, ...]:
    """Decode a clip whole and return where a player cannot show what was meant, in seconds."""
    found: list[Fraction] = []
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        base, at = Fraction(stream.time_base or 1), Fraction(0)
        for packet in container.demux(stream):
            at = max(at, (packet.pts or 0) * base)
            try:
                found += [Fraction(frame.pts or 0) * base for frame in packet.decode() if frame.is_corrupt]
            except FFmpegError:
                found.append(at)
    return tuple(sorted(found))


def cells_of(rgb: Pixels) -> Tones:
    """Return the means of a picture's cells, in 0 to 255."""
    scale = _CELLS / max(rgb.shape[:2])
    width, height = (max(round(side * scale), 4) for side in (rgb.shape[1], rgb.shape[0]))
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA), np.float32)


def brightest_of(rgb: Pixels) -> Pixels:
    """Return the largest of R, G and B in each pixel."""
    red, green, blue = cv2.split(rgb)
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)


def _look(frame: VideoFrame, at: Fraction, pixel: Fraction, *, opens: bool) -> Look:
    across, down = frame.width * pixel, Fraction(frame.height)
    scale = LOOK_PIXELS / max(across, down)
    width, height = (max(int(side * scale) // 2 * 2, 16) for side in (across, down))
    small = np.asarray(frame.reformat(width, height, "rgb24", interpolation="AREA").to_ndarray(), np.uint8)
    return look_at(np.ascontiguousarray(np.rot90(small, int(frame.rotation) // 90)), at, opens=opens)


def _luma(frame: VideoFrame) -> Pixels:
    """Return a frame's luma; of the usual format without a copy."""
    if frame.format.name not in {"yuv420p", "yuvj420p"}:
        return np.asarray(frame.to_ndarray(format="gray"), np.uint8)
    plane = frame.planes[0]
    return np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]


def look_at(rgb: Pixels, at: Fraction, *, opens: bool = False) -> Look:
    """Return a small picture with what is told of it."""
    bright, cells = brightest_of(rgb), cells_of(rgb)
    is_black = (
        cv2.mean(bright)[0] < DARK
        and cv2.countNonZero(cv2.compare(bright, _LIT, cv2.CMP_GT)) < bright.size * _LIT_SHARE
    )
    is_flat = bool((cells.std(axis=(0, 1)) < EVEN).all()) and float(cv2.meanStdDev(rgb)[1].max()) < 2 * EVEN
    return Look(at, rgb, cells, opens, is_black, is_flat)


def _is_whole(sample: bytes, prefix: int) -> bool:
    """Whether the units of a sample, each behind its length, fill it exactly: bytes that were lost or zeroed do not."""
    position = 0
    while position + prefix < len(sample):
        length = int.from_bytes(sample[position : position + prefix], "big")
        if not length:
            return False
        position += prefix + length
    return position == len(sample)
