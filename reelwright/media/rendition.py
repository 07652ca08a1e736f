"""Another version of a finished master: smaller, slower or lighter. The sound is copied, the picture encoded anew."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright import __version__
from reelwright.certificate import Signer
from reelwright.errors import InvalidInput, MediaError
from reelwright.media import ffmpeg, provenance
from reelwright.media.boxes import boxes
from reelwright.media.probe import MediaFacts, probe
from reelwright.values import Size

_BEST_BITS, _LEAST_BITS = 12_000_000, 150_000
"""Bits a second of the picture: what YouTube advises for 1080p at most, and what still shows one."""
_SOUND_BITS = 200_000
"""Bits a second of a master's sound, at most."""
_CREDENTIALS_BYTES = 16_384
"""Room for the content credentials; where a time stamp or a long chain needs more, the picture is made lighter."""
_OVERHEAD = Fraction(97, 100)
_ROUNDS = 4
_BESIDE = Fraction(1, 5)
"""How much longer or shorter it may be, in seconds: another rate ends on another frame."""


def encode_arguments(
    master: Path, into: Path, *, size: Size, frame_rate: Fraction, bits: int, is_capped: bool
) -> list[str]:
    """Build the command: H.264 High, closed groups of half a second, no edit list, index first.

    Args:
        master: What is read.
        into: What is written.
        size: Of the picture, in pixels.
        frame_rate: Frames a second.
        bits: Bits a second of the picture; at most, or on average if `is_capped`.
        is_capped: Whether the file has a size to keep to.
    """
    half_second = max(round(frame_rate / 2), 1)
    quality = ["-b:v", str(bits)] if is_capped else ["-crf", "18"]
    return [
        *("-y", "-i", str(master), "-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1"),
        *("-vf", f"fps={frame_rate},scale={size.width}:{size.height}:flags=lanczos,setsar=1,format=yuv420p"),
        # A fixed number of threads: the same bytes on every machine.
        *("-c:v", "libx264", "-preset", "medium", "-profile:v", "high", "-threads", "4", *quality),
        *("-maxrate", str(bits * 3 // 2 if is_capped else bits), "-bufsize", str(bits * 2)),
        *("-bf", "2", "-g", str(half_second), "-keyint_min", str(half_second), "-sc_threshold", "0", "-flags", "+cgop"),
        *("-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
        *("-c:a", "copy", "-fflags", "+bitexact", "-flags:v", "+bitexact+cgop", "-use_editlist", "0"),
        *("-movflags", "+faststart+negative_cts_offsets", "-f", "mp4", str(into)),
    ]


def render(
    master: Path, into: Path, *, size: Size, frame_rate: Fraction, most_bytes: int | None, beside: int = 0
) -> MediaFacts:
    """Write a rendition and return what was read back of it; `beside` of `most_bytes` are left free.

    Raises:
        InvalidInput: `most_bytes` are too few for a picture.
        MediaError: ffmpeg failed, or the file is not what was asked for.
    """
    seconds = probe(master).seconds
    room = _BEST_BITS if most_bytes is None else int((most_bytes - beside) * 8 * _OVERHEAD / seconds) - _SOUND_BITS
    is_capped, bits = room < _BEST_BITS, min(room, _BEST_BITS)
    for _ in range(_ROUNDS):
        if bits < _LEAST_BITS:
            raise InvalidInput(
                f"{most_bytes:,} bytes are too few for {float(seconds):.0f} s of video.",
                hint="Allow the rendition more, or make a shorter episode.",
            )
        arguments = encode_arguments(master, into, size=size, frame_rate=frame_rate, bits=bits, is_capped=is_capped)
        ffmpeg.run(arguments)
        written = into.stat().st_size
        if most_bytes is None or written + beside <= most_bytes:
            break
        average = min(Fraction(bits), written * 8 / seconds)
        is_capped, bits = True, int(average * (most_bytes - beside) / written * _OVERHEAD)
    return _read_back(into, size, frame_rate, seconds, most_bytes)


def render_signed(
    master: Path, into: Path, *, size: Size, frame_rate: Fraction, most_bytes: int | None, signer: Signer
) -> MediaFacts:
    """Write a rendition of a master that has content credentials: it gets its own, which lead back to the master's.

    Raises:
        InvalidInput: `most_bytes` are too few for a picture.
        MediaError: ffmpeg failed, it could not be signed, the master's own credentials do not hold, or the file is not
            what was asked for.
    """
    told = provenance.read(master)
    if told is not None and (told.faults or told.state == "Invalid"):
        raise MediaError(f"The master's content credentials do not hold: {', '.join(told.faults) or told.state}.")
    claims = _claims(told.source_type if told else "")
    picture, room = into.with_suffix(".unsigned.mp4"), _CREDENTIALS_BYTES
    for _ in range(_ROUNDS):
        render(master, picture, size=size, frame_rate=frame_rate, most_bytes=most_bytes, beside=room)
        provenance.sign(picture, into, claims, signer, parent=master)
        if most_bytes is None or into.stat().st_size <= most_bytes:
            break
        room += into.stat().st_size - most_bytes
    picture.unlink()
    return _read_back(into, size, frame_rate, probe(master).seconds, most_bytes)


def _claims(source_type: str) -> dict[str, Any]:
    """Return the manifest as c2pa reads it (C2PA 2.1): the master was opened, and its picture encoded anew."""
    agent = {"name": "Reelwright", "version": __version__}
    opened = {"action": "c2pa.opened", "softwareAgent": agent, "parameters": {"ingredientIds": [provenance.PARENT]}}
    # Also here, for readers that look no further than the first manifest.
    kind = {"digitalSourceType": source_type} if source_type else {}
    actions = [{**opened, **kind}, {"action": "c2pa.transcoded", "softwareAgent": agent}]
    return {
        "claim_generator_info": [agent],
        "title": "rendition",
        "format": "video/mp4",
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": actions}}],
    }


def _read_back(into: Path, size: Size, frame_rate: Fraction, seconds: Fraction, most_bytes: int | None) -> MediaFacts:
    facts, names = probe(into), [box.path for box in boxes(into)]
    video = facts.video
    if video is None:
        raise MediaError("The rendition has no picture.")
    findings = {
        f"its picture is {video.shown}, not {size}": video.shown == size,
        f"it has {float(video.frame_rate):g} frames/s, not {float(frame_rate):g}": video.frame_rate == frame_rate,
        f"it lasts {float(facts.seconds):.2f} s, not {float(seconds):.2f}": abs(facts.seconds - seconds) < _BESIDE,
        "its picture does not start at 0": video.start_seconds == 0,
        f"it has {facts.size_bytes:,} bytes": most_bytes is None or facts.size_bytes <= most_bytes,
        "its index is not in front of the media": names.index("moov") < names.index("mdat"),
        "it has edit lists": not any(name.endswith("/elst") for name in names),
    }
    broken = [text for text, is_good in findings.items() if not is_good]
    if broken:
        raise MediaError(f"The rendition is not what it should be: {'; '.join(broken)}.")
    return facts
