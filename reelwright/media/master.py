"""What a master promises, read back from the file: the last gate before anybody sees it."""

from __future__ import annotations

from pathlib import Path

from reelwright.errors import MediaError
from reelwright.media.boxes import Timing, boxes, timings
from reelwright.media.probe import AudioFacts, VideoFacts, probe
from reelwright.recipe import OutputFormat

_SAMPLES_OF_AAC_FRAME = 1024


def require_master(path: Path, output: OutputFormat) -> None:
    """Check the master.

    Raises:
        MediaError: naming every promise that the file does not keep.
    """
    broken = broken_promises(path, output)
    if broken:
        raise MediaError("The master is not what it should be: " + "; ".join(broken) + ".")


def broken_promises(path: Path, output: OutputFormat) -> tuple[str, ...]:
    """Return what is wrong with a master; nothing for a good one.

    H.264 High, 4:2:0, BT.709 limited; constant frame rate; a key frame every half second; AAC-LC 48 kHz stereo; index
    first; no edit lists; both streams start at 0 and end together.
    """
    facts = probe(path)
    if facts.video is None or facts.audio is None:
        return ("it lacks picture or sound",)
    findings = {**_container(path), **_picture(facts.video, output), **_sound(facts.audio, facts.video)}
    findings |= _frames(next(track for track in timings(path) if track.handler == "vide"), output)
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
        "its colours are not tagged BT.709, limited range": (video.colour_range, video.colour_space) == ("limited", 1)
        and (video.colour_primaries, video.colour_transfer) == (1, 1),
        f"its picture starts at {float(video.start_seconds)} s": video.start_seconds == 0,
        f"it has {float(video.frame_rate)} frames a second": video.frame_rate == output.frame_rate,
    }


def _sound(audio: AudioFacts, video: VideoFacts) -> dict[str, bool]:
    longest_gap = 2 * _SAMPLES_OF_AAC_FRAME / 48_000
    return {
        f"its sound is {audio.codec}, {audio.rate} Hz, {audio.channels} channels": (
            audio.codec,
            audio.rate,
            audio.channels,
        )
        == ("aac", 48_000, 2),
        f"its sound starts at {float(audio.start_seconds)} s": audio.start_seconds == 0,
        "picture and sound do not end together": abs(float(audio.seconds - video.seconds)) <= longest_gap,
    }


def _frames(track: Timing, output: OutputFormat) -> dict[str, bool]:
    gaps = [second - first for first, second in zip(track.sync_samples, track.sync_samples[1:], strict=False)]
    return {
        "its frame rate is not constant": len(track.durations) == 1,
        "its key frames are more than half a second apart": max(gaps, default=0) <= output.frame_rate // 2
        and track.sync_samples[:1] == (1,),
    }
