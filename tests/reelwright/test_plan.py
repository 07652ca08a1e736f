"""What a plan tells before money is spent: every problem at once, whole frames, the least and the most it costs."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.plans import BOUGHT, CATALOGUE, DEAR, MODEL, SPOKEN, TODAY, plan

from reelwright.catalogue import Catalogue, Entry
from reelwright.errors import PlanRefused
from reelwright.plan import Plan
from reelwright.recipe import Budget, Captions, Music, OutputFormat, Recipe, Voice
from reelwright.storyboard import Character, Shot
from reelwright.timing import estimate_seconds, shot_time


def live(entry: Entry) -> Catalogue:
    """The catalogue, in which `entry` speaks a protocol of this version and needs no key."""
    protocol = {"video": "animatic", "image": "animatic", "narrator": "local"}.get(entry.kind, entry.protocol)
    spoken = entry.model_copy(update={"protocol": protocol, "key_names": ()})
    return Catalogue(entries=tuple(spoken if other == entry else other for other in CATALOGUE.entries))


# What can be made


def test_the_default_recipe_costs_nothing_and_needs_no_key() -> None:
    """A script and nothing else is a plan that can be carried out."""
    made = plan()
    made.require()
    assert (made.problems, made.warnings, made.usd_low, made.usd_high) == ((), (), 0, 0)
    assert (made.narrator, made.shots[0].models, made.shots[0].start_frame) == ("local", ("animatic",), "animatic")


def test_the_length_is_that_of_the_shots() -> None:
    """The episode is as long as its shots, each a whole number of frames."""
    made = plan(SPOKEN, BOUGHT, output=OutputFormat(frame_rate=25))
    assert made.seconds == sum(shot.seconds for shot in made.shots)
    assert all((shot.seconds * 25).denominator == 1 for shot in made.shots)
    assert made.output == "1080x1920 at 25 frames/s"


@given(
    st.text(max_size=200),
    st.none() | st.fractions(min_value=1, max_value=60),
    st.sampled_from([24, 25, 30, 50, 60]),
    st.fractions(min_value=Fraction(1, 2), max_value=2),
)
def test_a_planned_shot_is_long_enough_for_its_words(
    words: str, seconds: Fraction | None, rate: Any, speed: Fraction
) -> None:
    """Never shorter than asked for, nor than the narration at the voice's speed with the silence round it."""
    shot = Shot(narration=words, prompt="a loaf", seconds=seconds)
    voice = Voice(speed=speed)
    planned = plan(shot, output=OutputFormat(frame_rate=rate), voice=voice).shots[0].seconds
    assert planned >= (seconds or 0)
    if shot.narration:
        assert planned >= voice.lead_seconds + estimate_seconds(shot.narration) / speed + voice.tail_seconds
    assert (planned * rate).denominator == 1


@pytest.mark.parametrize("shot", [SPOKEN, BOUGHT, Shot(prompt="x"), Shot(narration="Hi.", seconds=Fraction(9))])
def test_without_a_narrator_the_plan_is_exact(shot: Shot) -> None:
    """Nobody speaks, so nothing is estimated: the shot is made exactly as long as planned."""
    recipe = Recipe(voice=Voice(narrator="none"))
    frames = shot_time(shot, recipe, speech_seconds=None, words=()).frames
    assert plan(shot, voice=recipe.voice).shots[0].seconds == Fraction(frames, 30)


def test_a_faster_voice_makes_a_shorter_plan() -> None:
    """The pace of the recipe counts in the estimate, and so in the price."""
    slow, fast = (plan(voice=Voice(speed=Fraction(speed))).seconds for speed in ("1/2", "2"))
    assert slow > 2 * fast


# Models


@pytest.mark.parametrize("name", ["sora-2", "sora-2-pro"])
def test_sora_is_refused_with_its_date_and_what_lives(name: str) -> None:
    """Shut down on 2026-09-24: the plan says so, and names models that have not ended."""
    made = plan(video_models=(name,), environment={"OPENAI_API_KEY": "x"})
    (problem,) = made.problems
    told = re.fullmatch(rf"{name} ended on 2026-09-24; alive: (.+)", problem)
    assert told
    alive = told[1].split(", ")
    assert {"animatic", "minimax-h3"} <= set(alive)
    assert all(not CATALOGUE.resolve(other, "video").ended(TODAY) for other in alive)


def test_an_ended_model_is_refused_though_another_could_do_it() -> None:
    """A fallback that is never reached again is a mistake in the recipe, and is told before it matters."""
    assert len(plan(video_models=("animatic", "sora-2")).problems) == 1


ENDING = [entry for entry in CATALOGUE.entries if entry.ends_on]


def naming(entry: Entry) -> dict[str, Any]:
    """The field of a recipe that names a model of this kind."""
    if entry.kind in {"narrator", "transcriber"}:
        return {"voice": {entry.kind: entry.name}}
    return {f"{entry.kind}_models": (entry.name,)}


@pytest.mark.parametrize("entry", ENDING, ids=lambda entry: entry.name)
def test_a_model_is_accepted_until_the_day_before_its_end(entry: Entry) -> None:
    """`ends_on` is the first day without it."""
    assert entry.ends_on
    wanted = naming(entry)
    shot = SPOKEN if "voice" in wanted else BOUGHT
    before = plan(shot, today=entry.ends_on - timedelta(days=1), catalogue=live(entry), **wanted)
    assert before.problems == ()
    for later in (0, 1, 400):
        after = plan(shot, today=entry.ends_on + timedelta(days=later), catalogue=live(entry), **wanted)
        assert [problem.split(";")[0] for problem in after.problems] == [f"{entry.name} ended on {entry.ends_on}"]


def test_there_are_models_that_end() -> None:
    """The test above has something to test."""
    assert {"sora-2", "sora-2-pro"} <= {entry.name for entry in ENDING}


def test_a_missing_key_is_named() -> None:
    """With the variables that may hold it."""
    keyed = {**MODEL, "api_key": {"env": "CLOUD_KEY"}}
    assert plan(BOUGHT, video_models=(keyed,)).problems == ("cloud cannot be used: no key: set CLOUD_KEY",)
    assert plan(BOUGHT, video_models=(keyed,), environment={"CLOUD_KEY": " \n"}).problems
    assert plan(BOUGHT, video_models=(keyed,), environment={"CLOUD_KEY": "x"}).problems == ()


def test_a_missing_key_of_one_model_is_no_obstacle_where_another_can_do_it() -> None:
    """The chain goes on without it; the person is told."""
    made = plan(BOUGHT, video_models=({**MODEL, "api_key": {"env": "CLOUD_KEY"}}, "animatic"))
    assert made.problems == ()
    assert made.shots[0].models == ("animatic",)
    assert made.warnings == ("cloud cannot be used: no key: set CLOUD_KEY",)


def test_a_key_that_nobody_needs_is_not_asked_for() -> None:
    """Models that no shot uses, and a narrator where nobody speaks, are not looked at."""
    keyed = {**MODEL, "api_key": {"env": "CLOUD_KEY"}}
    shot = Shot(prompt="a loaf", models=("animatic",))
    voice = Voice(narrator={"name": "v", "protocol": "local", "api_key": {"env": "VOICE_KEY"}})
    made = plan(shot, video_models=(keyed,), key_video_models=(keyed,), voice=voice)
    assert (made.problems, made.warnings) == ((), ())


@pytest.mark.parametrize(
    ("recipe", "problem"),
    [
        ({"video_models": ("animatc",)}, "there is no video model 'animatc' (did you mean 'animatic'?)"),
        ({"image_models": ("animatc",)}, "there is no image model 'animatc' (did you mean 'animatic'?)"),
        ({"voice": Voice(narrator="locl")}, "there is no narrator model 'locl' (did you mean 'local'?)"),
        ({"video_models": ({"name": "x"},)}, "protocol"),
        ({"video_models": ({**MODEL, "protocol": "unheard-of"},)}, "its protocol 'unheard-of' is not in this version"),
    ],
)
def test_a_model_that_is_none_is_told(recipe: dict[str, Any], problem: str) -> None:
    """With the name that was probably meant."""
    (told,) = plan(**recipe).problems
    assert problem in told


def test_a_shot_uses_its_own_models() -> None:
    """The recipe's are not tried for it."""
    own = plan(Shot(prompt="x", models=("animatic",)), video_models=(MODEL,)).shots[0]
    assert (own.models, own.usd_high) == (("animatic",), 0)


def test_a_key_shot_tries_the_best_first() -> None:
    """Then the recipe's others, each once."""
    made = plan(BOUGHT, BOUGHT.model_copy(update={"key": True}), key_video_models=(DEAR,), video_models=(MODEL, DEAR))
    assert [shot.models for shot in made.shots] == [("cloud", "dear"), ("dear", "cloud")]


def test_what_the_first_model_adapts_is_told() -> None:
    """The person sees before paying that the picture will be enlarged and the words not be spoken."""
    shot = Shot(prompt="x", dialogue="Hello", seconds=Fraction(4))
    made = plan(shot, video_models=({**MODEL, "sizes": ["720x1280"]},))
    assert any("enlarged" in warning for warning in made.warnings)
    assert any("no sound" in warning for warning in made.warnings)


# Lengths


def test_a_shot_too_long_for_its_only_model_is_refused() -> None:
    """With what the model makes, what is needed and what to do."""
    (problem,) = plan(BOUGHT.model_copy(update={"seconds": Fraction(13)}), video_models=(MODEL,)).problems
    assert problem == (
        "shot 1: cloud makes at most 12 s; this shot needs 13.0 s (split the shot, or name another model for it)"
    )


def test_a_shot_too_long_for_one_of_its_models_goes_to_the_next() -> None:
    """It is left out of this shot's chain only."""
    made = plan(BOUGHT, BOUGHT.model_copy(update={"seconds": Fraction(13)}), video_models=(MODEL, "animatic"))
    assert made.problems == ()
    assert [shot.models for shot in made.shots] == [("cloud", "animatic"), ("animatic",)]
    assert any(warning.startswith("shot 2: cloud makes at most 12 s") for warning in made.warnings)


def test_a_prompt_too_long_for_its_model_is_refused() -> None:
    """Descriptions of the characters in the picture count, as they will when it is started."""
    ada = Character(name="Ada", description="a tall baker " * 20)
    shot = BOUGHT.model_copy(update={"characters": ("Ada",)})
    model = {**MODEL, "prompt_characters": 200}
    assert plan(BOUGHT, video_models=(model,), characters=(ada,)).problems == ()
    (problem,) = plan(shot, video_models=(model,), characters=(ada,)).problems
    assert problem.startswith("shot 1: cloud takes prompts of 200 characters")


def test_a_narration_of_minutes_is_no_shot() -> None:
    """Whatever draws it."""
    made = plan(Shot(narration="word " * 400))
    assert any(re.match(r"shot 1 needs \d{3} s; a shot has at most 120 s", problem) for problem in made.problems)


@pytest.mark.parametrize(("shots", "warned"), [(3, False), (4, True)])
def test_an_episode_longer_than_a_short_is_told(shots: int, warned: bool) -> None:
    """Three minutes are the limit of a YouTube Short."""
    made = plan(*[Shot(prompt="x", seconds=Fraction(60))] * shots)
    assert made.problems == ()
    assert any("180 s" in warning for warning in made.warnings) is warned


# Language, captions, music


@pytest.mark.parametrize("language", ["en", "en-GB", "eng", "EN-us"])
def test_the_local_voice_speaks_every_english(language: str) -> None:
    """Whatever the region."""
    assert plan(language=language).problems == ()


@pytest.mark.parametrize("language", ["de", "pt-BR", "zh-Hans", "enm"])
def test_another_language_needs_another_narrator(language: str) -> None:
    """Or none: captions alone are fine."""
    (problem,) = plan(language=language).problems
    assert problem.startswith(f"the local voice speaks English, and the script is in {language!r}: name another")
    assert plan(language=language, voice=Voice(narrator="none")).problems == ()
    assert plan(BOUGHT, language=language).problems == ()


def test_a_voice_that_the_local_narrator_lacks_is_told() -> None:
    """Before pictures are paid for a shot that cannot be spoken."""
    (problem,) = plan(voice=Voice(voice="adam")).problems
    assert problem == "the local narrator has no voice 'adam': its voice is 'heart'"
    assert plan(voice=Voice(voice="heart")).problems == ()


def test_captions_that_no_font_covers_are_told() -> None:
    """With the characters; without captions there is nothing to say."""
    shot = Shot(narration="An old sign: \U00012000, and \U00012001.")
    (warning,) = plan(shot).warnings
    assert "\U00012000 (U+12000) \U00012001 (U+12001)" in warning
    assert plan(shot, captions=Captions(preset="none")).warnings == ()


def test_what_is_not_captioned_needs_no_font() -> None:
    """The title, the prompt and the dialogue are not drawn."""
    odd = "\U00012000"
    assert plan(Shot(prompt=odd, narration="Fine."), title=odd).warnings == ()


@pytest.mark.parametrize("source", ["bed", "none"])
def test_music_that_is_made_or_not_needs_no_file(source: str) -> None:
    """The two words that are no paths."""
    assert plan(music=Music(source=source)).problems == ()


def test_music_is_looked_for_before_anything_is_made(tmp_path: Path) -> None:
    """An absent file, an empty folder, a folder without music."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "readme.txt").write_text("no music")
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs" / "one.mp3").write_bytes(b"")
    problems = {name: plan(music=Music(source=str(tmp_path / name))).problems for name in ("absent", "empty", "notes")}
    assert "is not there: name a file, a folder, bed or none" in problems["absent"][0]
    assert all("there is no music in" in problems[name][0] for name in ("empty", "notes"))
    for name in ("songs", "songs/one.mp3"):
        assert plan(music=Music(source=str(tmp_path / name))).problems == ()


def test_dialogue_that_nobody_can_speak_is_told() -> None:
    """No narrator reads it and no model makes sound."""
    made = plan(Shot(prompt="x", dialogue="Hello"))
    assert made.warnings == ("shot 1 has dialogue, and none of its models makes sound",)


# All at once


def test_all_problems_are_found_at_once() -> None:
    """Nobody mends one only to be told of the next: models, keys, lengths, budget, voice, language, music."""
    made = plan(
        Shot(narration="Hallo Welt."),
        BOUGHT.model_copy(update={"seconds": Fraction(100)}),
        Shot(prompt="x", models=("nothing-like-it",)),
        BOUGHT,
        language="de",
        image_models=("no-painter",),
        video_models=("sora-2", {**DEAR, "longest_seconds": 90}),
        voice=Voice(voice="adam"),
        music=Music(source="/no/such/song.mp3"),
        budget=Budget(per_episode_usd=Decimal("0.5")),
    )
    wanted = [
        "no image model 'no-painter'",
        "sora-2 ended on 2026-09-24",
        "shot 2: dear makes at most 90 s",
        "no video model 'nothing-like-it'",
        "the local voice speaks English",
        "no voice 'adam'",
        "'/no/such/song.mp3' is not there",
        "the budget is $0.50 an episode",
    ]
    assert len(made.problems) == len(wanted)
    for part in wanted:
        assert any(part in problem for problem in made.problems), part


def test_the_same_problem_is_told_once() -> None:
    """Twenty shots with one wrong model are one problem."""
    assert len(plan(*[Shot(prompt="x", models=("sora-2",))] * 20).problems) == 1


def test_a_plan_with_problems_is_refused_with_all_of_them() -> None:
    """One error, exit code 2, nothing spent."""
    made = plan(voice=Voice(voice="adam"), language="de")
    with pytest.raises(PlanRefused) as caught:
        made.require()
    assert caught.value.problems == made.problems
    assert caught.value.exit_code == 2
    assert str(caught.value).endswith("Nothing was started and nothing was spent.")


def test_a_plan_survives_json() -> None:
    """It is shown by the command line, kept as an artifact and read by scripts."""
    made = plan(BOUGHT, SPOKEN, video_models=(DEAR, MODEL))
    assert Plan.model_validate_json(made.model_dump_json()) == made
