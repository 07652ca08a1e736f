"""How one shot becomes the next, and which frames of each that takes. Pure: whole frames, no clock.

A transition changes nothing about when a shot begins: it takes frames on both sides of the cut, and each shot's picture
runs on under it for as long. So words, chapters and sound stay where they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints, model_validator

from reelwright import plugins
from reelwright.choices import OrOwn
from reelwright.values import Exact, Value

if TYPE_CHECKING:
    from reelwright.storyboard import Shot

BUILT_IN: Mapping[str, str] = dict.fromkeys(("cut", "dissolve", "dip", "whip"), "reelwright.media.transitions")
"""The module of those that come with Reelwright; see `reelwright.media.own_transitions` for those of one's own."""

_SHORTEST = 2
_MOST_OF_A_SHOT = 3
"""A transition takes at most a third of a shot at either of its ends."""


class Transition(Value):
    """How a shot begins; in YAML also the kind alone, e.g. `transition: dissolve`."""

    kind: Annotated[str, StringConstraints(min_length=1, max_length=200), OrOwn(tuple(BUILT_IN))] = "cut"
    """`dissolve` fades one picture into the other, `dip` goes through black, `whip` is a fast pan with motion blur;
    anything else is a transition of your own: a plug-in's name, a module, or a file such as `effects/slide.py`."""
    seconds: Exact = Field(default=Fraction(2, 5), ge=Fraction(1, 10), le=Fraction(3, 2))
    """How long it lasts; half of it before the cut."""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: Any) -> Any:
        return {"kind": given} if isinstance(given, str) else given

    @property
    def source(self) -> str:
        """What tells the versions of a transition of one's own apart; empty for those that come with Reelwright.

        Raises:
            InvalidInput: it is not there.
        """
        return plugins.source_of("transition", self.kind, BUILT_IN)

    def frames(self, frame_rate: int) -> int:
        """Return how many frames it has; 0 for a cut."""
        return 0 if self.kind == "cut" else max(round(self.seconds * frame_rate), _SHORTEST)


class Edges(Value):
    """What transitions take of a shot at its two ends, in frames. All 0 between cuts."""

    early: int = Field(default=0, ge=0)
    """How long before the shot's start its picture already runs."""
    head: int = Field(default=0, ge=0)
    """How many of its first frames belong to the transition into it."""
    tail: int = Field(default=0, ge=0)
    """How many of its last frames belong to the transition out of it."""
    late: int = Field(default=0, ge=0)
    """How long after the shot's end its picture still runs."""

    def rendered(self, frames: int) -> int:
        """Return how many frames of picture a shot of `frames` needs."""
        return self.early + frames + self.late

    def own(self, frames: int) -> tuple[int, int]:
        """Return where in its rendered picture the frames begin that are the shot's alone, and how many there are."""
        return self.early + self.head, frames - self.head - self.tail


class Overlap(Value):
    """How a shot's own sound reaches over its ends where transitions are, in frames. All 0 between cuts."""

    skip: int = Field(default=0, ge=0)
    """How much of the clip's sound is left out at its beginning."""
    before: int = Field(default=0, ge=0)
    """How long before the shot's start it is heard."""
    after: int = Field(default=0, ge=0)
    """How long after the shot's end it is heard."""
    rise: int = Field(default=0, ge=0)
    """How long it fades in."""
    fall: int = Field(default=0, ge=0)
    """How long it fades out."""


def overlaps_of(edges: Sequence[Edges]) -> tuple[Overlap, ...]:
    """Return how far each shot's own sound reaches over its ends: as far as its picture is seen."""
    nothing = Edges()
    return tuple(
        Overlap(
            skip=own.early - before.tail,
            before=before.tail,
            after=after.head,
            rise=before.tail + own.head,
            fall=own.tail + after.head,
        )
        for before, own, after in zip([nothing, *edges[:-1]], edges, [*edges[1:], nothing], strict=True)
    )


def transition_into(number: int, shots: Sequence[Shot], default: Transition) -> Transition:
    """Return how shot `number` (from 1) begins; the first one has nothing before it."""
    told = shots[number - 1].transition
    return Transition() if number == 1 else default if told is None else told


def edges_of(number: int, frames: int, shots: Sequence[Shot], default: Transition, frame_rate: int) -> Edges:
    """Return what the transitions around shot `number` take of it; its neighbours' lengths are not asked."""
    most = frames // _MOST_OF_A_SHOT
    before = transition_into(number, shots, default).frames(frame_rate)
    after = transition_into(number + 1, shots, default).frames(frame_rate) if number < len(shots) else 0
    return Edges(
        early=before - before // 2,
        head=min(before // 2, most),
        tail=min(after - after // 2, most),
        late=after // 2,
    )


def window(before: Edges, frames: int, after: Edges) -> tuple[int, int, int]:
    """Return where a transition begins in the rendered pictures of both shots, and how many frames it has.

    `frames` is the length of the shot before it.
    """
    return before.early + frames - before.tail, after.early - before.tail, before.tail + after.head
