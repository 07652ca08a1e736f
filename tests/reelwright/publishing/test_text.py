"""Texts fit a platform in its own unit; nothing that people see as one character is divided."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from reelwright.publishing.rules import TextLimit, Unit
from reelwright.publishing.text import count, cut, distinct, hashtag, hashtags_in, links_in, plain, with_hashtags

FAMILY = "👨‍👩‍👧‍👦"
UNITS: tuple[Unit, ...] = ("characters", "utf-8 bytes", "utf-16 units")


def limit(most: int, unit: Unit = "characters") -> TextLimit:
    """A limit."""
    return TextLimit(most=most, unit=unit)


@pytest.mark.parametrize(("unit", "size"), [("characters", 8), ("utf-8 bytes", 27), ("utf-16 units", 12)], ids=str)
def test_each_platform_counts_in_its_own_unit(unit: Unit, size: int) -> None:
    """A family is one to people, seven characters, eleven UTF-16 units and 25 bytes; an ä is one, one and two."""
    assert count(f"{FAMILY}ä", unit) == size


@given(st.text(max_size=80), st.integers(1, 60), st.sampled_from(UNITS))
def test_a_cut_text_fits_and_is_a_beginning_of_whole_characters(text: str, most: int, unit: Unit) -> None:
    """Whatever is written, in whatever unit: never longer, and never half a character."""
    short = cut(text, limit(most, unit))
    assert count(short, unit) <= most
    if short != text:
        kept = short.removesuffix("…")
        assert text.startswith(kept)
        assert regex.findall(r"\X", text)[: len(regex.findall(r"\X", kept))] == regex.findall(r"\X", kept)


def test_a_text_is_cut_behind_a_word() -> None:
    """People read whole words."""
    assert cut("The quick brown fox jumps", limit(18)) == "The quick brown…"


def test_what_a_platform_forbids_becomes_its_twin_or_goes() -> None:
    """The meaning stays: a less-than sign still looks like one; control characters have none."""
    assert plain("a < b > c\x00\r\n\r\n\r\nd", "<>") == ("a ‹ b › c\n\nd", "<>")


def test_hashtags_are_words_each_once_and_never_digits_alone() -> None:
    """`#2026` links nowhere on any platform; a phrase becomes one word."""
    assert distinct(["#Bread", "bread", "fresh bread!", "2026", "日本 語", "#", "naïve"]) == (
        "Bread",
        "FreshBread",
        "日本語",
        "naïve",
    )
    assert hashtag("🍞") == ""


def test_hashtags_come_last_and_are_not_said_twice() -> None:
    """One that stands in the text already is left where it is."""
    text, left = with_hashtags("All of #bread", ("Bread", "science"), limit(100))
    assert (text, left, hashtags_in(text)) == ("All of #bread\n\n#science", (), ("bread", "science"))


@given(
    st.text(max_size=120), st.lists(st.from_regex(r"[a-z]{1,12}", fullmatch=True), max_size=6), st.sampled_from(UNITS)
)
def test_text_and_hashtags_fit_together(text: str, tags: list[str], unit: Unit) -> None:
    """A tag finds room or is told: none disappears."""
    wanted = distinct(tags)
    made, left = with_hashtags(plain(text)[0], wanted, limit(60, unit))
    assert count(made, unit) <= 60
    there = {tag.casefold() for tag in hashtags_in(made)}
    assert set(wanted) <= there | set(left) | {tag for tag in wanted if f"#{tag}" in text}


def test_links_are_found_without_the_mark_behind_them() -> None:
    """For platforms where nobody can follow one."""
    assert links_in("see https://a.example/b?c=d). Or www.e.example!") == ("https://a.example/b?c=d", "www.e.example")
