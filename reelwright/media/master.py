"""What a master promises, read back from the file: the last gate before anybody sees it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av

from reelwright.errors import MediaError
from reelwright.media.boxes import Track, boxes, video_track
from reelwright.media.probe import AudioFacts, VideoFacts, chapters, probe
from reelwright.media.soft_tracks import SoftTrackFacts, soft_tracks, track_language
from reelwright.recipe import OutputFormat

_SAMPLES_OF_AAC_FRAME = 1024
_IDR, _SLICES = 5, range(1, 6)
"""NAL unit types of ITU-T H.264, table 7-1."""


def require_master(
    path: Path, output: OutputFormat, *, chapter_count: int | None = None, subtitles: Sequence[str] = ()
) -> None:
    """Check the master; see `broken_promises`.

    Raises:
        MediaError: naming every promise that the file does not keep.
    """
    broken = broken_promises(path, output, chapter_count=chapter_count, subtitles=subtitles)
    if broken:
        raise MediaError("The master is not what it should be: " + "; ".join(broken) + ".")


def broken_promises(
    path: Path, output: OutputFormat, *, chapter_count: int | None = None, subtitles: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return what is wrong with a master; nothing for a good one.

    H.264 High, 4:2:0, square pixels, BT.709 limited; constant frame rate; a closed group of pictures every half second;
    AAC-LC 48 kHz stereo; index first; no edit lists; both streams start at 0 and end together; as many chapters as
    asked for (`None`: not checked); subtitles in these languages (BCP 47 tags) and no others, off, within the picture.

    Raises:
        MediaError: the file cannot be read at all.
    """
    facts = probe(path)
    if facts.video is None or facts.audio is None:
        return ("it lacks picture or sound",)
    findings = {**_container(path), **_picture(facts.video, output), **_sound(facts.audio, facts.video)}
    findings |= _frames(video_track(path), output)
    findings["its groups of pictures are not closed"] = _starts_are_instant(path)
    findings |= _subtitles(soft_tracks(path), subtitles, facts.video)
    if chapter_count is not None:
        found = len(chapters(path))
        findings[f"it has {found} chapters instead of {chapter_count}"] = found == chapter_count
    return tuple(text for text, is_good in findings.items() if not is_good)


def _container(path: Path) -> dict[str, bool]:
    names = [box.path for box in boxes(path)]
    return {
        "its index is not in front of the media": names.index("moov") < names.index("mdat"),
        "it has edit lists": not any(name.endswith("/elst") for name in names),
    }


def _picture(video: VideoFacts, output: OutputFormat) -> dict[str, bool]:
    return {
        f"its picture is {video.size}, not {output.size}": str(video.size) == output.size,
        f"its codec is {video.codec} {video.profile}": (video.codec, video.profile) == ("h264", "High"),
        f"its pixels are {video.pixel_format}": video.pixel_format == "yuv420p",
        f"its pixels are {video.pixel_aspect} as wide as high": video.pixel_aspect == 1,
        f"it is turned by {video.rotation} degrees": video.rotation == 0,
        "its colours are not tagged BT.709, limited range": (video.colour_range, video.colour_space) == ("limited", 1)
        and (video.colour_primaries, video.colour_transfer) == (1, 1),
        f"its picture starts at {float(video.start_seconds)} s": video.start_seconds == 0,
        f"it has {float(video.frame_rate)} frames a second": video.frame_rate == output.frame_rate,
    }


def _sound(audio: AudioFacts, video: VideoFacts) -> dict[str, bool]:
    found = (audio.codec, audio.profile, audio.rate, audio.channels)
    longest_gap = 2 * Fraction(_SAMPLES_OF_AAC_FRAME, 48_000)
    return {
        f"its sound is {audio.codec} {audio.profile}, {audio.rate} Hz, {audio.channels} channels": found
        == ("aac", "LC", 48_000, 2),
        f"its sound starts at {float(audio.start_seconds)} s": audio.start_seconds == 0,
        "picture and sound do not end together": abs(audio.seconds - video.seconds) <= longest_gap,
    }


def _subtitles(found: Sequence[SoftTrackFacts], wanted: Sequence[str], video: VideoFacts) -> dict[str, bool]:
    languages = [track.language for track in found]
    return {
        f"it has subtitles in {languages}": languages == [track_language(tag) for tag in wanted],
        "its subtitles are shown unasked": not any(track.is_on for track in found),
        "its subtitles do not start at 0 s": all(track.start_seconds == 0 for track in found),
        "its subtitles outlast the picture": all(track.ends_seconds <= video.seconds for track in found),
        "its subtitles are empty": all(track.lines for track in found),
    }


def _frames(track: Track, output: OutputFormat) -> dict[str, bool]:
    gaps = [second - first for first, second in pairwise((*track.sync_samples, track.samples + 1))]
    return {
        "its frame rate is not constant": {Fraction(ticks, track.time_scale) for ticks in track.durations}
        == {Fraction(1, output.frame_rate)},
        "its key frames are more than half a second apart": track.sync_samples[:1] == (1,)
        and max(gaps) <= output.frame_rate // 2,
    }


def _starts_are_instant(path: Path) -> bool:
    """Whether every key frame is an IDR picture, behind which no frame refers to anything before it."""
    with av.open(str(path)) as container:
        return all(
            not packet.is_keyframe or _first_slice(bytes(packet)) == _IDR
            for packet in container.demux(video=0)
            if packet.size
        )


def _first_slice(sample: bytes) -> int:
    """Return the type of the first NAL unit that holds a slice; each stands behind its length in four bytes."""
    position = 0
    while position + 4 < len(sample):
        kind = sample[position + 4] & 31
        if kind in _SLICES:
            return kind
        position += 4 + int.from_bytes(sample[position : position + 4], "big")
    return 0
