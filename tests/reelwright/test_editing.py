"""What a reviewer changes in the form."""

from __future__ import annotations

import pytest

from reelwright.editing import ShotEdit, edited, edits_of
from reelwright.errors import InvalidInput
from reelwright.storyboard import Shot, Storyboard

BOARD = Storyboard(
    title="Tea",
    shots=(
        Shot(narration="One.", prompt="A cup.", key=True),
        Shot(prompt="Leaves.", seconds="13/3"),
        Shot(narration="Three."),
    ),
)


def test_a_form_that_was_not_touched_changes_nothing() -> None:
    """Not even a length that no decimal number can say."""
    assert edited(BOARD, edits_of(BOARD)) is BOARD


def test_shots_are_dropped_reordered_changed_and_added() -> None:
    """The list is the order; what the form does not show stays as it was."""
    first, second, _ = edits_of(BOARD)
    new = ShotEdit(prompt="A window.", seconds=2)
    changed = first.model_copy(update={"narration": "First.", "models": ("kling-v3",)})
    made = edited(BOARD, [second, new, changed, edits_of(BOARD)[2].model_copy(update={"keep": False})])
    assert [shot.picture for shot in made.shots] == ["Leaves.", "A window.", "A cup."]
    assert made.shots[0] == BOARD.shots[1]
    assert made.shots[2] == BOARD.shots[0].model_copy(update={"narration": "First.", "models": ("kling-v3",)})


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([], "shots"),
        ([ShotEdit(number=1, narration="", prompt="")], "says and shows nothing"),
        ([ShotEdit(number=9, prompt="A cup.")], "There is no shot 9"),
    ],
)
def test_what_makes_no_storyboard_is_refused(edits: list[ShotEdit], said: str) -> None:
    """The reviewer is told what is wrong and asked again."""
    with pytest.raises(InvalidInput) as refusal:
        edited(BOARD, edits)
    assert said in str(refusal.value)
