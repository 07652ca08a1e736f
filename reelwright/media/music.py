"""What plays under the voice: a composed bed, a file of one's own, or one of a folder; at one common loudness."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError

from reelwright.errors import RecipeError
from reelwright.media.bed import Bed
from reelwright.media.loudness import Meter
from reelwright.media.sound import RATE, SILENT_LUFS, Blocks, Samples, decibels, decode
from reelwright.recipe import Music

_SUFFIXES = frozenset(
    {".aac", ".aif", ".aiff", ".flac", ".m4a", ".mka", ".mp3", ".oga", ".ogg", ".opus", ".wav", ".wma"}
)
_CROSSFADE = 2 * RATE
_SHORTEST = RATE
_FADE_IN, _FADE_OUT = int(0.4 * RATE), int(2.4 * RATE)
_BLOCK = 2 * RATE
_HEARD = 90 * RATE


def play(music: Music, seed: str, length: int, *, loudness_lufs: float) -> tuple[Iterator[Samples] | None, str]:
    """Return `length` samples of music at `loudness_lufs` and what it is: `bed: calm`, `none` or a file's name.

    The same music, seed and length are the same samples. A file is looped with a crossfade and faded out at the end.

    Raises:
        RecipeError: the file or folder is not there, or holds no music.
        MediaError: the file cannot be decoded.
    """
    if music.source == "none":
        return None, "none"
    if music.source == "bed":
        bed = Bed(music.mood, seed, length)
        return _levelled(bed.blocks, loudness_lufs), f"bed: {bed.mood}"
    path = choose(Path(music.source), seed)
    return _levelled(lambda: looped(path, length), loudness_lufs), path.name


def choose(source: Path, seed: str) -> Path:
    """Return the file that `source` is, or the one of a folder's music files that the seed chooses.

    Raises:
        RecipeError: it is not there, or there is no music in the folder.
    """
    if source.is_dir():
        files = sorted(path for path in source.iterdir() if path.suffix.lower() in _SUFFIXES)
        if not files:
            raise RecipeError(
                f"there is no music in {str(source)!r}",
                field="music.source",
                hint="Put mp3, wav, m4a, flac or ogg files there.",
            )
        return files[int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) % len(files)]
    if not source.is_file():
        raise RecipeError(
            f"there is no file {str(source)!r}", field="music.source", hint="Name a file, a folder, 'bed' or 'none'."
        )
    return source


def tagged_licence(file: Path) -> str:
    """Return what a music file's own tags say of title, artist, copyright and licence; empty for none."""
    try:
        with av.open(str(file)) as container:
            tags = {name.lower(): text.strip() for name, text in container.metadata.items()}
    except FFmpegError:
        return ""
    told = ("title", "artist", "copyright", "license", "licence")
    return " · ".join(dict.fromkeys(tags[name] for name in told if tags.get(name)))


def note_of(file: Path) -> str:
    """Return whose a sound is: what a text file of its own name says (`song.mp3`, `song.txt`), else its tags."""
    note = file.with_suffix(".txt")
    return note.read_text("utf-8", "replace").strip() if note.is_file() else tagged_licence(file)


def looped(path: Path, length: int) -> Iterator[Samples]:
    """Yield `length` samples of a music file, from its beginning again whenever it ends, joined by a crossfade.

    Raises:
        RecipeError: the file lasts less than a second.
        MediaError: it cannot be decoded.
    """
    found = _count(path, length)
    if found < min(_SHORTEST, length):
        raise RecipeError(f"{path.name!r} lasts {found / RATE:.2f} s", field="music.source", hint="Name real music.")
    fade = min(_CROSSFADE, found // 4)
    turn = np.linspace(0, np.pi / 2, fade, dtype=np.float32)[:, None]
    source, at, done = Blocks(decode(path)), 0, 0
    while done < length:
        if at == found - fade and found < length:
            again = Blocks(decode(path))
            block = source.take(fade) * np.cos(turn) + again.take(fade) * np.sin(turn)
            source, at = again, fade
        else:
            count = min(_BLOCK, length - done, found - fade - at if found < length else length)
            block = source.take(count)
            at += count
        block = block[: length - done]
        yield block * _fades(done, len(block), length)[:, None]
        done += len(block)


def _levelled(made: Callable[[], Iterator[Samples]], loudness_lufs: float) -> Iterator[Samples]:
    """Bring music to a loudness, having heard its first minute and a half; silence stays silence."""
    meter = Meter()
    for block in made():
        meter.add(block)
        if meter.samples > _HEARD:
            break
    heard = meter.integrated_lufs()
    gain = decibels(loudness_lufs - heard) if heard > SILENT_LUFS else np.float32(1)
    return (block * gain for block in made())


def _count(path: Path, enough: int) -> int:
    """Count a file's samples, no further than `enough`."""
    count = 0
    for block in decode(path):
        count += len(block)
        if count >= enough:
            break
    return count


def _fades(start: int, count: int, length: int) -> Samples:
    at = start + np.arange(count, dtype=np.float64)
    rise = np.clip(at / min(_FADE_IN, length // 4 + 1), 0, 1)
    fall = np.clip((length - 1 - at) / min(_FADE_OUT, length // 2 + 1), 0, 1)
    return np.asarray(np.sin(rise * np.pi / 2) * np.sin(fall * np.pi / 2) ** 1.5, np.float32)
