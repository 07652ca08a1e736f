"""The picture check: broken clips are caught or mended, and what only looks strange is let through."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from support import broken_pictures as broken
from support.broken_pictures import (
    COUNT,
    Case,
    altered,
    black_between,
    bytes_of,
    cut_off,
    fading,
    filmed,
    framed,
    hdr,
    marked,
    of_two,
    overwritten,
    photograph,
    shown,
    sound_only,
    stopped,
    turned_by,
)
from support.scenery import QUICK, RATE, SIZE, film, first_of, glide

from reelwright.animatic.motion import motion_for
from reelwright.animatic.render import frames, start_frame_png
from reelwright.animatic.scene import Place
from reelwright.checks.picture import check_picture
from reelwright.checks.picture_values import PictureWanted
from reelwright.media import ffmpeg
from reelwright.storyboard import Camera
from reelwright.values import Size

MASTER = Size.parse("540x960")

HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-pix_fmt", "yuv420p")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "900k")
AV1 = ("-c:v", "libsvtav1", "-preset", "13", "-crf", "35", "-svtav1-params", "lp=1")
PRORES = ("-c:v", "prores_ks", "-profile:v", "0")
X264 = ("-c:v", "libx264", "-preset", "ultrafast")

BROKEN: dict[str, Case] = {
    # What is no clip
    "no bytes": Case(bytes_of(b""), "rejected", "unreadable"),
    "HTML": Case(bytes_of(b"<!DOCTYPE html><html><body>403 Forbidden</body></html>"), "rejected", "unreadable"),
    "JSON": Case(bytes_of(b'{"error": {"code": "expired"}}'), "rejected", "unreadable"),
    "zeros": Case(bytes_of(bytes(50_000)), "rejected", "unreadable"),
    "sound only": Case(sound_only, "rejected", "no_picture"),
    "a PNG": Case(photograph("p.png"), "rejected", "still_picture"),
    "a JPEG": Case(photograph("p.jpg"), "rejected", "still_picture"),
    "one frame": Case(lambda to: film(to / "clip.mp4", glide(count=1)), "rejected", "still_picture"),
    # Cut off and damaged
    "cut off at 3 %": Case(cut_off(0.03), "rejected"),
    "cut off at 50 %": Case(cut_off(0.5), "rejected", "unreadable"),
    "cut off at 97 %": Case(cut_off(0.97), "rejected", "unreadable"),
    "cut off, index last": Case(cut_off(0.9, index_first=False), "rejected", "unreadable"),
    "cut off, Matroska": Case(cut_off(0.6, name="whole.mkv"), "rejected", "too_short"),
    "noise in a P-frame": Case(overwritten(0.4, 4000, zeros=False), "rejected", "damaged"),
    "noise in an I-frame": Case(overwritten(0.5, 4000, zeros=False, frame="I"), "rejected", "damaged"),
    "zeros in the middle": Case(overwritten(0.5, 6000, zeros=True, frame="B"), "rejected", "damaged"),
    # Length and rate
    "too short": Case(lambda to: film(to / "clip.mp4", glide(count=40)), "rejected", "too_short"),
    "a little short": Case(lambda to: film(to / "clip.mp4", glide(count=67)), "mended", "short"),
    "too long": Case(lambda to: film(to / "clip.mp4", glide(count=110)), "mended", "long"),
    "varying rate": Case(
        filmed("select='not(eq(mod(n,7),2)+eq(mod(n,7),3))'", (*QUICK, "-fps_mode", "vfr")), "mended", "varying_rate"
    ),
    "8 a second": Case(lambda to: film(to / "clip.mp4", glide(count=24), rate=8), "rejected", "slow_rate"),
    # What is seen
    "black": Case(altered(shown(0.0)), "rejected", "black"),
    "black with noise": Case(filmed("geq=lum=18:cb=128:cr=128,noise=alls=4:allf=t"), "rejected", "black"),
    "black for two seconds": Case(altered(black_between(20, 70)), "rejected", "black"),
    "black until 1.5 s": Case(altered(black_between(0, 36)), "rejected", "black"),
    "flat": Case(altered(lambda _, frame: np.full_like(frame, (90, 140, 60))), "rejected", "flat"),
    "grey half": Case(altered(lambda n, frame: frame if n < 30 else np.full_like(frame, 128)), "rejected", "flat"),
    "frozen": Case(altered(stopped(0, COUNT)), "rejected", "frozen"),
    "frozen end": Case(altered(stopped(30, 110), count=110), "rejected", "frozen"),
    "too few bits": Case(
        filmed("scale=540:960", (*X264, "-b:v", "60k", "-maxrate", "60k", "-bufsize", "60k"), across=2),
        "rejected",
        "low_bit_rate",
    ),
    "another start": Case(lambda to: film(to / "clip.mp4", glide(7, COUNT)), "rejected", "wrong_start"),
    "mirrored": Case(altered(lambda _, frame: frame[:, ::-1]), "mended", "mirrored"),
    "upside down": Case(altered(lambda _, frame: np.rot90(frame, 2)), "mended", "turned"),
    "on its side": Case(
        lambda to: film(to / "c.mp4", (np.rot90(f) for f in glide(count=COUNT)), size=Size(width=480, height=270)),
        "mended",
        "turned",
    ),
    "a vendor's mark": Case(altered(marked, across=3.0), "rejected", "watermark"),
    # Shape
    "landscape": Case(filmed("crop=270:152"), "rejected", "wrong_shape", has_start=False),
    "square": Case(filmed("crop=270:270"), "mended", "another_shape", has_start=False),
    "tiny": Case(filmed("scale=90:160"), "rejected", "too_small"),
    "bars above and below": Case(altered(framed(0, 0.12)), "mended", "bars", has_start=False),
    "bars at the sides": Case(altered(framed(0.1, 0)), "mended", "bars", has_start=False),
    "turned by a note": Case(turned_by(90), "mended", "rotated"),
    "turned over by a note": Case(turned_by(180), "mended", "rotated"),
    "wide pixels": Case(filmed("scale=202:480,setsar=4/3"), "mended", "pixel_aspect"),
    # Colours and fields
    "HDR, PQ": Case(hdr("smpte2084"), "rejected", "hdr", has_start=False),
    "HDR, HLG": Case(hdr("arib-std-b67"), "rejected", "hdr", has_start=False),
    "full range": Case(
        filmed("scale=out_range=pc,format=yuvj420p,setparams=range=pc", (*QUICK[:-2], "-pix_fmt", "yuvj420p")),
        "mended",
        "full_range",
    ),
    "BT.601": Case(
        filmed("scale=in_color_matrix=bt709:out_color_matrix=bt601,setparams=colorspace=smpte170m"),
        "mended",
        "old_matrix",
    ),
    "interlaced": Case(
        filmed("interlace=lowpass=0", (*X264, "-flags", "+ilme+ildct", "-x264-params", "tff=1", "-pix_fmt", "yuv420p")),
        "mended",
        "interlaced",
    ),
}
"""Findings that are mended in a clip which is rejected for another reason (still patches) are looked for, too."""

GOOD: dict[str, Case] = {
    "plain": Case(filmed(), "accepted"),
    "slow pan": Case(filmed(across=0.12, down=0.0), "accepted"),
    "slow push": Case(filmed(across=0.0, down=0.0, zoom=0.0006), "accepted"),
    "fast pan": Case(filmed(across=5.0), "accepted"),
    "night": Case(altered(broken.night), "accepted", has_start=False),
    "snow": Case(altered(broken.snow), "accepted", has_start=False),
    "fog": Case(altered(broken.fog), "accepted"),
    "drawn animation": Case(altered(broken.drawn_flat), "accepted", has_start=False),
    "candle": Case(altered(broken.candle), "accepted", has_start=False),
    "lightning": Case(altered(broken.lightning), "accepted"),
    "fade in": Case(altered(fading(18)), "accepted"),
    "fade out": Case(altered(lambda n, f: (f * np.clip((COUNT - n) / 18, 0, 1)).astype(np.uint8)), "accepted"),
    "a cut": Case(lambda to: film(to / "clip.mp4", of_two(1, 9, 40)), "accepted"),
    "a second of rest": Case(altered(stopped(30, 60)), "accepted"),
    "dark": Case(altered(shown(0.25)), "accepted"),
    "bright": Case(
        altered(lambda _, frame: (255 - (255 - frame.astype(np.float32)) * 0.3).astype(np.uint8)), "accepted"
    ),
    "grain": Case(filmed("noise=alls=22:allf=t"), "accepted"),
    "graded": Case(filmed("eq=contrast=1.3:saturation=1.5:gamma=0.85"), "accepted"),
    "a little nearer": Case(filmed("crop=250:444,scale=270:480"), "accepted"),
    "12 a second": Case(lambda to: film(to / "clip.mp4", glide(count=36, across=2), rate=12), "accepted"),
    "30 a second": Case(lambda to: film(to / "clip.mp4", glide(count=90), rate=30), "accepted"),
    "29.97 a second": Case(lambda to: film(to / "clip.mp4", glide(count=90), rate="30000/1001"), "accepted"),
    "no B-frames": Case(filmed(options=(*X264, "-bf", "0", "-pix_fmt", "yuv420p")), "accepted"),
    "key frames only": Case(filmed(options=(*QUICK, "-g", "1")), "accepted"),
    "10 bits 4:2:2": Case(filmed("format=yuv422p10le", (*X264, "-pix_fmt", "yuv422p10le")), "accepted"),
    "ProRes": Case(filmed("format=yuv422p10le", PRORES, "clip.mov"), "accepted"),
    "HEVC": Case(filmed(options=HEVC), "accepted"),
    "VP9": Case(filmed(options=VP9, name="clip.webm"), "accepted"),
    "AV1": Case(filmed(options=AV1), "accepted"),
    "odd size": Case(filmed("scale=271:481,format=yuv444p", X264), "accepted"),
    "one frame short": Case(lambda to: film(to / "clip.mp4", glide(count=71)), "accepted"),
    "a mark nobody knows of": Case(altered(marked, across=3.0), "accepted"),
    "still corner": Case(
        altered(lambda _, f: np.vstack([f[:400], np.tile(f[:1, :1], (80, SIZE.width, 1))])), "accepted"
    ),
}


AT_ONCE = frozenset(
    {"HTML", "cut off at 97 %", "noise in a P-frame", "black", "frozen", "another start", "mirrored", "a vendor's mark"}
    | {"bars above and below", "night", "drawn animation", "a cut"}
)
"""Cases that run by default; the whole table runs with the slow tests."""


def cases(table: dict[str, Case]) -> list[object]:
    """Return the names of a table's cases, most of them marked as slow."""
    return [name if name in AT_ONCE else pytest.param(name, marks=pytest.mark.slow) for name in table]


def wanted(case: Case, folder: Path, **more: object) -> PictureWanted:
    """What the plain clip is asked to be."""
    start = first_of(glide(), folder / "start.png") if case.has_start else None
    return PictureWanted.model_validate({"seconds": 3, "size": MASTER, "start_frame": start, **more})


@pytest.mark.parametrize("name", cases(BROKEN))
def test_broken_clip_is_caught_or_mended(name: str, tmp_path: Path) -> None:
    """It is rejected, or said to be mended, for the reason that it was broken by."""
    case = BROKEN[name]
    corner = {"corner": "bottom-right"} if case.kind == "watermark" else {}
    report = check_picture(case.make(tmp_path), wanted(case, tmp_path, **corner))
    assert report.verdict.outcome == case.outcome, report.verdict
    if case.kind:
        assert report.verdict.has(case.kind), report.verdict
    if case.outcome == "rejected":
        assert report.verdict.faults


@pytest.mark.parametrize("name", cases(GOOD))
def test_good_clip_is_let_through(name: str, tmp_path: Path) -> None:
    """Nothing is held against it."""
    case = GOOD[name]
    report = check_picture(case.make(tmp_path), wanted(case, tmp_path))
    assert report.verdict.faults == (), report.verdict
    assert report.verdict.outcome in {"accepted", "mended"}
    assert report.survey is not None
    assert report.score > 0


SHOTS = [
    (camera, place, words)
    for place in get_args(Place)
    for camera, words in (("still", "with a person, rain"), ("drift", "in fog at night"))
]


@pytest.mark.slow
@pytest.mark.parametrize(("camera", "place", "words"), SHOTS)
def test_drawn_shot_is_let_through(camera: Camera, place: str, words: str, tmp_path: Path) -> None:
    """The animatic's own shots, of every place: the camera stands or drifts, in rain, in fog, at night."""
    motion = motion_for(f"{place} {words}", camera=camera)
    drawn = frames(motion, size=SIZE, frame_rate=RATE, frame_count=COUNT)
    shape = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", str(SIZE), "-framerate", str(RATE), "-i", "pipe:0"]
    ffmpeg.run(["-y", *shape, *QUICK, str(tmp_path / "clip.mp4")], frames=drawn)
    start = tmp_path / "start.png"
    start.write_bytes(start_frame_png(motion.scene, SIZE))
    report = check_picture(tmp_path / "clip.mp4", PictureWanted(seconds=Fraction(3), size=MASTER, start_frame=start))
    assert report.verdict.faults == (), report.verdict
