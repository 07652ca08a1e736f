"""Before paying: what vendors and the channel would refuse, in one list; what only may be refused, as a warning."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.plans import BOUGHT, MODEL, SPOKEN, plan

from reelwright.catalogue import Catalogue
from reelwright.errors import RecipeError
from reelwright.preflight import banned_in
from reelwright.recipe import Look, Voice
from reelwright.storyboard import Character, Shot

STRICT = {**MODEL, "refuses": ["faces", "real people"], "reference_images": 2}
ADA = Character(name="Ada", description="a tall woman in green")
FOX = Character(name="Rusty", description="a red fox with a scarf")
PORTRAITS = tuple(f"ada-{number}.png" for number in range(3))


def shot(**fields: Any) -> Shot:
    """A shot that is bought."""
    return BOUGHT.model_copy(update=fields)


# Banned words


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("He has a gun.", "gun"),
        ("GUNS and Gun", "gun"),
        ("the naïve hero", "NAÏVE"),
        ("ﬁre!", "fire"),
        ("a machine gun, loaded", "machine gun"),
        ("這是賭博的故事", "賭博"),
        ("Straße frei", "strasse"),
    ],
)
def test_a_banned_word_is_found_in_any_case(text: str, word: str) -> None:
    """As a whole word, or anywhere where a script has no spaces."""
    assert list(banned_in(text, [word])) == [word]


@pytest.mark.parametrize(("text", "word"), [("It has begun.", "gun"), ("The class", "ass"), ("begone", "gone")])
def test_a_word_inside_another_is_none(text: str, word: str) -> None:
    """Else half the dictionary were banned."""
    assert list(banned_in(text, [word])) == []


@given(st.text(), st.lists(st.text(max_size=8), max_size=3))
def test_any_text_can_be_searched(text: str, words: list[str]) -> None:
    """A word is text, never a pattern; what is found is one of the words."""
    assert set(banned_in(text, words)) <= set(words)


@pytest.mark.parametrize("where", ["narration", "dialogue", "prompt", "style"])
def test_a_banned_word_is_told_with_its_place(where: str) -> None:
    """The shot and what of it."""
    made = plan(BOUGHT, shot(**{where: "A casino opens."}), banned_words=("casino",))
    told = f"shot 2's {where} holds 'casino', which the channel bans (banned_words)"
    assert told in made.problems


def test_banned_words_are_looked_for_in_all_that_is_published() -> None:
    """Title, description, hashtags and the characters too."""
    made = plan(BOUGHT, title="Casino", characters=(Character(name="The casino"),), banned_words=("casino",))
    assert [problem.partition(" holds")[0] for problem in made.problems] == ["the title", "the character 'The casino'"]


@pytest.mark.parametrize("words", [("",), (" ",)])
def test_an_empty_banned_word_is_none(words: tuple[str, ...]) -> None:
    """It would ban everything."""
    with pytest.raises(ValueError, match="at least 1 character"):
        plan(banned_words=words)


# What models take


def test_a_narration_longer_than_the_narrator_takes_is_refused() -> None:
    """Before a picture is paid for it."""
    narrator = {"name": "v", "protocol": "openai-speech", "base_url": "https://v.example/v1", "prompt_characters": 40}
    (problem,) = plan(SPOKEN, voice=Voice(narrator={**narrator, "usd_per_1000_characters": "0.01"})).problems
    assert (
        problem
        == f"shot 1: v speaks at most 40 characters, and this narration has {len(SPOKEN.narration)}: split the shot"
    )


@pytest.mark.parametrize(("images", "problems", "warnings"), [(("painter",), 1, 0), (("painter", "animatic"), 0, 1)])
def test_a_start_frames_prompt_is_measured_with_its_style(
    images: tuple[str, ...], problems: int, warnings: int
) -> None:
    """A problem if no image model takes it, else the next one paints."""
    painter = {
        "name": "painter", "protocol": "openai-images", "base_url": "https://p.example/v1", "model": "p-1",
        "prompt_characters": 60, "usd_each": "0.01",
    }  # fmt: skip
    named = tuple(painter if name == "painter" else name for name in images)
    made = plan(BOUGHT, image_models=named, look=Look(style="an oil painting " * 5))
    told = "shot 1's start frame: painter takes prompts of 60 characters"
    assert [problem.startswith(told) for problem in made.problems] == [True] * problems
    assert [warning.startswith(told) for warning in made.warnings] == [True] * warnings


def test_references_that_a_model_leaves_out_are_told() -> None:
    """By kind, for each model of the chain."""
    ada = ADA.model_copy(update={"references": (*PORTRAITS, "ada.mp4", "0" * 64)})
    made = plan(shot(characters=("Ada",)), characters=(ada,), video_models=({**MODEL, "reference_images": 3},))
    assert made.problems == ()
    assert "shot 1: its characters have 4 reference pictures, and cloud takes at most 3" in made.warnings
    assert "shot 1: its characters have 1 reference videos, and cloud takes none" in made.warnings
    assert plan(BOUGHT, characters=(ada,), video_models=(MODEL,)).warnings == ()


def test_a_reference_of_no_known_kind_is_refused() -> None:
    """A text file shows nobody."""
    ada = ADA.model_copy(update={"references": ("notes.txt", "ada.PNG")})
    (problem,) = plan(BOUGHT, characters=(ada,)).problems
    assert problem.startswith("Ada's reference 'notes.txt' is no picture, clip or sound (.flac, .jpeg,")


def test_dialogue_needs_a_model_with_sound() -> None:
    """Or a narrator who reads it."""
    told = "shot 1 has dialogue, and none of its models makes sound"
    assert told in plan(shot(dialogue="Hello."), video_models=(MODEL,)).warnings
    assert told not in plan(shot(dialogue="Hello."), video_models=({**MODEL, "audio": "always"},)).warnings


# Faces and real people


@pytest.mark.parametrize("words", ["a woman smiles", "a crowd of children", "close-up of a face", "two bakers"])
def test_a_face_is_told_from_words(words: str) -> None:
    """Where the vendor blocks every face in a picture that it is given; and it is said that nobody has looked."""
    made = plan(shot(prompt=words), video_models=(STRICT,))
    assert made.problems == ()
    (warning,) = made.warnings
    assert "refuses pictures with human faces" in warning
    assert warning.endswith("may show one to cloud (told from the words only)")


def test_a_face_is_told_from_a_declared_character() -> None:
    """Wherever they appear, and only there; a fox has none that counts."""
    cast = {"characters": (ADA, FOX), "video_models": (STRICT,)}
    assert any("human faces" in warning for warning in plan(shot(characters=("Ada",)), **cast).warnings)
    assert plan(shot(characters=("Rusty",)), **cast).warnings == ()


@pytest.mark.parametrize("words", ["a loaf of bread", "the manual, mankind's best", "a fox runs", "a mandarin"])
def test_what_tells_of_nobody_is_not_spoken_of(words: str) -> None:
    """A warning about everything would be read by nobody."""
    assert plan(shot(prompt=words), video_models=(STRICT,)).warnings == ()


def test_a_model_without_such_a_rule_is_not_spoken_of() -> None:
    """Faces are fine there; and a model that takes no start frame is given no picture."""
    assert plan(shot(prompt="a woman"), video_models=(MODEL,)).warnings == ()
    blind = {**STRICT, "first_frame": "no", "refuses": ["faces"]}
    assert not any("faces" in warning for warning in plan(shot(prompt="a woman"), video_models=(blind,)).warnings)


@pytest.mark.parametrize("words", ["a celebrity waves", "a look-alike", "a deepfake of him", "two real people"])
def test_a_real_person_is_told_from_words(words: str) -> None:
    """Names cannot be known; words for such people can."""
    warnings = plan(shot(prompt=words), video_models=(STRICT,)).warnings
    assert any("refuses real people" in warning for warning in warnings)


def test_references_must_show_nobody_real() -> None:
    """Whether they do, nobody has looked: the person is told."""
    ada = ADA.model_copy(update={"references": PORTRAITS[:1]})
    warnings = plan(shot(characters=("Ada",)), characters=(ada,), video_models=(STRICT,)).warnings
    assert any("the references of Ada must show none (pictures are not looked at)" in warning for warning in warnings)


def test_the_rule_is_the_hosts() -> None:
    """The same model on a machine of one's own blocks nobody."""
    catalogue = Catalogue.load()
    assert catalogue.resolve("sora-2", "video").refuses == ("faces", "real people")
    own = {"name": "sora-2", "base_url": "http://127.0.0.1:8000/v1"}
    assert catalogue.resolve(own, "video").refuses == ()


# Language


@pytest.mark.parametrize(
    ("language", "words", "letters"),
    [
        ("en", "Хлеб черствеет, потому что крахмал", "Cyrillic"),
        ("ja", "Bread goes stale because of starch", "Latin"),
        ("zh-Hans", "パンが古くなるのはデンプンのせいです", "Japanese"),
        ("ru", "Τὸ ψωμὶ μπαγιατεύει γρήγορα", "Greek"),
    ],
)
def test_a_script_in_other_letters_than_its_language_is_told(language: str, words: str, letters: str) -> None:
    """A narrator who is told a wrong language reads it wrongly, for money."""
    voice = {"name": "v", "protocol": "openai-speech", "base_url": "https://v.example/v1"}
    made = plan(Shot(narration=words), language=language, voice=Voice(narrator=voice), budget={"per_episode_usd": None})
    assert any(f"written in {letters} letters" in warning for warning in made.warnings)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Bread goes stale"),
        ("en", "Привет"),
        ("ja", "パンが古くなるのはデンプンのせいです"),
        ("sr-Latn", "Hleb postaje bajat zbog skroba"),
        ("sw", "Mkate huwa mgumu kwa sababu ya wanga"),
    ],
)
def test_a_script_in_its_own_letters_is_not_spoken_of(language: str, words: str) -> None:
    """Nor one too short to tell, nor a language whose letters are not known."""
    voice = {"name": "v", "protocol": "openai-speech", "base_url": "https://v.example/v1"}
    made = plan(Shot(narration=words), language=language, voice=Voice(narrator=voice), budget={"per_episode_usd": None})
    assert not any("letters" in warning for warning in made.warnings)


# Together


def test_all_findings_stand_in_one_list() -> None:
    """With the plan's own: nobody mends one only to be told of the next."""
    made = plan(
        shot(prompt="a casino", seconds=Fraction(13)),
        Shot(narration="Willkommen."),
        characters=(ADA.model_copy(update={"references": ("a.txt",)}),),
        language="de",
        video_models=(MODEL,),
        banned_words=("casino", "willkommen"),
    )
    for part in (
        "cloud makes at most 12 s",
        "holds 'casino'",
        "holds 'willkommen'",
        "'a.txt' is no picture",
        "local voice",
    ):
        assert any(part in problem for problem in made.problems), part


def test_a_moderation_key_is_never_written_into_a_recipe() -> None:
    """Only the name of its variable."""
    with pytest.raises((RecipeError, ValueError), match="never written down"):
        plan(moderation={"api_key": "sk-0123456789"})
