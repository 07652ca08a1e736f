"""Brief and storyboard: what a person must say, what follows by itself, and what an episode's folder is called."""

from __future__ import annotations

import unicodedata
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reelwright.canonical import key_of
from reelwright.storyboard import Brief, Character, Shot, Storyboard, slugify

titles = st.text(st.characters(codec="utf-8"), min_size=1, max_size=100)
FORBIDDEN = {"Cc", "Cs", "Zs", "Zl", "Zp"}
"""Categories of control characters, halves of characters, and white space."""


@pytest.mark.parametrize(
    ("shot", "picture"),
    [
        (Shot(narration="Bread."), "Bread."),
        (Shot(dialogue="Hello!"), "Hello!"),
        (Shot(prompt="a loaf"), "a loaf"),
        (Shot(prompt="a loaf", narration="Bread.", dialogue="Hello!"), "a loaf"),
        (Shot(narration="Bread.", dialogue="Hello!"), "Bread."),
    ],
)
def test_one_of_three_is_enough_for_a_shot(shot: Shot, picture: str) -> None:
    """What is seen follows from what is said."""
    assert shot.picture == picture


@pytest.mark.parametrize("data", [{}, {"seconds": 4}, {"narration": "  \n "}, {"style": "soft", "camera": "push"}])
def test_a_shot_that_says_and_shows_nothing_is_refused(data: dict[str, Any]) -> None:
    """White space is nothing."""
    with pytest.raises(ValidationError):
        Shot.model_validate(data)


@pytest.mark.parametrize(
    "data",
    [
        {"seconds": 0},
        {"seconds": 121},
        {"seconds": "long"},
        {"camera": "spin"},
        {"audio": "loud"},
        {"seed": -1},
        {"narrator": "x"},
        {"key": "sometimes"},
    ],
    ids=str,
)
def test_a_shot_that_cannot_be_meant_is_refused(data: dict[str, Any]) -> None:
    """Nothing is guessed or left out."""
    with pytest.raises(ValidationError):
        Shot.model_validate({"prompt": "x", **data})


def test_white_space_round_words_does_not_count() -> None:
    """The same words are the same shot, however the file is indented."""
    one, two = Shot(narration="  Bread.\n"), Shot(narration="Bread.")
    assert one == two
    assert key_of("k", one) == key_of("k", two)


def test_a_brief_needs_shots_or_a_topic() -> None:
    """Either will do; neither is nothing to make."""
    assert Brief(title="T", topic="bread").shots == ()
    assert Brief(title="T", shots=(Shot(prompt="x"),)).topic == ""
    with pytest.raises(ValidationError):
        Brief(title="T")


def test_a_character_in_a_shot_must_be_described() -> None:
    """A misspelt name would be another person in every shot."""
    ada = Character(name="Ada", description="a tall baker")
    brief = Brief(title="T", characters=(ada,), shots=(Shot(prompt="x", characters=("Ada",)),))
    assert brief.characters == (ada,)
    with pytest.raises(ValidationError, match="Adda"):
        Brief(title="T", characters=(ada,), shots=(Shot(prompt="x", characters=("Adda",)),))


@pytest.mark.parametrize("language", ["en", "de", "pt-BR", "zh-Hans", "sr-Latn-RS"])
def test_a_language_is_a_tag(language: str) -> None:
    """BCP 47."""
    assert Brief(title="T", topic="x", language=language).language == language


@pytest.mark.parametrize("language", ["", "English", "e", "en_GB", "en-"])
def test_what_is_no_language_tag_is_refused(language: str) -> None:
    """The name of a language is none."""
    with pytest.raises(ValidationError):
        Brief(title="T", topic="x", language=language)


@pytest.mark.parametrize("title", ["", "   ", "x" * 101])
def test_a_title_has_its_bounds(title: str) -> None:
    """YouTube takes 100 characters."""
    with pytest.raises(ValidationError):
        Brief(title=title, topic="x")
    with pytest.raises(ValidationError):
        Storyboard(title=title, shots=(Shot(prompt="x"),))


def test_a_storyboard_has_shots() -> None:
    """It is a brief whose shots are all there."""
    with pytest.raises(ValidationError):
        Storyboard(title="T", shots=())


def test_a_storyboard_survives_json() -> None:
    """It lies in the manifest, and a run from the manifest is the same episode."""
    shots = (Shot(narration="Bread.", seconds=Fraction(13, 3), seed=7, models=("animatic",)), Shot(prompt="x"))
    made = Storyboard(title="T", language="de", shots=shots, characters=(Character(name="Ada"),))
    read = Storyboard.model_validate_json(made.model_dump_json())
    assert read == made
    assert key_of("k", read) == key_of("k", made)


def test_the_published_schema_takes_what_we_write() -> None:
    """Prefect checks a run's parameters against it."""
    brief = Brief(title="T", shots=(Shot(narration="Bread.", seconds=Fraction(13, 3)),))
    jsonschema.validate(brief.model_dump(mode="json"), Brief.model_json_schema())


# The folder's name


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Why bread goes stale", "why-bread-goes-stale"),
        ("  Why -- bread?!  ", "why-bread"),
        ("Straße & Brötchen", "strasse-brötchen"),
        ("ＦＵＬＬ ｗｉｄｔｈ", "full-width"),
        ("面包为什么变硬", "面包为什么变硬"),
        ("हिन्दी की रोटी", "हिन्दी-की-रोटी"),
        ("ขนมปังไม่นุ่ม", "ขนมปังไม่นุ่ม"),
        ("خُبزٌ", "خُبزٌ"),
        ("../../etc/passwd", "etc-passwd"),
        (".hidden", "hidden"),
        ("a/b\\c:d\x00e", "a-b-c-d-e"),
        ("🍞", "episode"),
        ("?", "episode"),
    ],
)
def test_a_title_becomes_a_folder_name(title: str, slug: str) -> None:
    """Letters of any script with their marks, digits, and hyphens for all that is between."""
    assert slugify(title) == unicodedata.normalize("NFKC", slug)


@given(titles)
def test_a_folder_name_is_safe(title: str) -> None:
    """One folder below the one it is put in: no separator, no dot, no control character, not too long."""
    slug = slugify(title)
    assert 1 <= len(slug) <= 80
    assert Path(slug).name == slug
    assert not any(character in "/\\.:*?\"<>|'`$" or unicodedata.category(character) in FORBIDDEN for character in slug)
    assert slug[0] not in "-_"
    assert slug[-1] not in "-_"
