"""The recipe: every field has a default that works, every value has its bounds, and numbers come out whole."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reelwright.canonical import key_of
from reelwright.recipe import Budget, OutputFormat, Recipe

RATES = get_args(OutputFormat.model_fields["frame_rate"].annotation)
SIZES = get_args(OutputFormat.model_fields["size"].annotation)
rates = st.sampled_from(RATES)


def test_an_empty_recipe_is_a_recipe() -> None:
    """A new person writes nothing."""
    assert Recipe.model_validate({}) == Recipe()


def test_a_recipe_survives_json_and_keeps_its_key() -> None:
    """It lies in the manifest, and a run from the manifest finds everything again."""
    recipe = Recipe(default_seconds=Fraction(20, 3), budget=Budget(per_model_usd={"kling-v3": Decimal("2.50")}))
    read = Recipe.model_validate_json(recipe.model_dump_json())
    assert read == recipe
    assert key_of("k", read) == key_of("k", recipe)


def test_the_published_schema_takes_what_we_write() -> None:
    """Prefect draws its form from the schema and checks a run's parameters against it."""
    jsonschema.validate(Recipe().model_dump(mode="json"), Recipe.model_json_schema())


@pytest.mark.parametrize("rate", RATES)
def test_a_frame_is_a_whole_number_of_samples(rate: Any) -> None:
    """So sound and picture never drift apart, however many shots are joined."""
    assert OutputFormat(frame_rate=rate).samples_per_frame * rate == 48_000


@given(rates, st.fractions(min_value=0, max_value=3600))
def test_frames_last_at_least_as_long_as_wanted(rate: Any, seconds: Fraction) -> None:
    """And not a whole frame longer."""
    assert seconds <= Fraction(OutputFormat(frame_rate=rate).frames_for(seconds), rate) < seconds + Fraction(1, rate)


@given(rates, st.integers(min_value=0, max_value=10_000))
def test_whole_frames_stay_what_they_are(rate: Any, frames: int) -> None:
    """A length that was planned in frames is made in as many."""
    assert OutputFormat(frame_rate=rate).frames_for(Fraction(frames, rate)) == frames


@pytest.mark.parametrize("size", SIZES)
def test_a_size_has_even_sides(size: Any) -> None:
    """yuv420p has one colour for two pixels by two."""
    pixels = OutputFormat(size=size).pixels
    assert (str(pixels), pixels.width % 2, pixels.height % 2) == (size, 0, 0)


@pytest.mark.parametrize(
    "data",
    [
        {"vioce": {}},
        {"voice": {"sped": 1}},
        {"voice": {"speed": 3}},
        {"voice": {"speed": "fast"}},
        {"voice": {"lead_seconds": -1}},
        {"voice": {"tail_seconds": 9}},
        {"output": {"size": "1080x1921"}},
        {"output": {"frame_rate": 29.97}},
        {"music": {"level_db": 3}},
        {"music": {"level_db": float("nan")}},
        {"music": {"mood": "sad"}},
        {"captions": {"preset": ""}},
        {"captions": {"colour": "white"}},
        {"look": {"palette": ["#12345"]}},
        {"checks": {"loudness_lufs": float("nan")}},
        {"checks": {"true_peak_dbtp": float("inf")}},
        {"budget": {"per_episode_usd": -1}},
        {"budget": {"per_episode_usd": "NaN"}},
        {"budget": {"per_model_usd": {"x": "1.0000001"}}},
        {"video_models": []},
        {"video_models": "animatic"},
        {"image_models": [3]},
        {"default_seconds": 0},
        {"default_seconds": 61},
        {"schema_version": 2},
    ],
    ids=str,
)
def test_a_recipe_that_cannot_be_meant_is_refused(data: dict[str, Any]) -> None:
    """A misspelt field, an unknown choice, a number out of bounds: nothing is guessed or left out."""
    with pytest.raises(ValidationError):
        Recipe.model_validate(data)


@pytest.mark.parametrize(
    ("data", "read"),
    [
        ({"voice": {"speed": "6/5"}}, ("voice", "speed", Fraction(6, 5))),
        ({"voice": {"lead_seconds": 0.1}}, ("voice", "lead_seconds", Fraction(1, 10))),
        ({"budget": {"per_episode_usd": 0.1}}, ("budget", "per_episode_usd", Decimal("0.1"))),
        ({"budget": {"per_episode_usd": None}}, ("budget", "per_episode_usd", None)),
    ],
    ids=str,
)
def test_numbers_are_meant_as_they_are_written(data: dict[str, Any], read: tuple[str, str, object]) -> None:
    """A tenth in a YAML file is a tenth."""
    part, field, value = read
    assert getattr(getattr(Recipe.model_validate(data), part), field) == value
