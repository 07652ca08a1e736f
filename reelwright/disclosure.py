"""What of an episode was made by trained models, as channels must tell and content credentials say. Pure.

The terms are IPTC's digital source types (https://cv.iptc.org/newscodes/digitalsourcetype/):

- `trainedAlgorithmicMedia`: made by a model that was trained on sampled content.
- `algorithmicMedia`: made by an algorithm that was not, such as the animatic and the composed music.
- `compositeSynthetic`: put together of several elements, at least one of them synthetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from reelwright.animatic.motion import MEDIA_TYPE
from reelwright.values import Value

if TYPE_CHECKING:
    from reelwright.stages.episode import FinishedShot

TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"

SourceType = Literal["trainedAlgorithmicMedia", "algorithmicMedia", "compositeSynthetic"]


class ShotSource(Value):
    """Where one shot's picture comes from."""

    number: int
    source_type: SourceType
    model: str
    """Of the moving picture."""
    start_frame_model: str
    made_by_trained_model: bool
    """Of its picture or its own sound."""
    narrator: str = ""
    """Empty: nobody speaks over it."""


class Disclosure(Value):
    """What publishing tells about AI."""

    source_type: SourceType
    """Of the whole episode."""
    synthetic_picture: bool
    """Whether any shot's picture was made by a trained model."""
    synthetic_voice: bool
    """Whether a narrator that is a trained model speaks."""
    script_writer: str
    """Who wrote the shots: `split by rule` is nobody's model."""
    music: str
    """`bed: …` was composed by an algorithm; else the file's name, or `none`."""
    shots: tuple[ShotSource, ...]

    @property
    def uri(self) -> str:
        """The source type as IPTC's address of it."""
        return TERMS + self.source_type


def disclose(shots: Sequence[FinishedShot], *, writer: str, music: str) -> Disclosure:
    """Return what of an episode was made by trained models."""
    told = tuple(_shot(shot) for shot in shots)
    speaks = any(shot.narrator for shot in told)
    return Disclosure(
        source_type=_whole((shot.source_type for shot in told), speaks=speaks),
        synthetic_picture=any(shot.made_by_trained_model for shot in told),
        synthetic_voice=speaks,
        script_writer=writer,
        music=music,
        shots=told,
    )


def _shot(shot: FinishedShot) -> ShotSource:
    moved = shot.clip.clip.media_type == MEDIA_TYPE
    drawn = shot.start_frame.picture.facts.get("drawn_by", shot.start_frame.model) == "animatic"
    source: SourceType = (
        "algorithmicMedia" if moved and drawn else "compositeSynthetic" if moved else "trainedAlgorithmicMedia"
    )
    return ShotSource(
        number=shot.number,
        source_type=source,
        model=shot.clip.model,
        start_frame_model=shot.start_frame.model,
        made_by_trained_model=source != "algorithmicMedia",
        narrator=shot.narration.narrator if shot.narration else "",
    )


def _whole(parts: Iterable[SourceType], *, speaks: bool) -> SourceType:
    """A voice (always a trained model's) over drawn pictures makes a composite; over a model's, nothing else."""
    kinds = set(parts)
    if kinds == {"trainedAlgorithmicMedia"}:
        return "trainedAlgorithmicMedia"
    return "algorithmicMedia" if kinds == {"algorithmicMedia"} and not speaks else "compositeSynthetic"
