"""Read the boxes of an MP4 file (ISO/IEC 14496-12): what players and platforms see before they decode anything."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from reelwright.errors import MediaError
from reelwright.values import Value

_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta"}


class Box(Value):
    """One box: its path such as `moov/trak/edts/elst`, where its content lies, how long it is."""

    path: str
    offset: int
    size: int


class Timing(Value):
    """A track's sample table."""

    handler: str
    """`vide`, `soun`, `text`."""
    time_scale: int
    samples: int
    durations: tuple[int, ...]
    """Every sample duration that occurs, each once; one for a constant frame rate."""
    sync_samples: tuple[int, ...]
    """Numbers (from 1) of the samples that can be decoded alone; empty: all."""


def boxes(path: Path) -> tuple[Box, ...]:
    """Return every box of a file, depth first.

    Raises:
        MediaError: the file is cut off, or no MP4.
    """
    with path.open("rb") as file:
        end = file.seek(0, 2)
        try:
            return tuple(_walk(file, 0, end, ""))
        except struct.error as error:
            raise MediaError(f"{path.name} is no MP4 file, or it is cut off.") from error


def timings(path: Path) -> tuple[Timing, ...]:
    """Return the sample table of every track, in order."""
    found = boxes(path)
    tracks = [index for index, box in enumerate(found) if box.path == "moov/trak"]
    with path.open("rb") as file:
        return tuple(
            _timing(file, found[first:last]) for first, last in zip(tracks, [*tracks[1:], len(found)], strict=True)
        )


def _walk(file: BinaryIO, start: int, end: int, parent: str) -> Iterator[Box]:
    position = start
    while position + 8 <= end:
        file.seek(position)
        size, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            size, head = struct.unpack(">Q", file.read(8))[0], 16
        size = size or end - position
        if size < head:
            raise struct.error
        name = f"{parent}/{kind.decode('latin-1')}".lstrip("/")
        yield Box(path=name, offset=position + head, size=size - head)
        if kind in _CONTAINERS:
            yield from _walk(file, position + head, position + size, name)
        position += size


def _timing(file: BinaryIO, track: tuple[Box, ...]) -> Timing:
    content = {box.path.rsplit("/", 1)[-1]: _content(file, box) for box in track if box.size < 1 << 24}
    times = content.get("stts", b"\0" * 8)
    pairs = struct.iter_unpack(">II", times[8 : 8 + 8 * struct.unpack(">I", times[4:8])[0]])
    counted = [(count, duration) for count, duration in pairs if count]
    sync = content.get("stss", b"")
    header = content["mdhd"]
    return Timing(
        handler=content["hdlr"][8:12].decode("latin-1"),
        time_scale=struct.unpack(">I", header[20:24] if header[0] else header[12:16])[0],
        samples=sum(count for count, _ in counted),
        durations=tuple(dict.fromkeys(duration for _, duration in counted)),
        sync_samples=tuple(number for (number,) in struct.iter_unpack(">I", sync[8:])),
    )


def _content(file: BinaryIO, box: Box) -> bytes:
    file.seek(box.offset)
    return file.read(box.size)
