"""How long a shot is and when its words are heard: whole frames, never shorter than what is said in it."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.recipe import OutputFormat, Recipe, Voice
from reelwright.storyboard import Shot
from reelwright.timing import ShotTime, estimate_seconds, estimate_words, shot_time
from reelwright.values import Word

RATES = (24, 25, 30, 50, 60)
seconds = st.fractions(min_value=0, max_value=120, max_denominator=48_000)
asked = st.none() | st.fractions(min_value=1, max_value=120, max_denominator=1000)
recipes = st.builds(
    lambda rate, lead, tail, default: Recipe(
        output=OutputFormat(frame_rate=rate),
        voice=Voice(lead_seconds=lead, tail_seconds=tail),
        default_seconds=default,
    ),
    st.sampled_from(RATES),
    st.fractions(min_value=0, max_value=3),
    st.fractions(min_value=0, max_value=5),
    st.fractions(min_value=1, max_value=60),
)
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=80)


def spoken(text: str, length: Fraction) -> tuple[Word, ...]:
    """Words that fill a narration of `length`, as a narrator tells them."""
    return estimate_words(text, length)


def lasting(time: ShotTime, recipe: Recipe) -> Fraction:
    """The shot's exact length in seconds."""
    return Fraction(time.frames, recipe.output.frame_rate)


# With a narrator


@given(recipes, asked, seconds, words)
def test_a_shot_is_never_shorter_than_its_narration(
    recipe: Recipe, wanted: Fraction | None, speech: Fraction, text: str
) -> None:
    """Nor than what was asked for; and not a whole frame longer than the longer of the two."""
    shot = Shot(prompt="x", narration=text, seconds=wanted)
    time = shot_time(shot, recipe, speech_seconds=speech, words=spoken(text, speech))
    needed = max(recipe.voice.lead_seconds + speech + recipe.voice.tail_seconds, wanted or Fraction(0))
    assert needed <= lasting(time, recipe) < needed + Fraction(1, recipe.output.frame_rate)


@given(recipes, seconds, words)
def test_words_are_heard_within_the_speech(recipe: Recipe, speech: Fraction, text: str) -> None:
    """Each word after the lead, one after the other, and the last one before the tail."""
    time = shot_time(Shot(prompt="x", narration=text), recipe, speech_seconds=speech, words=spoken(text, speech))
    lead = recipe.voice.lead_seconds
    (span,) = time.spoken
    assert (span.start, span.end) == (lead, lead + speech)
    edges = [lead, *(edge for word in time.words for edge in (word.start, word.end)), span.end]
    assert edges == sorted(edges)
    assert span.end + recipe.voice.tail_seconds <= lasting(time, recipe)


def test_a_narrators_own_times_are_kept() -> None:
    """Moved by the lead, exactly."""
    heard = (Word(text="Hello", start=Fraction(1, 3), end=Fraction(1, 2)),)
    recipe = Recipe(voice=Voice(lead_seconds=Fraction(1, 7)))
    time = shot_time(Shot(narration="Hello"), recipe, speech_seconds=Fraction(1), words=heard)
    assert time.words == (Word(text="Hello", start=Fraction(10, 21), end=Fraction(9, 14)),)


# Without


@given(recipes, asked, words)
def test_without_a_voice_there_is_time_to_read(recipe: Recipe, wanted: Fraction | None, text: str) -> None:
    """Captions alone decide the length as a narration would; nobody speaks, so no music steps back."""
    shot = Shot(prompt="x", narration=text, seconds=wanted)
    time = shot_time(shot, recipe, speech_seconds=None, words=())
    around = recipe.voice.lead_seconds + recipe.voice.tail_seconds
    reading = estimate_seconds(shot.narration) + around if shot.narration else Fraction(0)
    needed = max(reading, wanted or reading or recipe.default_seconds)
    assert needed <= lasting(time, recipe) < needed + Fraction(1, recipe.output.frame_rate)
    assert time.spoken == ()
    assert [word.text for word in time.words] == shot.narration.split()


@pytest.mark.parametrize("rate", RATES)
def test_a_shot_that_says_nothing_has_the_recipes_length(rate: Any) -> None:
    """Unless it has one of its own."""
    recipe = Recipe(output=OutputFormat(frame_rate=rate), default_seconds=Fraction(7))
    silent = [Shot(prompt="x"), Shot(prompt="x", seconds=Fraction(3))]
    assert [shot_time(shot, recipe, speech_seconds=None, words=()).frames for shot in silent] == [7 * rate, 3 * rate]


# Estimates


@given(words, seconds)
def test_estimated_words_fill_the_time_exactly(text: str, length: Fraction) -> None:
    """Without gap or overlap, in order, none lost: also in no time at all."""
    made = estimate_words(text, length)
    assert [word.text for word in made] == text.split()
    if not made:
        return
    assert made[0].start == 0
    assert made[-1].end == length
    assert all(word.end == following.start for word, following in itertools.pairwise(made))
    assert all(word.start <= word.end for word in made)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("Bread goes stale because its starch crystallises again.", 2.5, 4.5),
        ("word " * 150, 40, 70),
        ("面包变硬是因为淀粉重新结晶。", 2, 4),
        ("パンが硬くなるのは、でんぷんが結晶に戻るからです。", 3, 6),
    ],
    ids=["a sentence", "150 words", "Chinese", "Japanese"],
)
def test_an_estimate_is_about_what_a_narrator_needs(text: str, least: float, most: float) -> None:
    """130 to 200 words a minute; scripts without spaces are counted by characters."""
    assert least <= estimate_seconds(text) <= most


@given(words, words)
def test_more_words_take_longer(one: str, two: str) -> None:
    """Whatever is added."""
    assert estimate_seconds(f"{one} {two}") >= estimate_seconds(one)


@pytest.mark.parametrize("text", ["", "  \n "])
def test_nothing_takes_no_time(text: str) -> None:
    """White space is not said."""
    assert (estimate_seconds(text), estimate_words(text, Fraction(3))) == (0, ())
