"""What a person reads of a plan before money is spent."""

from __future__ import annotations

from fractions import Fraction

from support.plans import MODEL, plan

from flows.pages import storyboard
from reelwright.storyboard import Shot

LINE = Shot(prompt="a baker", dialogue="It is ready.", seconds=Fraction(6))


def test_the_storyboard_says_what_of_the_price_is_for_further_takes() -> None:
    """Who approves $1.60 knows that half of it is spent only if a line is said wrongly."""
    made = plan(LINE, video_models=({**MODEL, "audio": "always"},))
    assert "at most $1.60, $0.80 of it for further takes of dialogue." in storyboard(made, {})
    assert "further takes" not in storyboard(plan(Shot(prompt="a loaf")), {})
