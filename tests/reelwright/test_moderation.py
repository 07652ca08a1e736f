"""A moderation service before anything is paid: asked about every text, once, and never passed over in silence."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai as witness
import pytest
from pydantic import SecretStr
from support.terminal import Ran, Terminal

from reelwright.credentials import StoredKey, StoredKeys
from reelwright.errors import FailureKind, MissingCredential, ProviderError
from reelwright.recipe import Recipe
from reelwright.stages.moderation import moderate
from reelwright.storyboard import Character, Shot, Storyboard
from reelwright.studio import Studio
from reelwright.testing.servers.openai import KEY
from reelwright.testing.servers.openai_moderations import MODEL, OpenAiModerations
from reelwright.testing.servers.strict import Drop, Reply

GORY = Storyboard(
    title="A quiet murder",
    characters=(Character(name="Ada", description="full of gore"), Character(name="Bo")),
    shots=(
        Shot(narration="All is well.", prompt="a meadow"),
        Shot(narration="Then: murder and gore.", dialogue="a slur", prompt="a gore-red sky"),
    ),
)
MILD = Storyboard(title="Bread", shots=(Shot(narration="Bread goes stale."),))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAiModerations]:
    """The service, and its key in the environment."""
    monkeypatch.setenv("JUDGE_KEY", KEY)
    with OpenAiModerations() as running:
        yield running


@pytest.fixture
def working(studio: Studio, tmp_path: Path) -> Studio:
    """A studio that remembers nothing."""
    settings = studio.settings.model_copy(update={"home": tmp_path, "vault": ""})
    return dataclasses.replace(studio, settings=settings, vault=settings.open_vault())


def recipe(server: OpenAiModerations, **fields: Any) -> Recipe:
    """A recipe that names the service."""
    service = {"base_url": server.base_url, "api_key": {"env": "JUDGE_KEY"}, **fields}
    return Recipe.model_validate({"moderation": service})


def problems(studio: Studio, storyboard: Storyboard, wanted: Recipe) -> tuple[str, ...]:
    """What the service finds."""
    return asyncio.run(moderate(studio, storyboard, wanted))


def test_each_flagged_text_is_a_problem_with_its_place(server: OpenAiModerations, working: Studio) -> None:
    """And the service's own names of what is wrong with it; what is fine is not spoken of."""
    assert problems(working, GORY, recipe(server)) == (
        f"the title is flagged by {MODEL}: violence",
        f"the character 'Ada' is flagged by {MODEL}: violence/graphic",
        f"shot 2's narration is flagged by {MODEL}: violence, violence/graphic",
        f"shot 2's dialogue is flagged by {MODEL}: hate",
        f"shot 2's prompt is flagged by {MODEL}: violence/graphic",
    )


def test_every_text_is_asked_about_as_openai_defines_it(server: OpenAiModerations, working: Studio) -> None:
    """In one call; the strict server holds it against OpenAI's published schema."""
    problems(working, GORY, recipe(server))
    (call,) = server.calls
    assert call.json == {
        "model": MODEL,
        "input": [
            "A quiet murder", "full of gore", "All is well.", "a meadow", "Then: murder and gore.", "a slur",
            "a gore-red sky",
        ],
    }  # fmt: skip


def test_what_was_judged_is_not_asked_about_again(server: OpenAiModerations, working: Studio) -> None:
    """The plan, the run and the next run share one verdict; another text is asked about."""
    first = problems(working, GORY, recipe(server))
    assert problems(working, GORY, recipe(server)) == first
    assert len(server.calls) == 1
    assert problems(working, MILD, recipe(server)) == ()
    assert len(server.calls) == 2


def test_many_texts_are_told_apart(server: OpenAiModerations, working: Studio) -> None:
    """Over several calls each verdict stays with its text."""
    shots = [Shot(narration=f"murder {number}" if number % 7 == 0 else f"peace {number}") for number in range(1, 71)]
    found = problems(working, Storyboard(title="Long", shots=tuple(shots)), recipe(server))
    assert [text.partition("'s")[0] for text in found] == [f"shot {number}" for number in range(7, 71, 7)]
    assert len(server.calls) == 3


def test_a_recipe_without_a_service_asks_nobody(working: Studio) -> None:
    """The default."""
    assert problems(working, GORY, Recipe()) == ()


# What goes wrong


@pytest.mark.parametrize(
    "answer",
    [
        {"results": []},
        {"results": [{"flagged": False}]},
        {"results": [{"flagged": "no", "categories": {}}] * 2},
        {"object": "list"},
        {},
    ],
)
def test_an_answer_that_judges_nothing_is_an_error(server: OpenAiModerations, working: Studio, answer: object) -> None:
    """Silence is no consent: nothing is paid for texts that nobody has judged."""
    server.then(Reply(json=answer))
    with pytest.raises(ProviderError, match="no verdict on each text") as caught:
        problems(working, MILD, recipe(server))
    assert "moderation.base_url" in caught.value.hint


def test_a_call_is_repeated_when_it_breaks(server: OpenAiModerations, working: Studio) -> None:
    """It costs nothing and changes nothing."""
    server.then(Drop(), Reply(503))
    assert len(problems(working, GORY, recipe(server))) == 5


def test_a_wrong_key_is_told(server: OpenAiModerations, working: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not quoted."""
    monkeypatch.setenv("JUDGE_KEY", "sk-wrong-0123456789abcdef")
    with pytest.raises(ProviderError) as caught:
        problems(working, MILD, recipe(server))
    assert caught.value.kind is FailureKind.AUTH
    assert "0123456789" not in str(caught.value)


def test_a_missing_key_is_named(server: OpenAiModerations, working: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent without it, unless it is stored."""
    monkeypatch.delenv("JUDGE_KEY")
    with pytest.raises(MissingCredential, match="JUDGE_KEY"):
        problems(working, MILD, recipe(server))
    assert server.calls == []
    key = StoredKey(names=("JUDGE_KEY",), base_url=server.base_url, secret=SecretStr(KEY), where="here")
    kept = dataclasses.replace(working, stored_keys=lambda: StoredKeys(keys=(key,)))
    assert problems(kept, MILD, recipe(server)) == ()


def test_openais_own_client_finds_our_server_to_be_openai(server: OpenAiModerations) -> None:
    """An independent witness of the wire format."""
    with witness.OpenAI(api_key=KEY, base_url=server.base_url) as client:
        verdict = client.moderations.create(model=MODEL, input=["murder", "bread"])
    assert [result.flagged for result in verdict.results] == [True, False]
    assert verdict.results[0].categories.violence


# The command line


def ran(terminal: Terminal, folder: Path, server: OpenAiModerations, *words: str) -> Ran:
    """Run a command over a script with a murder in it."""
    (folder / "recipe.json").write_text(json.dumps(recipe(server).model_dump(mode="json", exclude_unset=True)), "utf-8")
    script = "# Bread\n\nA murder happened.\n"
    arguments = [*words, "-", "-r", folder / "recipe.json", "--json"]
    return terminal.run(*arguments, stdin=script, JUDGE_KEY=KEY)


def test_a_plan_asks_only_when_told_to(terminal: Terminal, tmp_path: Path, server: OpenAiModerations) -> None:
    """`plan` calls nobody; `plan --moderate` adds what is flagged to its problems."""
    assert ran(terminal, tmp_path, server, "plan").exit_code == 0
    assert server.calls == []
    told = ran(terminal, tmp_path, server, "plan", "--moderate")
    assert told.exit_code == 2
    assert told.json["problems"] == [f"shot 1's narration is flagged by {MODEL}: violence"]


def test_an_episode_with_a_flagged_text_is_not_begun(
    terminal: Terminal, tmp_path: Path, server: OpenAiModerations
) -> None:
    """Nothing is made or paid, and the reason stands in the one list of problems."""
    told = ran(terminal, tmp_path, server, "make", "--out", str(tmp_path / "out"))
    assert told.exit_code == 2
    assert told.json["error"]["problems"] == [f"shot 1's narration is flagged by {MODEL}: violence"]
    assert not (tmp_path / "out").exists()
