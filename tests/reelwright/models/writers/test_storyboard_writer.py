"""From a topic to a storyboard: what is asked, what is checked, what is put right, what is kept."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from reelwright.errors import FailureKind, ProviderError
from reelwright.models.video.contract import Charge
from reelwright.models.writers.contract import Draft, WritingRequest
from reelwright.models.writers.storyboard_check import problems_of
from reelwright.models.writers.storyboard_draft import draft_schema, read_draft
from reelwright.models.writers.storyboard_prompt import Terms, first_request
from reelwright.models.writers.storyboard_writer import Written, hashtags, write_storyboard
from reelwright.storyboard import Brief, Character
from reelwright.testing.servers.openai_text import NARRATIONS, storyboard

TOPIC = "why bread goes stale"
BRIEF = Brief(title=TOPIC, topic=TOPIC)
TERMS = Terms(target_seconds=12, longest_shot_seconds=8)
GREETING = "Welcome back to the channel, dear friends, let us talk about bread today."
LONG = " ".join(["The loaf on the board tells a long and patient story."] * 3)


class Author:
    """A writer that says what it is told, and remembers what it was asked."""

    def __init__(self, *answers: dict[str, Any] | str | ProviderError) -> None:
        self.asked: list[WritingRequest] = []
        self._answers = deque(answers)

    async def __call__(self, request: WritingRequest) -> Draft:
        """Answer."""
        self.asked.append(request)
        answer = self._answers.popleft()
        if isinstance(answer, ProviderError):
            raise answer
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return Draft(text=text, charge=Charge(usd=Decimal("0.01"), source="catalogue"))


def write(author: Author, brief: Brief = BRIEF, terms: Terms = TERMS) -> Written:
    """Write a storyboard."""
    return asyncio.run(write_storyboard(author, brief, terms, writer="author"))


def problems(terms: Terms = TERMS, brief: Brief = BRIEF, **changes: Any) -> str:
    """What is wrong with a draft, as one text."""
    return "\n".join(problems_of(read_draft(json.dumps(storyboard(**changes))), brief, terms))


def shot(**changes: Any) -> dict[str, Any]:
    """A shot of the good draft, changed."""
    return {**storyboard()["shots"][0], **changes}


def test_a_good_draft_is_asked_for_once() -> None:
    """No problem, no second call, no warning; what it cost is told."""
    author = Author(storyboard())
    made = write(author)
    assert (len(author.asked), made.warnings, made.charge.usd) == (1, (), Decimal("0.01"))


def test_the_hook_is_the_first_shot() -> None:
    """The narrations follow in order, each with its camera."""
    shots = write(Author(storyboard())).storyboard.shots
    assert [one.narration for one in shots] == list(NARRATIONS)
    assert [one.camera for one in shots] == ["push", "pan-left", "push"]


def test_characters_and_world_are_in_every_prompt_they_belong_to() -> None:
    """So that shots made apart match; a shot without the character does not name her looks."""
    draft = storyboard()
    draft["shots"][0]["characters"] = []
    shots = write(Author(draft)).storyboard.shots
    assert all("before dawn" in one.prompt for one in shots)
    assert ["grey braid" in one.prompt for one in shots] == [True, False, True]


def test_title_description_and_hashtags_come_from_the_writer() -> None:
    """Hashtags lose their `#` and their spaces."""
    made = write(Author(storyboard())).storyboard
    assert (made.title, made.hashtags) == ("The crystal inside your bread", ("bread", "science", "foodfacts"))
    assert made.description == "Why stale bread is not dry bread."
    assert made.writer == "author"


def test_what_the_person_gave_stands() -> None:
    """Title, description, hashtags and characters of the brief are not replaced."""
    anna = Character(name="Anna", description="a young baker with red hair", references=("anna.png",))
    brief = Brief(title="Bread", topic=TOPIC, description="Ours.", hashtags=("ours",), characters=(anna,))
    author = Author(storyboard())
    made = write(author, brief).storyboard
    assert (made.title, made.description, made.hashtags, made.characters) == ("Bread", "Ours.", ("ours",), (anna,))
    assert all("red hair" in one.prompt and "grey braid" not in one.prompt for one in made.shots)
    assert "a young baker with red hair" in author.asked[0].turns[0].text


def test_the_writer_is_told_the_terms() -> None:
    """Length, words, shots, language, look, format, what was told before."""
    brief = Brief(title=TOPIC, topic=TOPIC, language="de")
    terms = Terms(target_seconds=45, style="anime", avoid=("Why milk turns",), longest_shot_seconds=8)
    told = first_request(brief, terms).turns[0].text
    for part in (TOPIC, "40 to 50 seconds", "9 shots", "de (BCP 47)", "anime", "9:16", "Why milk turns", "8 seconds"):
        assert part in told
    assert 85 <= terms.words <= 125


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": "x" * 120}, "title: it has 120 characters"),
        ({"title": "why MILK turns"}, "told before"),
        ({"hashtags": []}, "hashtags"),
        ({"hook": shot(narration=GREETING)}, "hook: "),
        ({"shots": [shot(narration="[music] It turns into crystal while you sleep, grain by grain.")]}, "'['"),
        ({"shots": [shot(narration="Narrator: it turns into crystal.")]}, "Narrator:"),
        ({"shots": [shot(picture="bread")]}, "too little"),
        ({"shots": [shot(narration="One."), shot(narration="Two.")]}, "very same picture"),
        ({"shots": [shot(characters=["Bert"])]}, "'Bert' is not described"),
        ({"shots": [shot(dialogue="Hello!")]}, "nobody can speak"),
        ({"shots": [shot(narration="")]}, "nothing is said"),
        ({"shots": [shot(narration=LONG)]}, "at most 8 s"),
        ({"shots": []}, "nothing after the hook"),
        ({"shots": [shot(narration=LONG, picture=f"A loaf under lamp {n}.") for n in range(3)]}, "leave out about"),
        ({"hook": shot(narration="Bread."), "shots": [shot(narration="It.")]}, "add about"),
    ],
)
def test_every_fault_is_said_so_that_it_can_be_put_right(changes: dict[str, Any], told: str) -> None:
    """The place and what is wanted."""
    terms = TERMS.model_copy(update={"avoid": ("Why milk turns",)})
    assert told in problems(terms, **changes)


def test_a_prompt_that_the_model_would_not_take_is_a_fault() -> None:
    """The world and the characters' looks count."""
    terms = TERMS.model_copy(update={"prompt_characters": 150})
    assert "the model takes 150" in problems(terms)


def test_a_faulty_draft_gets_one_repair_round() -> None:
    """The writer sees its draft and the faults; both calls are paid."""
    author = Author(storyboard(hashtags=[]), storyboard())
    made = write(author)
    assert (len(author.asked), made.warnings, made.charge.usd) == (2, (), Decimal("0.02"))
    told = author.asked[1].turns
    assert [turn.speaker for turn in told] == ["user", "writer", "user"]
    assert "hashtags: there are none" in told[2].text


def test_what_is_still_wrong_is_a_warning() -> None:
    """Two rounds, no third; the better draft is taken."""
    made = write(Author(storyboard(hashtags=[], title="x" * 120), storyboard(hashtags=[])))
    assert made.storyboard.title == "The crystal inside your bread"
    assert [text for text in made.warnings if "hashtags" in text]


@pytest.mark.parametrize("text", ["Sure! Here is your storyboard:", "", "{}", '{"title": 3}'])
def test_a_text_that_is_no_storyboard_is_repaired(text: str) -> None:
    """The writer is told what is missing."""
    author = Author(text, storyboard())
    assert write(author).storyboard.shots[0].narration == NARRATIONS[0]
    assert author.asked[1].turns[1].text.strip()


def test_no_storyboard_in_two_rounds_is_an_error_that_was_paid_for() -> None:
    """It names the faults."""
    with pytest.raises(ProviderError) as caught:
        write(Author("no", "no again"))
    assert (caught.value.kind, caught.value.billed) == (FailureKind.MEDIA_REJECTED, True)
    assert "JSON" in caught.value.message


def test_a_repair_that_fails_leaves_a_draft_that_will_do() -> None:
    """The first draft is taken, and the warning says why."""
    busy = ProviderError("no answer", provider="author", kind=FailureKind.BUSY)
    made = write(Author(storyboard(hashtags=[]), busy))
    assert made.storyboard.shots
    assert any("no answer" in text for text in made.warnings)
    with pytest.raises(ProviderError, match="no answer"):
        write(Author("nothing", busy))


@pytest.mark.parametrize(
    "wrapped",
    ["```json\n{}\n```", "<think>A hook first.</think>\n{}", "Here you are:\n{}\nEnjoy!", "{}"],
    ids=["fence", "thoughts", "talk", "plain"],
)
def test_json_is_found_in_what_models_put_round_it(wrapped: str) -> None:
    """Hosts without strict schemas wrap it."""
    assert read_draft(wrapped.replace("{}", json.dumps(storyboard()))).title == "The crystal inside your bread"


def test_people_may_speak_only_where_every_model_makes_sound() -> None:
    """Else the dialogue is left out."""
    spoken = storyboard(shots=[shot(narration="It turns back into crystal while you sleep.", dialogue="Taste it!")])
    silent = write(Author(spoken, spoken), terms=TERMS)
    loud = write(Author(spoken, spoken), terms=TERMS.model_copy(update={"dialogue": True}))
    assert (silent.storyboard.shots[1].dialogue, loud.storyboard.shots[1].dialogue) == ("", "Taste it!")


def test_the_schema_is_one_that_every_strict_mode_takes() -> None:
    """No references, limits or defaults; every object is closed and every property required."""
    text = json.dumps(draft_schema())
    assert not any(f'"{word}"' in text for word in ("$ref", "$defs", "default", "minLength", "anyOf"))

    def check(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object":
                assert node["additionalProperties"] is False
                assert sorted(node["required"]) == sorted(node["properties"])
            for inner in node.values():
                check(inner)

    check(draft_schema())


def test_a_faster_voice_says_more_words() -> None:
    """The words follow the pace, the pauses do not."""
    assert Terms(target_seconds=45, speed=Fraction(3, 2)).words > Terms(target_seconds=45).words * 1.4


def test_hashtags_are_single_words_each_once() -> None:
    """At most fifteen."""
    assert hashtags(["#Bread", "bread", "sour dough!", "", "#"]) == ("Bread", "sourdough")
    assert len(hashtags([f"tag{n}" for n in range(40)])) == 15
