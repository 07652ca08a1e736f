"""Read the boxes of an MP4 file (ISO/IEC 14496-12): what players and platforms see before they decode anything."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from reelwright.errors import MediaError
from reelwright.values import Value

_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta"}
_LARGEST_TABLE = 1 << 26
"""A box that is held in memory; the tables of a ten-hour film are smaller."""
_VISUAL_ENTRY = 86
"""Bytes of a visual sample entry before its boxes."""


class Box(Value):
    """One box: its path such as `moov/trak/edts/elst`, where its content lies, how long it is."""

    path: str
    offset: int
    size: int


class Track(Value):
    """A track as its sample tables describe it."""

    handler: str
    """`vide`, `soun`, `text`."""
    time_scale: int
    """Ticks a second."""
    samples: int
    durations: tuple[int, ...]
    """Every sample duration that occurs, in ticks, each once; one for a constant frame rate."""
    ticks: int
    """All durations together."""
    sync_samples: tuple[int, ...]
    """Numbers (from 1) of the samples that can be decoded alone; empty: all."""
    description_sha256: str
    """Of codec, size, colours and parameter sets: equal for tracks that can be joined by copy."""


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


def tracks(path: Path) -> tuple[Track, ...]:
    """Return the tracks of a file, in order.

    Raises:
        MediaError: the file is cut off, no MP4, or a track lacks its tables.
    """
    found = boxes(path)
    starts = [index for index, box in enumerate(found) if box.path == "moov/trak"]
    with path.open("rb") as file:
        try:
            return tuple(
                _track(file, found[first:last]) for first, last in zip(starts, [*starts[1:], len(found)], strict=True)
            )
        except (struct.error, KeyError, IndexError) as error:
            raise MediaError(f"{path.name} has a track without its tables.") from error


def video_track(path: Path) -> Track:
    """Return the first video track.

    Raises:
        MediaError: there is none, or the file is no whole MP4.
    """
    for track in tracks(path):
        if track.handler == "vide":
            return track
    raise MediaError(f"{path.name} has no picture.")


def _walk(file: BinaryIO, start: int, end: int, parent: str) -> Iterator[Box]:
    position = start
    while position < end:
        file.seek(position)
        size, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            size, head = struct.unpack(">Q", file.read(8))[0], 16
        size = size or end - position
        if size < head or position + size > end:
            raise struct.error
        name = f"{parent}/{kind.decode('latin-1')}".lstrip("/")
        yield Box(path=name, offset=position + head, size=size - head)
        if kind in _CONTAINERS:
            yield from _walk(file, position + head, position + size, name)
        position += size


def _track(file: BinaryIO, track: tuple[Box, ...]) -> Track:
    content = {box.path.rsplit("/", 1)[-1]: _content(file, box) for box in track if box.size < _LARGEST_TABLE}
    times = content["stts"]
    counted = [(count, ticks) for count, ticks in struct.iter_unpack(">II", times[8:]) if count]
    header = content["mdhd"]
    return Track(
        handler=content["hdlr"][8:12].decode("latin-1"),
        time_scale=struct.unpack(">I", header[20:24] if header[0] else header[12:16])[0],
        samples=sum(count for count, _ in counted),
        durations=tuple(dict.fromkeys(ticks for _, ticks in counted)),
        ticks=sum(count * ticks for count, ticks in counted),
        sync_samples=tuple(number for (number,) in struct.iter_unpack(">I", content.get("stss", b"")[8:])),
        description_sha256=hashlib.sha256(_description(content["stsd"])).hexdigest(),
    )


def _description(table: bytes) -> bytes:
    """Return the sample description without its bit rates (`btrt`), which differ from file to file."""
    entry = table[8:]
    if entry[4:8] not in {b"avc1", b"avc3"}:
        return entry
    children = _walk(io.BytesIO(entry), _VISUAL_ENTRY, len(entry), "")
    kept = [entry[box.offset : box.offset + box.size] for box in children if box.path in {"avcC", "colr", "pasp"}]
    return entry[4:_VISUAL_ENTRY] + b"".join(kept)


def _content(file: BinaryIO, box: Box) -> bytes:
    file.seek(box.offset)
    return file.read(box.size)
