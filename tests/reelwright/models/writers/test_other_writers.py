"""What only some writers do: Google's and Anthropic's own fields, a page in the place of an answer, the SDKs."""

from __future__ import annotations

import json
from typing import Any

import anthropic as anthropic_sdk
from google import genai
from google.genai import types
from support.vendors import of
from support.writer_harnesses import ANTHROPIC, GEMINI, REMOTE

from reelwright.errors import StartAmbiguous
from reelwright.models.writers.storyboard_draft import draft_schema
from reelwright.testing.servers import anthropic, gemini
from reelwright.testing.servers.openai_text import storyboard
from reelwright.testing.servers.strict import Reply
from reelwright.testing.writers import WriterTrial


@of(GEMINI, ANTHROPIC)
def test_the_schema_has_a_field_and_the_speakers_their_roles(bench: WriterTrial) -> None:
    """Under the vendor's own names."""
    bench.ask()
    sent = bench.server.calls[0].json
    schema = sent.get("generationConfig", {}).get("responseJsonSchema") or sent["output_config"]["format"]["schema"]
    assert schema == draft_schema()
    roles = [turn["role"] for turn in sent.get("contents") or sent["messages"]]
    assert roles == (["user", "model", "user"] if bench.harness is GEMINI else ["user", "assistant", "user"])


@of(GEMINI, ANTHROPIC)
def test_further_options_go_along(bench: WriterTrial) -> None:
    """By their name, where the vendor has them."""
    name = "maxOutputTokens" if bench.harness is GEMINI else "max_tokens"
    bench.ask(options={name: 9000})
    sent = bench.server.calls[0].json
    assert (sent.get("generationConfig") or sent)[name] == 9000


@of(ANTHROPIC)
def test_the_older_form_of_the_key_is_a_matter_of_configuration(bench: WriterTrial) -> None:
    """For hosts that know nothing newer."""
    bench.ask(auth="x-api-key", headers={"anthropic-version": "2023-06-01"})
    headers = bench.server.calls[0].headers
    assert (headers["x-api-key"], headers["anthropic-version"]) == (anthropic.KEY, "2023-06-01")
    assert "authorization" not in headers


@of(*REMOTE)
def test_a_page_in_the_place_of_an_answer_is_ambiguous(bench: WriterTrial) -> None:
    """Something between us and the vendor answered, and the text may be billed: the call is made once."""
    bench.server.then(Reply(200, body=b"<html>", media_type="text/html"))
    assert isinstance(bench.failure(), StartAmbiguous)
    assert bench.starts == 1


def test_the_official_clients_and_the_servers_understand_each_other() -> None:
    """Independent witnesses: the vendors' own SDKs."""
    form: Any = {"type": "json_schema", "schema": draft_schema()}
    with (
        anthropic.Anthropic() as server,
        anthropic_sdk.Anthropic(api_key=anthropic.KEY, base_url=server.url, max_retries=0) as client,
    ):
        answer = client.messages.create(
            model=anthropic.MODEL,
            max_tokens=9000,
            messages=[{"role": "user", "content": "Bread."}],
            output_config={"format": form},
        )
        assert [json.loads(block.text) for block in answer.content if block.type == "text"] == [storyboard()]
    with gemini.Gemini() as server_of_google:
        options = types.HttpOptions(base_url=server_of_google.url)
        config = types.GenerateContentConfig(
            response_mime_type="application/json", response_json_schema=draft_schema(), system_instruction="You write."
        )
        with genai.Client(api_key=gemini.KEY, http_options=options) as client_of_google:
            told = client_of_google.models.generate_content(model=gemini.TEXT, contents="Bread.", config=config)
        assert json.loads(told.text or "") == storyboard()
