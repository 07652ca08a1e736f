"""The form of `produce_episode`: what it says of itself, and two dozen mistakes: each refused in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest
from pydantic import AliasChoices, Field
from support.prefect_server import Server

from flows.episode import produce_episode
from reelwright.catalogue import Catalogue
from reelwright.errors import InvalidInput, PlanRefused
from reelwright.plan import make_plan
from reelwright.stages.script import Script
from reelwright.storyboard import Storyboard
from reelwright.values import Value

SHOT = {"narration": "Hello."}
BRIEF = {"title": "Tea", "shots": [SHOT]}


def with_shot(**fields: Any) -> dict[str, Any]:
    """The brief with something wrong in its shot."""
    return {"brief": {**BRIEF, "shots": [{**SHOT, **fields}]}}


def with_recipe(**fields: Any) -> dict[str, Any]:
    """The brief with something wrong in its recipe."""
    return {"brief": BRIEF, "recipe": fields}


REFUSED_BY_THE_SERVER = [
    ({}, "'brief' is a required property"),
    ({"brief": {"shots": [SHOT]}}, "'title' is a required property"),
    ({"brief": {**BRIEF, "title": ""}}, "brief.title"),
    ({"brief": {**BRIEF, "title": "x" * 101}}, "brief.title"),
    ({"brief": {**BRIEF, "language": "English!"}}, "brief.language"),
    (with_shot(camera="wobble"), "'wobble' is not one of"),
    (with_shot(models=["klingon-v3"]), "'klingon-v3' is not one of"),
    (with_shot(naration="Hello."), "'naration' was unexpected"),
    (with_recipe(output={"size": "640x480"}), "'640x480' is not one of"),
    (with_recipe(video_models=[]), "recipe.video_models"),
    (with_recipe(takes=9), "9 is greater than the maximum of 8"),
    (with_recipe(music={"level_db": 3}), "3 is greater than the maximum of 0"),
    (with_recipe(captions={"colour": "red"}), "recipe.captions.colour"),
    ({"brief": BRIEF, "review": "sometimes"}, "'sometimes' is not one of"),
    ({"brief": BRIEF, "fresh": [-1]}, "-1 is less than the minimum of 0"),
    ({"brief": BRIEF, "recipes": {}}, "'recipes' was unexpected"),
]
REFUSED_BY_THE_FLOW = [
    (with_shot(seconds=500), "brief.shots[1].seconds: 500 will not do (expected a number of at most 120)"),
    ({"brief": {"title": "Tea"}}, "there is nothing to make (expected 'shots', or a 'topic' for a writer)"),
    (with_shot(characters=["Ann"]), "nobody is described under 'characters' as 'Ann'"),
    (with_shot(narration=""), "this shot says and shows nothing"),
    (with_recipe(voice={"speed": 4}), "recipe.voice.speed: 4 will not do (expected a number of at most 2)"),
]
REFUSED_BY_THE_PLAN = [
    (with_shot(models=["sora-2"]), "sora-2 ended on 2026-09-24"),
    (with_recipe(music={"source": "/nowhere.mp3"}), "music.source '/nowhere.mp3' is not there"),
    (with_recipe(banned_words=["hello"]), "hello"),
]


@pytest.fixture(scope="module")
def create_run(server: Server) -> Iterator[str]:
    """Where a run of the deployed form is asked for."""
    flow = server.http.post("/flows/", json={"name": "produce-episode"}).raise_for_status().json()
    schema = produce_episode.parameters.model_dump_for_openapi()
    deployment = {"name": "form", "flow_id": flow["id"], "parameter_openapi_schema": schema}
    made = server.http.post("/deployments/", json={**deployment, "enforce_parameter_schema": True}).json()
    yield f"/deployments/{made['id']}/create_flow_run"
    server.http.delete(f"/deployments/{made['id']}")


def asked(server: Server, create_run: str, parameters: dict[str, Any]) -> httpx.Response:
    """The answer to a run that is asked for."""
    return server.http.post(create_run, json={"parameters": parameters})


@pytest.mark.parametrize(("parameters", "said"), REFUSED_BY_THE_SERVER, ids=[said for _, said in REFUSED_BY_THE_SERVER])
def test_what_the_form_knows_is_refused_when_the_run_is_asked_for(
    server: Server, create_run: str, parameters: dict[str, Any], said: str
) -> None:
    """No run is made of it; the answer names the field."""
    answer = asked(server, create_run, parameters)
    assert (answer.status_code, said in answer.json()["detail"]) == (409, True), answer.text


@pytest.mark.parametrize(("parameters", "said"), REFUSED_BY_THE_FLOW, ids=[said for _, said in REFUSED_BY_THE_FLOW])
def test_what_only_the_flow_knows_fails_before_its_first_line(
    server: Server, create_run: str, parameters: dict[str, Any], said: str
) -> None:
    """The server lets it through; the run fails with a sentence that names the field, and nothing is spent."""
    assert asked(server, create_run, parameters).status_code == 201
    with pytest.raises(InvalidInput) as refusal:
        produce_episode.validate_parameters(parameters)
    assert said in refusal.value.message
    assert refusal.value.hint == "Nothing was started and nothing was spent."


@pytest.mark.parametrize(("parameters", "said"), REFUSED_BY_THE_PLAN, ids=[said for _, said in REFUSED_BY_THE_PLAN])
def test_what_only_the_catalogue_and_the_disk_know_is_refused_by_the_plan(
    server: Server, create_run: str, parameters: dict[str, Any], said: str
) -> None:
    """Every problem of a plan is told in one list, before the first shot."""
    assert asked(server, create_run, parameters).status_code == 201
    given = produce_episode.validate_parameters(parameters)
    brief = given["brief"]
    script = Script(storyboard=Storyboard(title=brief.title, shots=brief.shots))
    recipe = given.get("recipe", produce_episode.fn.__defaults__[0])
    with pytest.raises(PlanRefused) as refusal:
        make_plan(script.storyboard, recipe, Catalogue.load(), today=date(2026, 11, 21), environment={}).require()
    assert any(said in problem for problem in refusal.value.problems)


def test_every_field_of_every_section_says_what_it_is() -> None:
    """Whoever opens the form needs no other page."""
    form = produce_episode.parameters
    sections = {name: section.get("properties", {}) for name, section in form.definitions.items()}
    silent = [
        f"{name}.{field}"
        for name, fields in {"parameters": form.properties, **sections}.items()
        for field, told in fields.items()
        # A section that says the same as its field says it once.
        if not (told.get("description") or form.definitions[told["$ref"].rpartition("/")[2]].get("description"))
    ]
    assert silent == []


def test_models_are_a_menu_of_the_catalogue() -> None:
    """A name cannot be mistyped; a definition in place is still possible."""
    name, definition = produce_episode.parameters.definitions["Recipe"]["properties"]["video_models"]["items"]["anyOf"]
    assert name["enum"] == [entry.name for entry in Catalogue.load().of("video")]
    assert definition["type"] == "object"


def test_a_renamed_field_keeps_its_old_name() -> None:
    """What was stored under the old name, in a schedule for one, is still taken; the form shows the new one alone."""

    class Renamed(Value):
        pace: int = Field(default=1, validation_alias=AliasChoices("pace", "speed"))
        """How fast."""

    assert Renamed.model_validate({"speed": 3}).pace == Renamed.model_validate({"pace": 3}).pace == 3
    schema = Renamed.model_json_schema()
    assert (list(schema["properties"]), schema["patternProperties"]) == (["pace"], {"^speed$": {}})
