"""Read a source, look models up, and plan: nothing is called, nothing is spent."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import assert_type

from reelwright import Catalogue, Entry, Plan, PlanRefused, Recipe, ShotPlan, Source, Storyboard, make_plan, read_source


def cheapest(storyboard: Storyboard, recipes: list[Recipe]) -> Plan | None:
    """Return the cheapest plan that can be carried out, if any can."""
    catalogue, today = Catalogue.load(), datetime.now(UTC).date()
    plans = [make_plan(storyboard, recipe, catalogue, today=today) for recipe in recipes]
    return min((plan for plan in plans if not plan.problems), key=lambda plan: plan.usd_high, default=None)


def priced(plan: Plan) -> list[str]:
    """Say what each shot costs at most.

    Raises:
        PlanRefused: it cannot be carried out.
    """
    try:
        plan.require()
    except PlanRefused as error:
        assert_type(error.problems, tuple[str, ...])
        raise
    return [line(shot) for shot in plan.shots]


def line(shot: ShotPlan) -> str:
    """Say what one shot is made with."""
    assert_type(shot.seconds, Fraction)
    assert_type(shot.usd_high, Decimal)
    return f"{shot.number}. {float(shot.seconds):.1f} s by {', '.join(shot.models)}: at most ${shot.usd_high}"


def video_models(longest: Fraction, today: date) -> list[str]:
    """Name the models that make clips of a length, and have not ended."""
    return [
        entry.name
        for entry in Catalogue.load().of("video")
        if not entry.ended(today) and (entry.longest_seconds is None or entry.longest_seconds >= longest)
    ]


def our_gpu() -> Entry:
    """Define a model in place, as a recipe does."""
    ours = {"name": "ours", "protocol": "openai-videos", "base_url": "http://gpu-1:8000/v1", "usd_per_second": 0}
    entry = Catalogue.load().resolve(ours, "video")
    assert_type(entry.price(Fraction(4)), Decimal | None)
    return entry


def from_standard_input(text: bytes) -> tuple[Source, Recipe]:
    """Read what somebody pipes in; a manifest carries its recipe."""
    source = read_source("-", stdin=io.BytesIO(text))
    return source, source.recipe or Recipe()


def wrong(storyboard: Storyboard, catalogue: Catalogue) -> None:
    """What an editor underlines."""
    make_plan(storyboard, Recipe(), catalogue)  # type: ignore[call-arg]  # on which day?
    make_plan(storyboard, Recipe(), catalogue, today="2026-11-21")  # type: ignore[arg-type]
    catalogue.of("videos")  # type: ignore[arg-type]  # it is called "video"
    read_source(b"tea.md")  # type: ignore[arg-type]
