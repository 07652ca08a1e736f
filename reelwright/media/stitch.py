"""Join segments and sound into the master by copying streams: no encode, no drift, constant memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from reelwright.errors import MediaError
from reelwright.media import ffmpeg
from reelwright.media.probe import VideoFacts, probe
from reelwright.values import Value


class Chapter(Value):
    """A named part of the master, in frames."""

    title: str
    first_frame: int
    frames: int


def stitch_arguments(listing: Path, sound: Path, metadata: Path, into: Path, *, frame_rate: int) -> list[str]:
    """Build the command that joins the segments named in `listing` with `sound` and the `metadata` file.

    No edit lists: YouTube and Instagram ask for none. Video then starts at 0 by negative composition offsets, and the
    sound was made to start 1024 samples early, which is what the decoder adds.
    """
    return [
        *("-y", "-f", "concat", "-safe", "0", "-i", str(listing), "-i", str(sound)),
        *("-f", "ffmetadata", "-i", str(metadata), "-map", "0:v:0", "-map", "1:a:0", "-c", "copy"),
        *("-map_metadata", "2", "-map_chapters", "2", "-fflags", "+bitexact"),
        *("-movflags", "+faststart+negative_cts_offsets", "-use_editlist", "0"),
        *("-video_track_timescale", str(frame_rate * 512), "-movie_timescale", str(frame_rate * 512)),
        *("-f", "mp4", str(into)),
    ]


def stitch(
    segments: Sequence[Path],
    sound: Path,
    into: Path,
    *,
    frame_rate: int,
    chapters: Sequence[Chapter] = (),
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write the master to `into`; `sound` is the AAC file that `reelwright.media.mix` made for these segments.

    Raises:
        MediaError: the segments are not of one format, or ffmpeg failed.
    """
    headers = {(facts.header_sha256, facts.size, facts.time_base) for facts in map(_picture, segments)}
    if len(headers) != 1:
        raise MediaError(f"The segments have {len(headers)} formats; they can be joined only if they have one.")
    listing, notes = into.with_suffix(".list"), into.with_suffix(".meta")
    listing.write_text("".join(f"file '{_quoted(path)}'\n" for path in segments), "utf-8")
    notes.write_text(metadata_text(metadata or {}, chapters, frame_rate), "utf-8")
    try:
        ffmpeg.run(stitch_arguments(listing, sound, notes, into, frame_rate=frame_rate))
    finally:
        listing.unlink(missing_ok=True)
        notes.unlink(missing_ok=True)


def metadata_text(metadata: Mapping[str, str], chapters: Sequence[Chapter], frame_rate: int) -> str:
    """Return title and chapters in ffmpeg's metadata format; chapter times are in frames, so they are exact."""
    lines = [";FFMETADATA1", *(f"{name}={_escaped(value)}" for name, value in metadata.items())]
    for chapter in chapters:
        end = chapter.first_frame + chapter.frames
        lines += ["[CHAPTER]", f"TIMEBASE=1/{frame_rate}", f"START={chapter.first_frame}", f"END={end}"]
        lines.append(f"title={_escaped(chapter.title)}")
    return "\n".join(lines) + "\n"


def _picture(segment: Path) -> VideoFacts:
    facts = probe(segment).video
    if facts is None:
        raise MediaError(f"The segment {segment.name} has no picture.")
    return facts


def _quoted(path: Path) -> str:
    return str(path.resolve()).replace("'", "'\\''")


def _escaped(text: str) -> str:
    for special in "\\=;#\n":
        text = text.replace(special, "\\" + special)
    return text
