"""What only OpenAI's text protocols do: the strict schema, hosts without schemas, the vendor's words of a failure."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from jsonschema import Draft202012Validator
from support.vendors import of
from support.writer_harnesses import CHAT, RESPONSES

from reelwright.errors import InvalidInput
from reelwright.models.writers.storyboard_draft import draft_schema
from reelwright.testing.servers.openai import KEY, SCHEMAS
from reelwright.testing.servers.openai_text import MODEL, OpenAiText, chat, refusal_response, response, storyboard
from reelwright.testing.writers import WriterTrial

each_protocol = of(RESPONSES, CHAT)


@each_protocol
def test_a_strict_schema_is_asked_for(bench: WriterTrial) -> None:
    """The server takes the schema as strict, under its name."""
    bench.ask()
    sent = bench.server.calls[0].json
    form = sent["text"]["format"] if bench.harness is RESPONSES else sent["response_format"]["json_schema"]
    assert (form["name"], form["strict"], form["schema"]) == ("storyboard", True, draft_schema())


@each_protocol
def test_tokens_without_a_price_are_told(bench: WriterTrial) -> None:
    """So that somebody can look up what they cost."""
    assert "1200 tokens" in bench.ask().warnings[0]


@each_protocol
def test_the_speakers_are_told_apart(bench: WriterTrial) -> None:
    """Instructions first, then user, assistant, user."""
    wish = bench.harness.request()
    bench.ask(wish)
    sent = bench.server.calls[0].json
    messages = sent["input"] if bench.harness is RESPONSES else sent["messages"][1:]
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    told = sent["instructions"] if bench.harness is RESPONSES else sent["messages"][0]["content"]
    assert told == wish.instructions


@each_protocol
@pytest.mark.parametrize("structure", ["object", "none"])
def test_a_host_without_schemas_is_told_in_words(bench: WriterTrial, structure: str) -> None:
    """The schema stands in the instructions; with `none` no format is asked for at all."""
    bench.ask(options={"structure": structure})
    assert '\\"additionalProperties\\": false' in bench.server.calls[0].body.decode()
    sent = bench.server.calls[0].json
    form = sent.get("text", {}).get("format") if bench.harness is RESPONSES else sent.get("response_format")
    assert form == ({"type": "json_object"} if structure == "object" else None)


@each_protocol
def test_further_options_go_along(bench: WriterTrial) -> None:
    """What the recipe gives besides our own options is sent by its name."""
    name = "max_output_tokens" if bench.harness is RESPONSES else "max_completion_tokens"
    bench.ask(options={name: 9000, "temperature": 0.5})
    assert (bench.server.calls[0].json[name], bench.server.calls[0].json["temperature"]) == (9000, 0.5)


@of(RESPONSES)
def test_the_words_of_a_failed_response_are_kept(bench: WriterTrial) -> None:
    """The vendor says why."""
    bench.harness.fail(bench.server, RESPONSES.failures["failed"])
    assert RESPONSES.failed["message"].rstrip(".") in bench.failure().message


@of(CHAT)
@pytest.mark.parametrize("changes", [{"model": ""}, {"base_url": ""}, {"options": {"structure": "yaml"}}])
def test_an_entry_that_cannot_work_is_refused_at_once(bench: WriterTrial, changes: dict[str, Any]) -> None:
    """Without model or host, or with an option nobody knows, no call is made."""
    with pytest.raises(InvalidInput):
        bench.part(**changes)
    assert bench.server.calls == []


@pytest.mark.parametrize("answer", [response("{}"), refusal_response("No.")])
def test_the_server_answers_as_published(answer: dict[str, Any]) -> None:
    """Its answers fit OpenAI's own schema."""
    Draft202012Validator({**SCHEMAS["Response"], "$defs": SCHEMAS}).validate(answer)
    Draft202012Validator({**SCHEMAS["CreateChatCompletionResponse"], "$defs": SCHEMAS}).validate(chat("{}"))


def test_the_official_client_and_the_server_understand_each_other() -> None:
    """An independent witness: OpenAI's own SDK sends what the server takes and reads what it sends."""
    form: Any = {"type": "json_schema", "name": "storyboard", "schema": draft_schema(), "strict": True}
    with (
        OpenAiText() as server,
        openai.OpenAI(base_url=server.base_url, api_key=KEY, max_retries=0) as client,
    ):
        answer = client.responses.create(model=MODEL, input="Bread.", text={"format": form})
        assert json.loads(answer.output_text) == storyboard()
        schema: Any = {"type": "json_schema", "json_schema": {key: form[key] for key in ("name", "schema", "strict")}}
        messages: Any = [{"role": "user", "content": "Bread."}]
        told = client.chat.completions.create(model=MODEL, messages=messages, response_format=schema)
        assert json.loads(told.choices[0].message.content or "") == storyboard()
        loose: Any = {"format": {**form, "schema": {"type": "object", "properties": {}}}}
        with pytest.raises(openai.BadRequestError, match="additionalProperties"):
            client.responses.create(model=MODEL, input="Bread.", text=loose)
