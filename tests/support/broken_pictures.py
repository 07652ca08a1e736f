"""Clips with a broken or a strange picture, and good ones that look strange: each is made here, none is stored."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from support.colours import hdr_clip
from support.scenery import QUICK, RATE, SIZE, Rgb, changed, film, glide, landscape

from reelwright.media import ffmpeg
from reelwright.values import Size

Make = Callable[[Path], Path]

SECONDS = 3
COUNT = SECONDS * RATE


@dataclass(frozen=True)
class Case:
    """A clip, and what the check says of it."""

    make: Make
    outcome: str
    kind: str = ""
    """What it finds; empty for a good clip, of which it finds nothing that would be held against it."""
    has_start: bool = True
    """Whether the clip is held against the first picture of the plain one."""


def bytes_of(data: bytes) -> Make:
    """A file of these bytes."""

    def make(folder: Path) -> Path:
        path = folder / "clip.mp4"
        path.write_bytes(data)
        return path

    return make


def filmed(filters: str = "null", options: tuple[str, ...] = QUICK, name: str = "clip.mp4", **camera: float) -> Make:
    """The plain clip through filters and an encoder."""
    return lambda folder: film(folder / name, glide(count=COUNT, **camera), filters=filters, options=options)  # type: ignore[arg-type]


def altered(change: Callable[[int, Rgb], Rgb], *, count: int = COUNT, **camera: float) -> Make:
    """The plain clip, each picture changed by its number."""
    return lambda folder: film(folder / "clip.mp4", changed(glide(count=count, **camera), change))  # type: ignore[arg-type]


def cut_off(share: float, *, index_first: bool = True, name: str = "whole.mp4") -> Make:
    """The first part of the plain clip's bytes."""

    def make(folder: Path) -> Path:
        flags = ("-movflags", "+faststart") if index_first and name.endswith("mp4") else ()
        whole = film(folder / name, glide(count=COUNT), options=(*QUICK, *flags))
        data, part = whole.read_bytes(), folder / f"part{whole.suffix}"
        part.write_bytes(data[: int(len(data) * share)])
        return part

    return make


def overwritten(share: float, length: int, *, zeros: bool, frame: str = "P") -> Make:
    """The plain clip with some bytes of one frame replaced, in the file's middle."""

    def make(folder: Path) -> Path:
        whole = film(folder / "clip.mp4", glide(count=COUNT), options=(*QUICK, "-g", "24", "-bf", "2"))
        data, places = bytearray(whole.read_bytes()), places_of(whole, frame)
        at, size = places[int(len(places) * share)]
        # Behind the header of the slice: what decodes it finds out late.
        begin = at if zeros else at + size // 3
        wanted = length if zeros else min(length, size // 2)
        data[begin : begin + wanted] = bytes(wanted) if zeros else random.Random(7).randbytes(wanted)
        whole.write_bytes(data)
        return whole

    return make


def places_of(clip: Path, kind: str) -> list[tuple[int, int]]:
    """Return place and size in the file of each frame of a kind: `I`, `P` or `B`."""
    with av.open(str(clip)) as container:
        found = [(int(packet.pos or 0), packet.size, packet.pts) for packet in container.demux(video=0) if packet.size]
    with av.open(str(clip)) as container:
        kinds = {frame.pts: "?IPB"[int(frame.pict_type)] for frame in container.decode(video=0)}
    return [(at, size) for at, size, pts in found if kinds.get(pts) == kind]


def of_two(first: int, second: int, at: int, count: int = COUNT) -> Iterator[Rgb]:
    """Two scenes, cut at a picture."""
    yield from glide(first, at)
    yield from glide(second, count - at)


def shown(gain: float) -> Callable[[int, Rgb], Rgb]:
    """Make every picture darker or lighter."""
    return lambda _, frame: np.clip(frame * gain, 0, 255).astype(np.uint8)


def black_between(first: int, last: int) -> Callable[[int, Rgb], Rgb]:
    """Make the pictures of a time black."""
    return lambda index, frame: np.zeros_like(frame) if first <= index < last else frame


def fading(frames: int) -> Callable[[int, Rgb], Rgb]:
    """Let the picture come out of black."""
    return lambda index, frame: (frame * min(index / frames, 1)).astype(np.uint8)


def stopped(first: int, last: int) -> Callable[[int, Rgb], Rgb]:
    """Hold a picture for a time."""
    kept: dict[str, Rgb] = {}

    def change(index: int, frame: Rgb) -> Rgb:
        if index == first:
            kept["it"] = frame
        return kept["it"] if first <= index < last else frame

    return change


def marked(_: int, frame: Rgb) -> Rgb:
    """Burn a vendor's mark into the lower right corner."""
    layer = frame.copy()
    height, width = frame.shape[:2]
    place, size = (int(width * 0.6), int(height * 0.965)), width / 620
    cv2.putText(
        layer, "MakeAI 2.6", place, cv2.FONT_HERSHEY_SIMPLEX, size, (255, 255, 255), max(width // 270, 1), cv2.LINE_AA
    )
    return cv2.addWeighted(layer, 0.75, frame, 0.25, 0).astype(np.uint8)


def framed(left: float, top: float) -> Callable[[int, Rgb], Rgb]:
    """Lay black bars over the sides, as shares of them."""

    def change(_: int, frame: Rgb) -> Rgb:
        made = frame.copy()
        height, width = frame.shape[:2]
        across, down = round(width * left), round(height * top)
        if across:
            made[:, :across] = made[:, -across:] = 0
        if down:
            made[:down] = made[-down:] = 0
        return made

    return change


def night(index: int, frame: Rgb) -> Rgb:
    """A dark sky with stars over the hills' outline."""
    made = np.full_like(frame, (4, 5, 10))
    dice = np.random.default_rng(3)
    for x, y in dice.integers(0, (frame.shape[1] + 60, frame.shape[0] // 2), (90, 2)):
        cv2.circle(made, (int(x - index // 2), int(y)), 1, (220, 224, 240), -1, cv2.LINE_AA)
    made[frame.shape[0] * 2 // 3 :] = (frame[frame.shape[0] * 2 // 3 :] * 0.12).astype(np.uint8)
    return made


def snow(index: int, _: Rgb) -> Rgb:
    """Flakes before a grey sky, without anything else."""
    made = np.full((SIZE.height, SIZE.width, 3), (168, 172, 178), np.uint8)
    dice = np.random.default_rng(5)
    for x, y in dice.integers(0, (SIZE.width, SIZE.height), (160, 2)):
        cv2.circle(made, (int(x), int((y + 3 * index) % SIZE.height)), 2, (248, 250, 252), -1, cv2.LINE_AA)
    return made


def drawn_flat(index: int, _: Rgb) -> Rgb:
    """Drawn animation: plain areas, held on twos, only a small thing moves."""
    made = np.full((SIZE.height, SIZE.width, 3), (120, 190, 240), np.uint8)
    made[SIZE.height * 2 // 3 :] = (90, 160, 80)
    cv2.circle(made, (135, 200), 60, (250, 220, 190), -1, cv2.LINE_AA)
    opened = (index // 2) % 6
    cv2.ellipse(made, (135, 225), (18, 3 + 2 * opened), 0, 0, 360, (150, 40, 40), -1, cv2.LINE_AA)
    return made


def candle(index: int, _: Rgb) -> Rgb:
    """A still room with one flame that flickers."""
    made = (landscape(2)[: SIZE.height, : SIZE.width] * 0.5).astype(np.uint8)
    cv2.ellipse(
        made, (135, 240), (7, 16 + index % 5 + int(3 * np.sin(index))), 0, 0, 360, (255, 210, 120), -1, cv2.LINE_AA
    )
    return made


def fog(_: int, frame: Rgb) -> Rgb:
    """Hardly any contrast, and it drifts."""
    return np.clip(150 + (frame.astype(np.float32) - 128) * 0.1, 0, 255).astype(np.uint8)


def lightning(index: int, frame: Rgb) -> Rgb:
    """A dark scene with a flash in one picture."""
    return np.clip(frame * (2.2 if index == 30 else 0.3), 0, 255).astype(np.uint8)


def hdr(transfer: str) -> Make:
    """Patches in HDR: the picture stands still, so only its colours are judged."""
    return lambda folder: hdr_clip(folder / "clip.mp4", "180x320", transfer)  # type: ignore[arg-type]


def turned_by(degrees: int) -> Make:
    """The plain clip, stored on its side, with a note how to turn it."""

    def make(folder: Path) -> Path:
        stored = film(
            folder / "stored.mp4",
            (np.rot90(frame, degrees // 90) for frame in glide(count=COUNT)),
            size=Size(width=SIZE.height, height=SIZE.width) if degrees % 180 else SIZE,
        )
        ffmpeg.run(["-display_rotation", str(-degrees), "-i", str(stored), "-c", "copy", str(folder / "clip.mp4")])
        return folder / "clip.mp4"

    return make


def sound_only(folder: Path) -> Path:
    """A clip without a picture."""
    ffmpeg.run(["-f", "lavfi", "-i", "sine=440:duration=3", str(folder / "clip.m4a")])
    return folder / "clip.m4a"


def photograph(name: str) -> Make:
    """A picture file where a clip was to be."""

    def make(folder: Path) -> Path:
        cv2.imwrite(str(folder / name), landscape(1))
        return (folder / name).rename(folder / "clip.mp4")

    return make
