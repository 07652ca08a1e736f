"""What a plan says an episode costs: for what is really made, from the least to the worst case, inside every budget."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from support.plans import BOUGHT, DEAR, MODEL, plan

from reelwright.catalogue import BUILT
from reelwright.recipe import Budget, OutputFormat, Voice
from reelwright.storyboard import Shot


def test_the_price_is_for_what_the_model_really_makes() -> None:
    """6 s are wanted, 8 s are made and paid."""
    shot = plan(BOUGHT, video_models=(MODEL,)).shots[0]
    assert (shot.seconds, shot.usd_low, shot.usd_high) == (6, Decimal("0.8"), Decimal("0.8"))


def test_the_price_range_is_from_the_cheapest_to_all_failures() -> None:
    """At least the cheapest model, at most all of the chain, each failed attempt billed."""
    made = plan(BOUGHT, BOUGHT, video_models=(DEAR, MODEL))
    assert [(shot.usd_low, shot.usd_high) for shot in made.shots] == [(Decimal("0.8"), Decimal("3.8"))] * 2
    assert (made.usd_low, made.usd_high) == (Decimal("1.6"), Decimal("7.6"))


def test_every_take_is_paid() -> None:
    """Three takes side by side cost three times as much."""
    assert plan(BOUGHT, video_models=(MODEL,), takes=3).usd_low == Decimal("2.4")


TALKING = {**MODEL, "name": "talker", "model": "talker-1", "audio": "always"}
LINE = Shot(prompt="a baker", dialogue="It is ready.", seconds=Fraction(6))


@pytest.mark.parametrize(
    ("cap", "more", "high"),
    [("5", "1.6", "3.2"), ("2.4", "0.8", "2.4"), ("1.6", "0", "1.6"), (None, "1.6", "3.2")],
    ids=["room for all", "room for one", "no room", "no cap"],
)
def test_further_takes_of_dialogue_are_planned_as_far_as_the_budget_has_room(
    cap: str | None, more: str, high: str
) -> None:
    """None for shots that nobody speaks in, of which a take was chosen, or where the recipe wants none."""
    silent = LINE.model_copy(update={"dialogue": "", "audio": "mute"})
    budget = Budget(per_episode_usd=None if cap is None else Decimal(cap))
    shots = (LINE, LINE.model_copy(update={"prompt": "a cook"}))
    made = plan(*shots, video_models=(TALKING,), budget=budget)
    assert (made.problems, made.usd_more, made.usd_high) == ((), Decimal(more), Decimal(high))
    for shot, sound in ((silent, {}), (LINE.model_copy(update={"take": 0}), {}), (LINE, {"more_takes": 0})):
        assert plan(shot, video_models=(TALKING,), checks={"sound": sound}).usd_more == 0


def test_the_price_knows_size_and_sound() -> None:
    """The rate of the size and the sound that will be asked for, not that of 720p."""
    priced = {
        **MODEL,
        "audio": "optional",
        "prices": [
            {"usd_per_second": "0.10", "short_side": 720, "audio": False},
            {"usd_per_second": "0.20", "short_side": 720},
            {"usd_per_second": "0.40"},
        ],
    }
    small = OutputFormat(size="720x1280")
    loud = BOUGHT.model_copy(update={"audio": "keep"})
    costs = [plan(shot, video_models=(priced,), output=small).usd_high for shot in (BOUGHT, loud)]
    assert [*costs, plan(BOUGHT, video_models=(priced,)).usd_high] == [Decimal("0.8"), Decimal("1.6"), Decimal("3.2")]


def test_a_start_frame_is_in_the_price() -> None:
    """A picture by the piece, whatever the takes."""
    painter = {"name": "painter", "protocol": "openai-images", "base_url": "https://x.example/v1", "usd_each": "0.04"}
    assert plan(BOUGHT, image_models=(painter,), takes=3).usd_high == Decimal("0.04")


@pytest.mark.parametrize("protocol", sorted(BUILT["narrator"] - {"local"}))
def test_a_narration_is_in_the_price(protocol: str) -> None:
    """By its characters, rounded up to a tenth of a cent; its failure is nobody else's success."""
    voice = {"name": "v", "protocol": protocol, "base_url": "https://x.example/v1", "usd_per_1000_characters": "0.30"}
    made = plan(Shot(narration="x" * 101), Shot(prompt="x"), voice=Voice(narrator=voice))
    assert (made.problems, made.usd_low, made.usd_high) == ((), Decimal("0.031"), Decimal("0.031"))


@pytest.mark.parametrize(
    ("cap", "problems"),
    [
        (Decimal("7.6"), ()),
        (Decimal("7.5"), ("it may cost $7.60, and the budget is $7.50 an episode",)),
        (None, ()),
    ],
    ids=["just enough", "too little", "no cap"],
)
def test_the_budget_of_an_episode_is_a_cap_on_the_worst_case(cap: Decimal | None, problems: tuple[str, ...]) -> None:
    """A plan that could pass it is refused before anything is paid."""
    budget = Budget(per_episode_usd=cap)
    assert plan(BOUGHT, BOUGHT, video_models=(DEAR, MODEL), budget=budget).problems == problems


@pytest.mark.parametrize(
    ("budget", "warning"),
    [
        (Budget(per_day_usd=Decimal(6)), "it may cost $7.60, and the budget is $6.00 a day"),
        (Budget(per_model_usd={"dear": Decimal("5.9")}), "dear may cost $6.00, and the budget is $5.90 a day"),
        (Budget(per_day_usd=Decimal(8), per_model_usd={"dear": Decimal(6), "cloud": Decimal("0.1")}), ""),
    ],
    ids=["day", "model", "enough for every first attempt"],
)
def test_a_days_budget_that_may_not_do_is_told(budget: Budget, warning: str) -> None:
    """What was bought before costs nothing again, so the plan goes on: the ledger holds the cap."""
    roomy = budget.model_copy(update={"per_episode_usd": Decimal(100)})
    made = plan(BOUGHT, BOUGHT, video_models=(DEAR, MODEL), budget=roomy)
    assert made.problems == ()
    assert [told.split(":")[0] for told in made.warnings if "budget" in told] == ([warning] if warning else [])


UNPRICED = {**MODEL, "usd_per_second": None}


def test_a_budget_cannot_hold_a_price_that_is_not_known() -> None:
    """The start would be refused at night; the plan says so now, and what to do."""
    (problem,) = plan(BOUGHT, video_models=(UNPRICED,)).problems
    assert problem.startswith("shot 1: the price of cloud is not known, so no budget can hold (say usd_per_second")


def test_without_a_budget_an_unknown_price_is_a_warning() -> None:
    """The person has said that money is no object."""
    made = plan(BOUGHT, video_models=(UNPRICED,), budget=Budget(per_episode_usd=None))
    assert made.problems == ()
    assert "the price of cloud is not known, and not in the sum" in made.warnings
