"""What is told about AI: each shot for itself, and one honest term for the whole."""

from __future__ import annotations

from fractions import Fraction

import pytest

from reelwright.animatic.motion import MEDIA_TYPE
from reelwright.disclosure import disclose
from reelwright.media.jobs import MixReport
from reelwright.models.video.contract import FREE
from reelwright.stages.episode import FinishedShot
from reelwright.stages.shots import Narration, Segment, StartFrame
from reelwright.takes.values import Clip
from reelwright.timing import ShotTime
from reelwright.values import Asset


def asset(media_type: str, **facts: str) -> Asset:
    """Some bytes."""
    return Asset(sha256="0" * 64, media_type=media_type, size_bytes=1, facts=dict(facts))


def shot(*, moved_by: str = "animatic", drawn_by: str = "animatic", spoken: bool = False) -> FinishedShot:
    """A shot whose picture was drawn and moved by somebody."""
    film = asset(MEDIA_TYPE if moved_by == "animatic" else "video/mp4")
    voice = Narration(speech=asset("audio/wav"), seconds=Fraction(1), words=(), narrator="local", charge=FREE)
    return FinishedShot(
        number=1,
        narration=voice if spoken else None,
        start_frame=StartFrame(picture=asset("image/png", drawn_by=drawn_by), model=drawn_by, charge=FREE),
        clip=Clip(clip=film, model=moved_by, seconds=Fraction(1), charge=FREE),
        time=ShotTime(frames=30, words=(), spoken=()),
        segment=Segment(video=asset("video/mp4"), frames=30),
    )


@pytest.mark.parametrize(
    ("shots", "kinds", "whole"),
    [
        ([shot(moved_by="veo"), shot(moved_by="kling", spoken=True)], ["trained", "trained"], "trainedAlgorithmic"),
        ([shot()], ["algorithmic"], "algorithmic"),
        ([shot(spoken=True)], ["algorithmic"], "compositeSynthetic"),
        ([shot(drawn_by="gpt-image-1")], ["composite"], "compositeSynthetic"),
        ([shot(), shot(moved_by="veo")], ["algorithmic", "trained"], "compositeSynthetic"),
    ],
    ids=["models", "animatic", "animatic with a voice", "a model's picture, moved", "one shot by a model"],
)
def test_each_shot_and_the_whole_say_what_they_are(shots: list[FinishedShot], kinds: list[str], whole: str) -> None:
    """IPTC's terms; a neural voice over drawn pictures is no longer an algorithm's work alone."""
    told = disclose(shots, writer="split by rule", music="none")
    assert told.source_type.startswith(whole)
    assert told.uri == f"http://cv.iptc.org/newscodes/digitalsourcetype/{told.source_type}"
    assert all(part.source_type.startswith(kind) for part, kind in zip(told.shots, kinds, strict=True))
    assert told.synthetic_picture == any(kind != "algorithmic" for kind in kinds)
    assert told.synthetic_voice == any(part.narration for part in shots)


def test_the_report_of_the_mix_says_what_plays() -> None:
    """Composed music is not a trained model's."""
    report = MixReport(integrated_lufs=-14, true_peak_dbtp=-1, range_lu=3, gain_db=0, limited=False, music="bed: calm")
    assert disclose([shot()], writer="gpt", music=report.music).music == "bed: calm"
