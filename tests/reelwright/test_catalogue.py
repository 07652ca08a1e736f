"""The catalogue of models: facts that are whole, dated and sourced; prices and lengths that never come out too low."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reelwright.catalogue import Catalogue, Entry, Kind
from reelwright.errors import InvalidInput, RecipeError
from reelwright.recipe import Recipe
from reelwright.values import Size

CATALOGUE = Catalogue.load()
TEXT = resources.files("reelwright").joinpath("catalogue.toml").read_text("utf-8")
TODAY = date(2026, 11, 21)
KINDS: tuple[Kind, ...] = get_args(Kind)

every_entry = pytest.mark.parametrize("entry", CATALOGUE.entries, ids=lambda entry: f"{entry.kind} {entry.name}")
every_end = pytest.mark.parametrize(
    "entry", [entry for entry in CATALOGUE.entries if entry.ends_on], ids=lambda e: e.name
)
video = st.sampled_from(CATALOGUE.of("video"))
lengths = st.fractions(min_value=Fraction(1, 60), max_value=130, max_denominator=48_000)


def priced(usd_per_second: str) -> Entry:
    """A remote model at a price."""
    return Entry(name="x", kind="video", protocol="x", vendor="x", usd_per_second=Decimal(usd_per_second))


# What stands in it


def test_the_facts_are_dated() -> None:
    """The file says when they were gathered: the day from which an end date may have been announced unseen."""
    gathered = re.search(r"Gathered (\d{4}-\d{2}-\d{2})", TEXT)
    assert gathered
    assert date.fromisoformat(gathered[1]) >= TODAY


@every_entry
def test_an_entry_says_where_its_facts_are_from(entry: Entry) -> None:
    """A document, a package with its version, or this machine."""
    assert len(entry.source) > 10
    assert entry.vendor


@every_entry
def test_an_entry_has_a_name_that_a_recipe_can_hold(entry: Entry) -> None:
    """Small letters, digits, dots and hyphens."""
    assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*", entry.name)


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_unique(kind: Kind) -> None:
    """Within a kind: `animatic` paints and films."""
    names = [entry.name for entry in CATALOGUE.of(kind)]
    assert len(set(names)) == len(names)


@every_entry
def test_a_remote_model_says_which_key_it_needs(entry: Entry) -> None:
    """And a local one needs none."""
    assert bool(entry.key_names) is not entry.is_local
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", name) for name in entry.key_names)


@every_entry
def test_its_own_name_and_address_are_whole(entry: Entry) -> None:
    """What is sent to the vendor, and where to."""
    assert entry.model or entry.protocol == "animatic"
    assert entry.base_url == "" or re.fullmatch(r"https://[a-z0-9.-]+(/[\w./-]*\w)?", entry.base_url)


@every_entry
def test_sizes_and_lengths_are_in_order(entry: Entry) -> None:
    """Sizes can be read, lengths rise, and a list of lengths needs no longest one."""
    assert all(str(Size.parse(size)) == size for size in entry.sizes)
    assert sorted(set(entry.seconds)) == list(entry.seconds)
    assert all(length > 0 for length in entry.seconds)
    assert not (entry.seconds and entry.longest_seconds)


@every_entry
def test_a_video_model_says_how_long_its_clips_are(entry: Entry) -> None:
    """Else a plan would promise anything."""
    assert entry.kind != "video" or entry.seconds or entry.longest_seconds


@every_entry
def test_what_to_use_instead_is_in_the_catalogue(entry: Entry) -> None:
    """Of the same kind, and not itself."""
    names = {other.name for other in CATALOGUE.of(entry.kind)}
    assert set(entry.instead) <= names - {entry.name}


@every_end
def test_a_model_that_ends_leaves_others_alive(entry: Entry) -> None:
    """On its last day and today there is something to use instead, and all of that is still served."""
    for day in (entry.ends_on, TODAY):
        assert day
        others = [CATALOGUE.resolve(name, entry.kind) for name in CATALOGUE.alternatives(entry, day)]
        assert any(not other.is_local for other in others)
        assert not any(other.ended(day) for other in others)


def test_the_videos_api_is_known_to_have_ended() -> None:
    """OpenAI shut it down with its models on 2026-09-24."""
    ends = {entry.name: entry.ends_on for entry in CATALOGUE.of("video") if entry.vendor == "OpenAI"}
    assert ends == {"sora-2": date(2026, 9, 24), "sora-2-pro": date(2026, 9, 24)}


def test_the_default_recipe_names_what_is_there() -> None:
    """And what needs no key."""
    recipe = Recipe()
    for name in recipe.video_models:
        assert CATALOGUE.resolve(name, "video").why_not(TODAY, {}) == ""
    for name in recipe.image_models:
        assert CATALOGUE.resolve(name, "image").why_not(TODAY, {}) == ""
    assert CATALOGUE.resolve(recipe.voice.narrator, "narrator").why_not(TODAY, {}) == ""


# Length


@given(video, lengths)
def test_a_clip_is_never_shorter_than_wanted(entry: Entry, wanted: Fraction) -> None:
    """The nearest length that the model makes and that is long enough, or a refusal that says its longest."""
    longest = max(entry.seconds, default=entry.longest_seconds)
    assert longest
    if wanted > longest:
        with pytest.raises(InvalidInput, match=rf"{re.escape(entry.name)} makes at most {float(longest):g} s"):
            entry.fit_seconds(wanted)
        return
    fitted = entry.fit_seconds(wanted)
    assert fitted >= wanted
    assert fitted in entry.seconds or (not entry.seconds and fitted == wanted)
    assert not any(wanted <= length < fitted for length in entry.seconds)


# Price


@given(st.decimals(min_value=0, max_value=10, places=6), lengths)
def test_a_price_is_rounded_up_to_a_tenth_of_a_cent(usd_per_second: Decimal, seconds: Fraction) -> None:
    """Never below what will be billed, and not a tenth of a cent above it."""
    price = priced(str(usd_per_second)).price(seconds)
    exact = Fraction(usd_per_second) * seconds
    assert price is not None
    assert 0 <= Fraction(price) - exact < Fraction(1, 1000)
    assert (Fraction(price) * 1000).denominator == 1


@pytest.mark.parametrize(
    ("rate", "seconds", "price"),
    [
        ("0.10", "8", "0.8"),
        ("0.144", "5", "0.72"),
        ("0.1", "1/3", "0.034"),
        ("0.000001", "1", "0.001"),
        ("0", "9", "0"),
    ],
)
def test_a_price_by_hand(rate: str, seconds: str, price: str) -> None:
    """A few sums that anyone can check."""
    assert priced(rate).price(Fraction(seconds)) == Decimal(price)


@given(video, lengths, lengths)
def test_a_longer_clip_never_costs_less(entry: Entry, one: Fraction, two: Fraction) -> None:
    """So the worst case of a plan is the worst case."""
    assume(one < two)
    less, more = entry.price(one), entry.price(two)
    assert (less is None) is (more is None)
    assert less is None or more is None or less <= more


@every_entry
def test_a_local_model_is_free_and_only_that(entry: Entry) -> None:
    """A vendor's model is never taken for free because its price is not known."""
    assert (entry.price(Fraction(5)) == 0) is entry.is_local


# Names


@pytest.mark.parametrize(
    ("wrong", "hint"), [("sora2", "Did you mean 'sora-2'?"), ("zzz", "There are animatic, sora-2")]
)
def test_a_name_that_is_none_is_refused_with_the_nearest(wrong: str, hint: str) -> None:
    """Or with all of them."""
    with pytest.raises(RecipeError, match=f"there is no video model '{wrong}'") as caught:
        CATALOGUE.resolve(wrong, "video")
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize("kind", ["video", "image"])
def test_a_name_counts_within_its_kind(kind: Kind) -> None:
    """The animatic that paints is not the one that films, and neither is a voice."""
    assert CATALOGUE.resolve("animatic", kind).kind == kind
    with pytest.raises(RecipeError):
        CATALOGUE.resolve("animatic", "narrator")
