"""What a reviewer changes in a storyboard: words, pictures, lengths and models of shots, their order and number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, ValidationError

from reelwright.choices import OneOf
from reelwright.errors import InvalidInput
from reelwright.storyboard import Shot, Storyboard
from reelwright.validation import complaints
from reelwright.values import Value


class ShotEdit(Value):
    """A shot as a reviewer wants it; the order of the list is the order of the shots."""

    number: int = Field(default=0, ge=0)
    """Which shot this is; leave it as it is. 0 is a new shot."""
    keep: bool = True
    """Switch it off to drop the shot."""
    narration: str = ""
    """What the narrator says."""
    prompt: str = ""
    """What is seen."""
    seconds: float | None = Field(default=None, ge=1, le=120)
    """Length; empty: as long as what is said."""
    models: tuple[Annotated[str, OneOf("video")], ...] = ()
    """Video models to try for this shot, in order; empty: the recipe's."""


def edits_of(storyboard: Storyboard) -> tuple[ShotEdit, ...]:
    """Return the shots as a reviewer finds them in the form."""
    return tuple(
        ShotEdit(
            number=number,
            narration=shot.narration,
            prompt=shot.prompt,
            seconds=None if shot.seconds is None else float(shot.seconds),
            models=shot.models,
        )
        for number, shot in enumerate(storyboard.shots, 1)
    )


def edited(storyboard: Storyboard, edits: Sequence[ShotEdit]) -> Storyboard:
    """Return the storyboard as the reviewer wants it; the very same where nothing was changed.

    Raises:
        InvalidInput: what was changed makes no storyboard, e.g. no shot is left.
    """
    if tuple(edits) == edits_of(storyboard):
        return storyboard
    shots = [_shot(storyboard, edit) for edit in edits if edit.keep]
    try:
        return Storyboard.model_validate({**dict(storyboard), "shots": shots})
    except ValidationError as error:
        first = complaints(error, Storyboard)[0]
        hint = f"Expected {first.expected}." if first.expected else ""
        raise InvalidInput(f"{first.field}: {first.problem}", hint=hint) from None


def _shot(storyboard: Storyboard, edit: ShotEdit) -> dict[str, object]:
    if edit.number > len(storyboard.shots):
        raise InvalidInput(f"There is no shot {edit.number}.", hint="A new shot has the number 0.")
    known = storyboard.shots[edit.number - 1] if edit.number else None
    same = dict(known) if known is not None else dict(Shot(prompt="-"))
    seconds = None if edit.seconds is None else str(edit.seconds)
    if known is not None and known.seconds is not None and edit.seconds == float(known.seconds):
        seconds = str(known.seconds)  # exact as it was, where the form shows a rounded number
    return {**same, "narration": edit.narration, "prompt": edit.prompt, "seconds": seconds, "models": edit.models}
