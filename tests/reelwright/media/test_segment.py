"""Segments: what is drawn arrives unharmed, and a clip of any kind becomes the same kind of file as what is drawn."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import get_args

import numpy as np
import psutil
import pytest
from skimage.metrics import structural_similarity
from support.clips import make_clip, numbered_pictures, numbers_in, small_output
from support.colours import PATCHES, hdr_clip, patch_clip, patches_in
from support.pictures import decoded, drawn, losslessly, luma_of

from reelwright.animatic.motion import motion_for
from reelwright.animatic.scene import Place
from reelwright.errors import MediaError
from reelwright.media import ffmpeg
from reelwright.media.boxes import video_track
from reelwright.media.captions.ass import ass_document, burn_filter
from reelwright.media.captions.fonts import font_folder
from reelwright.media.captions.layout import layout
from reelwright.media.probe import probe
from reelwright.media.segment import encode_clip, encode_drawn
from reelwright.recipe import Captions, OutputFormat
from reelwright.timing import estimate_words
from reelwright.values import Size

OUTPUT = small_output()
FRAMES = 20


# --- What is drawn


def similarity(prompt: str, count: int, step: int, folder: Path) -> list[float]:
    """Draw a captioned shot at full size; compare every `step`th encoded frame with what ffmpeg drew, not encoded."""
    output = OutputFormat()
    made = drawn(motion_for(prompt, camera="pan-left"), output.pixels, count)
    words = estimate_words("Fresh bread is soft in the morning", Fraction(count, 30))
    document = folder / "captions.ass"
    cues = layout(words, Fraction(count, 30), Captions(), output)
    document.write_text(ass_document(cues, Captions(), output), "utf-8")
    burn = burn_filter(document, font_folder(folder / "fonts", "Fresh"))
    wanted = losslessly(made, output.pixels, folder / "raw", burn=burn)
    encode_drawn(map(memoryview, made), output, count, folder / "segment.mp4", burn=burn)  # type: ignore[arg-type]
    pairs = list(zip(decoded(folder / "segment.mp4"), wanted, strict=True))[::step]
    return [
        float(structural_similarity(*(luma_of(frame, output.pixels) for frame in pair), data_range=219))  # type: ignore[no-untyped-call]
        for pair in pairs
    ]


@pytest.mark.slow
def test_encoding_keeps_the_picture(tmp_path: Path) -> None:
    """SSIM of luma at 1080x1920, captions on it, is 0.98 or more in every kind of frame (I, P, B)."""
    assert min(similarity("A castle on a hill in a snow storm", 18, 5, tmp_path)) >= 0.98


@pytest.mark.slow
@pytest.mark.parametrize("place", get_args(Place))
def test_encoding_keeps_the_picture_of_every_place(place: str, tmp_path: Path) -> None:
    """The same for a second and a half of each place; dust, rain or stars are the hardest to keep."""
    assert min(similarity(f"{place} with a person, rain", 45, 4, tmp_path)) >= 0.98


def test_segment_is_tagged_for_players(tmp_path: Path) -> None:
    """H.264 High 4:2:0, BT.709 limited, square pixels, constant rate, groups of half a second, no sound."""
    segment = tmp_path / "s.mp4"
    encode_drawn(numbered_pictures(range(40), OUTPUT.pixels), OUTPUT, 40, segment)
    facts, track = probe(segment), video_track(segment)
    assert facts.audio is None
    video = facts.video
    assert video is not None
    assert (video.codec, video.profile, video.pixel_format) == ("h264", "High", "yuv420p")
    assert (video.colour_range, video.colour_space, video.colour_primaries, video.colour_transfer) == (
        "limited",
        1,
        1,
        1,
    )
    assert (video.pixel_aspect, video.rotation, video.frame_rate, video.is_constant_rate) == (1, 0, 30, True)
    assert (track.samples, track.sync_samples, track.time_scale) == (40, (1, 16, 31), 15_360)


@pytest.mark.parametrize("given", [12, 0])
def test_too_few_drawn_frames_are_an_error(given: int, tmp_path: Path) -> None:
    """A painter that stops early makes no short segment."""
    with pytest.raises(MediaError):
        encode_drawn(numbered_pictures(range(given), OUTPUT.pixels), OUTPUT, 20, tmp_path / "s.mp4")


def test_failure_of_the_painter_passes_through(tmp_path: Path) -> None:
    """What went wrong while drawing is what is told, and no ffmpeg stays behind."""

    def failing() -> object:
        yield from numbered_pictures(range(3), OUTPUT.pixels)
        message = "no more paint"
        raise ZeroDivisionError(message)

    began = time.monotonic()
    with pytest.raises(ZeroDivisionError, match="no more paint"):
        encode_drawn(failing(), OUTPUT, 20, tmp_path / "s.mp4")  # type: ignore[arg-type]
    assert time.monotonic() - began < 5
    assert not [child for child in psutil.Process().children() if "ffmpeg" in child.name()]


# --- Clips of any kind


TO_709, TO_601 = ("scale=out_color_matrix={}:out_range=tv,format={}".format(m, "{}") for m in ("bt709", "bt601"))
SAID, UNSAID = (
    "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709",
    "setparams=range=unknown:colorspace=unknown:color_primaries=unknown:color_trc=unknown",
)
FROM_RGB = "primariesin=709:transferin=709:rangein=full:matrixin=gbr"
KINDS: dict[str, Callable[[Path], Path]] = {
    "plain": lambda to: patch_clip(to / "c.mp4", "360x640", f"{TO_709.format('yuv420p')},{SAID}"),
    "the output's own size": lambda to: patch_clip(to / "c.mp4", OUTPUT.size, f"{TO_709.format('yuv420p')},{SAID}"),
    "odd size, 4:4:4": lambda to: patch_clip(to / "c.mp4", "181x321", f"{TO_709.format('yuv444p')},{SAID}"),
    "wide": lambda to: patch_clip(to / "c.mp4", "640x360", f"{TO_709.format('yuv420p')},{SAID}"),
    "4:2:2": lambda to: patch_clip(to / "c.mp4", "360x640", f"{TO_709.format('yuv422p')},{SAID}"),
    "10 bit": lambda to: patch_clip(to / "c.mp4", "360x640", f"{TO_709.format('yuv420p10le')},{SAID}"),
    "full range": lambda to: patch_clip(
        to / "c.mp4",
        "360x640",
        f"scale=out_color_matrix=bt709:out_range=pc,format=yuvj420p,{SAID.replace('range=tv', 'range=pc')}",
    ),
    "BT.601, tagged": lambda to: patch_clip(
        to / "c.mp4", "360x480", f"{TO_601.format('yuv420p')},{SAID.replace('bt709', 'smpte170m')}"
    ),
    "small, untagged": lambda to: patch_clip(to / "c.mp4", "320x480", f"{TO_601.format('yuv420p')},{UNSAID}"),
    "large, untagged": lambda to: patch_clip(to / "c.mp4", "720x1280", f"{TO_709.format('yuv420p')},{UNSAID}"),
    "BT.2020 without HDR": lambda to: patch_clip(
        to / "c.mp4",
        "360x640",
        f"zscale=matrix=2020_ncl:primaries=2020:transfer=2020_10:range=tv:{FROM_RGB},format=yuv420p10le",
    ),
    "Display P3": lambda to: patch_clip(
        to / "c.mp4", "360x640", f"zscale=matrix=709:primaries=smpte432:transfer=709:range=tv:{FROM_RGB},format=yuv420p"
    ),
    "HDR, PQ": lambda to: hdr_clip(to / "c.mp4", "180x320", "smpte2084"),
    "HDR, HLG": lambda to: hdr_clip(to / "c.mp4", "180x320", "arib-std-b67"),
    "HDR, PQ, half tagged": lambda to: hdr_clip(to / "c.mp4", "180x320", "smpte2084", tagged=False),
    "RGB, H.264": lambda to: patch_clip(
        to / "c.mp4", "360x640", "null", ("-c:v", "libx264rgb", "-preset", "ultrafast", "-crf", "5")
    ),
    "RGB with alpha, QuickTime": lambda to: patch_clip(to / "c.mov", "360x640", "format=argb", ("-c:v", "qtrle")),
    "ProRes with alpha": lambda to: patch_clip(
        to / "c.mov", "360x640", f"{TO_709.format('yuva444p10le')},{SAID}", ("-c:v", "prores_ks", "-profile:v", "4444")
    ),
    "VP9 with alpha": lambda to: patch_clip(
        to / "c.webm",
        "360x640",
        f"{TO_709.format('yuva420p')},{SAID}",
        ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-crf", "10", "-b:v", "0"),
    ),
    "HEVC": lambda to: patch_clip(
        to / "c.mp4",
        "360x640",
        f"{TO_709.format('yuv420p')},{SAID}",
        ("-c:v", "libx265", "-preset", "ultrafast", "-crf", "8", "-x265-params", "log-level=error"),
    ),
    "GIF": lambda to: patch_clip(to / "c.gif", "360x640", "null", ("-c:v", "gif")),
}
"""Each makes a clip of the same four patches."""


@pytest.fixture(scope="module")
def header(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """What a drawn segment says of itself to a decoder, and to a player."""
    segment = tmp_path_factory.mktemp("drawn") / "s.mp4"
    encode_drawn(numbered_pictures(range(FRAMES), OUTPUT.pixels), OUTPUT, FRAMES, segment)
    return headers_of(segment)


def headers_of(segment: Path) -> tuple[str, str]:
    """Hash the decoder's private data, and the whole sample description."""
    video = probe(segment).video
    assert video is not None
    return video.header_sha256, video_track(segment).description_sha256


@pytest.mark.parametrize("kind", KINDS)
def test_clip_of_any_kind_becomes_such_a_segment(kind: str, header: tuple[str, str], tmp_path: Path) -> None:
    """It has the frames asked for, joins a drawn segment by copy, and its colours are those that were meant."""
    segment = tmp_path / "segment.mp4"
    encode_clip(KINDS[kind](tmp_path), OUTPUT, FRAMES, segment)
    assert headers_of(segment) == header
    assert len(decoded(segment)) == FRAMES
    off = np.abs(np.array(patches_in(segment, OUTPUT.pixels)) - np.array(PATCHES))
    assert off.max() <= 6, patches_in(segment, OUTPUT.pixels)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_rotated_clip_is_turned(turn: int, header: tuple[str, str], tmp_path: Path) -> None:
    """A clip that says how it is to be turned is, and fills the picture upright."""
    plain, turned, segment = (tmp_path / name for name in ("p.mp4", "t.mp4", "s.mp4"))
    patch_clip(plain, "640x360" if turn % 180 else "360x640", f"{TO_709.format('yuv420p')},{SAID}")
    ffmpeg.run(["-display_rotation", str(turn), "-i", str(plain), "-c", "copy", str(turned)])
    encode_clip(turned, OUTPUT, FRAMES, segment)
    red, green, blue, grey = PATCHES
    wanted = {
        0: (red, green, blue, grey),
        90: (green, grey, red, blue),
        180: (grey, blue, green, red),
        270: (blue, red, grey, green),
    }[turn]
    assert np.abs(np.array(patches_in(segment, OUTPUT.pixels)) - np.array(wanted)).max() <= 6
    assert headers_of(segment) == header


@pytest.mark.parametrize(
    ("stored", "aspect", "turn"),
    [
        ("240x320", "1/1", 0),
        ("180x320", "4/3", 0),
        ("320x240", "3/4", 0),
        ("320x240", "3/4", 90),
        ("320x100", "1/2", 90),
    ],
)
def test_circle_stays_a_circle(stored: str, aspect: str, turn: int, tmp_path: Path) -> None:
    """Pixels that are not square, turned or not, are shown as wide as they are meant."""
    size, pixel = Size.parse(stored), Fraction(aspect)
    plain, clip, segment = (tmp_path / name for name in ("p.mp4", "c.mp4", "s.mp4"))
    rows, columns = np.mgrid[0 : size.height, 0 : size.width]
    far = np.hypot((columns - size.width / 2) * float(pixel), rows - size.height / 2)
    luma = np.where(far < min(size.width * pixel, size.height) * 0.3, 220, 60).astype(np.uint8)
    frame = memoryview(np.concatenate([luma.ravel(), np.full(2 * luma.size, 128, np.uint8)]).tobytes())
    source = ["-f", "rawvideo", "-pix_fmt", "yuv444p", "-video_size", stored, "-framerate", "24", "-i", "pipe:0"]
    options = ["-vf", f"setsar={aspect},format=yuv420p", "-c:v", "libx264", "-preset", "ultrafast"]
    ffmpeg.run([*source, *options, str(plain)], frames=[frame] * 6)
    ffmpeg.run(["-display_rotation", str(turn), "-i", str(plain), "-c", "copy", str(clip)])
    encode_clip(clip, OUTPUT, 4, segment)
    lit = luma_of(decoded(segment)[2], OUTPUT.pixels) > 140
    across, down = lit.any(0).sum(), lit.any(1).sum()
    assert abs(across - down) <= 3 or across == OUTPUT.pixels.width, (across, down)
    assert np.abs(np.argwhere(lit).mean(0) - ((256 - 1) / 2, (144 - 1) / 2)).max() < 2


# --- Frames


@pytest.mark.parametrize("rate", [24, 25, 30, 50, 60])
@pytest.mark.parametrize("output_rate", [24, 30, 60])
def test_picture_is_shown_at_its_time(rate: int, output_rate: int, tmp_path: Path) -> None:
    """At any rate, a frame shows the picture that the clip shows within half a frame of it; none is out of order."""
    output = small_output(output_rate)
    clip, segment = make_clip(tmp_path / "c.mp4", rate=rate, pictures=rate), tmp_path / "s.mp4"
    encode_clip(clip, output, output_rate, segment)
    shown = numbers_in(segment, shown=Size.parse("180x320"))
    assert len(shown) == output_rate
    assert shown == sorted(shown)
    half = Fraction(1, 2 * output_rate)
    for index, number in enumerate(shown):
        begin, end, now = Fraction(number, rate), Fraction(number + 1, rate), Fraction(index, output_rate)
        assert begin - half <= now <= end + half, index


def test_varying_rate_becomes_constant(tmp_path: Path) -> None:
    """Pictures that a clip leaves out are held; time neither stretches nor jumps."""
    clip, segment = tmp_path / "c.mp4", tmp_path / "s.mp4"
    kept = "select='not(eq(mod(n,7),2)+eq(mod(n,7),3)+between(n,30,40))'"
    make_clip(clip, rate=24, pictures=72, filters=kept, options=("-pix_fmt", "yuv420p", "-fps_mode", "vfr"))
    facts = probe(clip).video
    assert facts is not None
    assert not facts.is_constant_rate
    encode_clip(clip, OUTPUT, 90, segment)
    shown = numbers_in(segment, shown=Size.parse("180x320"))
    there = [number for number in range(72) if number % 7 not in {2, 3} and not 30 <= number <= 40]
    wanted = [max(number for number in there if number * 30 < index * 24 + 12) for index in range(90)]
    assert shown == wanted


@pytest.mark.parametrize(("pictures", "frames"), [(12, 40), (1, 10), (72, 20), (24, 30), (48, 1)])
def test_segment_has_exactly_the_frames_asked_for(pictures: int, frames: int, tmp_path: Path) -> None:
    """A shorter clip holds its last picture, a longer one is cut."""
    clip, segment = make_clip(tmp_path / "c.mp4", pictures=pictures), tmp_path / "s.mp4"
    encode_clip(clip, OUTPUT, frames, segment)
    shown = numbers_in(segment, shown=Size.parse("180x320"))
    assert len(shown) == frames
    assert shown[0] == 0
    assert abs(shown[-1] - min(pictures - 1, (frames - 1) * 24 / 30)) <= 1
    if frames > pictures * 30 / 24:
        assert shown[-1] == pictures - 1


def test_clip_that_starts_late_starts_at_once(tmp_path: Path) -> None:
    """A clip whose time begins at 1.5 s shows its first picture in the first frame."""
    plain, late, segment = make_clip(tmp_path / "c.mp4"), tmp_path / "l.mkv", tmp_path / "s.mp4"
    ffmpeg.run(["-i", str(plain), "-c", "copy", "-output_ts_offset", "1.5", str(late)])
    encode_clip(late, OUTPUT, 10, segment)
    assert numbers_in(segment, shown=Size.parse("180x320"))[:4] == [0, 1, 2, 2]


def test_sound_and_notes_of_a_clip_are_left_behind(tmp_path: Path) -> None:
    """A vendor's sound, title and chapters do not reach the segment."""
    clip, noisy, segment = make_clip(tmp_path / "c.mp4"), tmp_path / "n.mp4", tmp_path / "s.mp4"
    tone = ["-f", "lavfi", "-i", "sine=440:duration=1"]
    ffmpeg.run(["-i", str(clip), *tone, "-c:v", "copy", "-metadata", "title=prompt", "-shortest", str(noisy)])
    encode_clip(noisy, OUTPUT, 10, segment)
    assert probe(segment).audio is None
    assert b"prompt" not in segment.read_bytes()


# --- Broken clips


def cut(to: Path, share: float) -> bytes:
    """Return the first part of a clip's bytes."""
    data = make_clip(to / "whole.mp4", options=("-pix_fmt", "yuv420p", "-movflags", "+faststart")).read_bytes()
    return data[: int(len(data) * share)]


def sound_only(to: Path) -> bytes:
    """Return the bytes of a clip without a picture."""
    ffmpeg.run(["-f", "lavfi", "-i", "sine=440:duration=0.5", str(to / "sound.m4a")])
    return (to / "sound.m4a").read_bytes()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (lambda _: b"", "has no bytes"),
        (lambda _: b"<!DOCTYPE html><html>403 Forbidden</html>", "HTML page"),
        (lambda _: b'{"error": "expired"}', "JSON"),
        (lambda _: b"\x00" * 5000, "no video"),
        (lambda to: cut(to, 0.6), "cut off"),
        (lambda to: cut(to, 0.02), "no video|cut off|no picture"),
        (sound_only, "no picture"),
    ],
    ids=["empty", "HTML", "JSON", "zeros", "60 %", "2 %", "sound only"],
)
def test_broken_clip_says_what_it_is(data: Callable[[Path], bytes], told: str, tmp_path: Path) -> None:
    """What arrived instead of a clip is named, and nothing is made of it."""
    clip, segment = tmp_path / "clip.mp4", tmp_path / "s.mp4"
    clip.write_bytes(data(tmp_path))
    with pytest.raises(MediaError, match=told):
        encode_clip(clip, OUTPUT, 20, segment)
    assert not segment.exists()


def test_missing_clip_is_a_media_error(tmp_path: Path) -> None:
    """A path that is not there is named."""
    with pytest.raises(MediaError, match=r"gone\.mp4"):
        encode_clip(tmp_path / "gone.mp4", OUTPUT, 20, tmp_path / "s.mp4")
