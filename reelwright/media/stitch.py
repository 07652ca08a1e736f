"""Join segments and sound into the master by copying streams: no encode, no drift, constant memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from reelwright.errors import MediaError
from reelwright.media import ffmpeg, soft_tracks
from reelwright.media.boxes import video_track
from reelwright.media.probe import AudioFacts, probe
from reelwright.media.soft_tracks import SoftTrack
from reelwright.values import Value

AAC_PRIMING = 1024
"""Samples that an AAC decoder puts in front. No edit list removes them, so as many are cut before the encode."""

_REORDERED = 2
"""How many frames before it is shown a segment's first one is decoded: `-bf 2` of the encoder, and its pyramid."""
_TICKS = 512
"""Ticks of a master's clock in one frame."""
_BIT_RATE = "192k"
_LONGEST_GAP = Fraction(2 * AAC_PRIMING, 48_000)


class Chapter(Value):
    """A named part of the master, in frames."""

    title: str
    first_frame: int
    frames: int


def stitch_arguments(
    listing: Path,
    sound: Path,
    metadata: Path,
    into: Path,
    *,
    frame_rate: int,
    encode_sound: bool = False,
    subtitles: Sequence[tuple[Path, str]] = (),
) -> list[str]:
    """Build the command that joins the segments named in `listing` with `sound` and the `metadata` file.

    No edit lists: YouTube and Instagram ask for none. Video then starts at 0 by negative composition offsets; the sound
    starts `AAC_PRIMING` samples early, which is what its decoder adds. `encode_sound` is for sound that is not AAC yet,
    `subtitles` are SubRip files and their languages, for tracks that a player can switch on.
    """
    trim = f"atrim=start_sample={AAC_PRIMING},asetpts=PTS-STARTPTS"
    aac = ("-af", trim, "-c:a", "aac", "-b:a", _BIT_RATE, "-ar", "48000", "-ac", "2", "-flags:a", "+bitexact")
    return [
        *("-y", "-f", "concat", "-safe", "0", "-i", str(listing), "-i", str(sound)),
        *("-f", "ffmetadata", "-i", str(metadata)),
        *(part for path, _ in subtitles for part in ("-f", "srt", "-i", str(path))),
        *("-map", "0:v:0", "-map", "1:a:0", "-c:v", "copy"),
        # A segment of one or two frames has none that waits for a later one, and is decoded later than its neighbours.
        *("-bsf:v", f"setts=pts=PTS:dts=(N-{_REORDERED})*{_TICKS}"),
        *(aac if encode_sound else ("-c:a", "copy")),
        *soft_tracks.arguments(subtitles, 3),
        *("-map_metadata", "2", "-map_chapters", "2", "-fflags", "+bitexact"),
        *("-movflags", "+faststart+negative_cts_offsets", "-use_editlist", "0"),
        # Whole frames in every clock of the file: the default movie clock counts milliseconds and would round.
        *("-video_track_timescale", str(frame_rate * _TICKS), "-movie_timescale", str(frame_rate * _TICKS)),
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
    subtitles: Sequence[SoftTrack] = (),
) -> None:
    """Write the master to `into`. Streams are copied; memory does not grow with the number of segments.

    `sound` lasts as long as the segments together: the AAC file of `reelwright.media.mix`, which starts `AAC_PRIMING`
    samples early and is copied, or any other 48 kHz sound such as WAV, which is encoded here, once.
    `subtitles` become tracks that are off until somebody switches them on.

    Raises:
        MediaError: the segments are not of one format, the sound is not as long as they are, or ffmpeg failed.
    """
    heard = _require_sound(probe(sound).audio, _seconds_of(segments))
    listing, notes = into.with_suffix(".list"), into.with_suffix(".meta")
    listing.write_text("".join(f"file '{_quoted(path)}'\n" for path in segments), "utf-8")
    notes.write_text(metadata_text(metadata or {}, chapters, frame_rate), "utf-8")
    written = [into.with_suffix(f".{number}.srt") for number in range(len(subtitles))]
    for path, track in zip(written, subtitles, strict=True):
        path.write_text(soft_tracks.track_text(track), "utf-8")
    told = [(path, track.language) for path, track in zip(written, subtitles, strict=True)]
    encode = heard.codec != "aac"
    command = stitch_arguments(listing, sound, notes, into, frame_rate=frame_rate, encode_sound=encode, subtitles=told)
    try:
        ffmpeg.run(command)
    finally:
        for path in (listing, notes, *written):
            path.unlink(missing_ok=True)
    if subtitles:
        soft_tracks.switch_off(into)


def metadata_text(metadata: Mapping[str, str], chapters: Sequence[Chapter], frame_rate: int) -> str:
    """Return title and chapters in ffmpeg's metadata format; chapter times are in frames, so they are exact."""
    lines = [";FFMETADATA1", *(f"{name}={_escaped(value)}" for name, value in metadata.items())]
    for chapter in chapters:
        end = chapter.first_frame + chapter.frames
        lines += ["[CHAPTER]", f"TIMEBASE=1/{frame_rate}", f"START={chapter.first_frame}", f"END={end}"]
        lines.append(f"title={_escaped(chapter.title)}")
    return "\n".join(lines) + "\n"


def _seconds_of(segments: Sequence[Path]) -> Fraction:
    """Refuse segments that a player could not decode as one stream or that would lose their time; return how long."""
    seconds, first = Fraction(0), None
    for segment in segments:
        track = video_track(segment)
        form = (track.description_sha256, track.time_scale, track.durations)
        if first not in {None, form}:
            raise MediaError(
                f"The segments {segments[0].name} and {segment.name} differ in their format and cannot be joined by"
                " copying. Make them again: other settings or another ffmpeg encoded one of them."
            )
        first, seconds = form, seconds + Fraction(track.ticks, track.time_scale)
    return seconds


def _require_sound(sound: AudioFacts | None, seconds: Fraction) -> AudioFacts:
    """Refuse sound that would end before the picture, or freeze its last frame."""
    if sound is None:
        raise MediaError("The sound to join has no sound in it.")
    if abs(sound.seconds - seconds) > _LONGEST_GAP:
        raise MediaError(
            f"The sound lasts {float(sound.seconds):.3f} s and the segments {float(seconds):.3f} s: one would run on."
        )
    return sound


def _quoted(path: Path) -> str:
    return str(path.resolve()).replace("'", "'\\''")


def _escaped(text: str) -> str:
    for special in "\\=;#\n":
        text = text.replace(special, "\\" + special)
    return text
