"""What an episode of a series would cost, before anything is spent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from reelwright.credentials import KeySource, nothing_stored
from reelwright.errors import InvalidInput
from reelwright.plan import make_plan
from reelwright.recipe import Recipe
from reelwright.stages.script import expand_script
from reelwright.storyboard import Brief, Shot, Storyboard
from reelwright.studio import Studio
from reelwright.values import Usd, Value

_GUESSED_SHOT_SECONDS = Fraction(6)


class Price(Value):
    """What an episode may cost."""

    usd_low: Usd = Decimal(0)
    usd_high: Usd = Decimal(0)
    is_estimate: bool = False
    """Whether its shots are not written yet: what its writer asks comes on top."""
    problems: tuple[str, ...] = ()
    """Why it cannot be made."""
    warnings: tuple[str, ...] = ()


async def price_of(
    studio: Studio, brief: Brief, recipe: Recipe, today: date, stored_keys: KeySource = nothing_stored
) -> Price:
    """Return the price of an episode; of a topic that nobody has written yet, an estimate. Spends nothing."""
    guessed = False
    try:
        storyboard = (await expand_script(studio, brief, recipe, may_ask=False)).storyboard
    except InvalidInput as error:
        if brief.shots or recipe.writer == "none":
            return Price(problems=(str(error),))
        storyboard, guessed = _guessed(brief, recipe), True
    plan = make_plan(storyboard, recipe, studio.catalogue, today=today, stored_keys=stored_keys)
    return Price(
        usd_low=plan.usd_low,
        usd_high=plan.usd_high,
        is_estimate=guessed,
        problems=plan.problems,
        warnings=plan.warnings,
    )


def _guessed(brief: Brief, recipe: Recipe) -> Storyboard:
    """Return a storyboard as long as the recipe asks for, of shots as long as writers make them."""
    number = max(round(recipe.target_seconds / _GUESSED_SHOT_SECONDS), 1)
    shots = tuple(Shot(prompt=brief.title, seconds=recipe.target_seconds / number) for _ in range(number))
    return Storyboard(title=brief.title, language=brief.language, shots=shots)
