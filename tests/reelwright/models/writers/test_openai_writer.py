"""The writer behind OpenAI's text protocols, against a strict server: what is sent, what is read, how it fails."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import openai
import pytest
from jsonschema import Draft202012Validator

from reelwright.errors import FailureKind, InvalidInput, ProviderError, ReelwrightError, StartAmbiguous
from reelwright.models.writers.contract import Draft, Turn, Writer, WritingRequest
from reelwright.models.writers.storyboard_draft import draft_schema
from reelwright.studio import Studio
from reelwright.testing.servers.openai import KEY, SCHEMAS
from reelwright.testing.servers.openai_text import MODEL, OpenAiText, chat, refusal_response, response, storyboard
from reelwright.testing.servers.strict import Drop, Reply

PROTOCOLS = ("openai-responses", "openai-chat")
ASKED = WritingRequest(
    instructions="You write.", turns=(Turn(speaker="user", text="Bread."),), json_schema=draft_schema()
)


def error(code: str, message: str, *, type: str = "invalid_request_error") -> dict[str, Any]:  # noqa: A002
    """An error body of OpenAI's."""
    return {"error": {"message": message, "type": type, "param": None, "code": code}}


def incomplete(reason: str) -> dict[str, Any]:
    """An answer that was stopped."""
    return response(status="incomplete", incomplete_details={"reason": reason})


LIMITED = Reply(429, error("rate_limit_exceeded", "Rate limit reached."), {"Retry-After": "7"})
FAILURES: tuple[tuple[Reply, FailureKind, bool], ...] = (
    (Reply(401, error("invalid_api_key", f"Incorrect API key provided: {KEY[:7]}*****cdef.")), FailureKind.AUTH, False),
    (Reply(404, error("model_not_found", "The model `x` does not exist.")), FailureKind.RETIRED, False),
    (Reply(429, error("insufficient_quota", "You exceeded your current quota.")), FailureKind.BILLING, False),
    (LIMITED, FailureKind.RATE_LIMITED, False),
    (Reply(400, error("context_length_exceeded", "Too long.")), FailureKind.INVALID_REQUEST, False),
    (Reply(400, error("content_policy_violation", "Blocked.")), FailureKind.MODERATED, False),
    (Reply(503, error("", "The engine is currently overloaded.")), FailureKind.BUSY, False),
)


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> str:
    """Each of the two protocols."""
    return str(request.param)


@pytest.fixture
def server() -> Any:
    """A strict server."""
    with OpenAiText() as started:
        yield started


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRITER_KEY", KEY)


def writer_at(studio: Studio, server: OpenAiText, protocol: str, **changes: Any) -> Writer:
    """The writer of a recipe that points at the server."""
    named = {"name": "author", "protocol": protocol, "base_url": server.base_url, "model": MODEL}
    entry = studio.catalogue.resolve({**named, "api_key": {"env": "WRITER_KEY"}, **changes}, "writer")
    return studio.writer(entry)


def written(writer: Writer, request: WritingRequest = ASKED) -> Draft:
    """What the writer writes; its client is closed."""

    async def ask() -> Draft:
        try:
            return await writer.write(request, idempotency_key="key-1")
        finally:
            await writer.aclose()

    return asyncio.run(ask())


def failure(writer: Writer) -> ProviderError:
    """How the writer fails."""
    with pytest.raises(ProviderError) as caught:
        written(writer)
    return caught.value


def test_a_strict_schema_is_asked_for_and_the_text_comes_back(
    studio: Studio, server: OpenAiText, protocol: str
) -> None:
    """The server takes the schema as strict, and the draft is what the model said."""
    server.say(storyboard())
    draft = written(writer_at(studio, server, protocol))
    assert json.loads(draft.text) == storyboard()
    sent = server.calls[0].json
    form = sent["text"]["format"] if protocol == "openai-responses" else sent["response_format"]["json_schema"]
    assert (form["name"], form["strict"], form["schema"]) == ("storyboard", True, draft_schema())


def test_tokens_are_paid_by_the_table(studio: Studio, server: OpenAiText, protocol: str) -> None:
    """1200 tokens in at $2 and 800 out at $10 a million are $0.0104, and no warning."""
    prices = {"usd_per_million_input": 2, "usd_per_million_output": 10}
    draft = written(writer_at(studio, server, protocol, **prices))
    assert (draft.charge.usd, draft.charge.estimated, draft.warnings) == (Decimal("0.0104"), False, ())


def test_a_price_that_is_not_known_is_said(studio: Studio, server: OpenAiText, protocol: str) -> None:
    """The charge is marked as an estimate, and the tokens are told."""
    draft = written(writer_at(studio, server, protocol))
    assert draft.charge.estimated
    assert "1200 tokens" in draft.warnings[0]


def test_the_conversation_keeps_its_order(studio: Studio, server: OpenAiText, protocol: str) -> None:
    """Instructions first, then user, assistant, user."""
    turns = (*ASKED.turns, Turn(speaker="writer", text="{}"), Turn(speaker="user", text="Again."))
    written(writer_at(studio, server, protocol), ASKED.model_copy(update={"turns": turns}))
    sent = server.calls[0].json
    messages = sent["input"] if protocol == "openai-responses" else sent["messages"][1:]
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    told = sent["instructions"] if protocol == "openai-responses" else sent["messages"][0]["content"]
    assert told == "You write."


@pytest.mark.parametrize("structure", ["object", "none"])
def test_a_host_without_schemas_is_told_in_words(
    studio: Studio, server: OpenAiText, protocol: str, structure: str
) -> None:
    """The schema stands in the instructions; with `none` no format is asked for at all."""
    written(writer_at(studio, server, protocol, options={"structure": structure}))
    assert '\\"additionalProperties\\": false' in server.calls[0].body.decode()
    sent = server.calls[0].json
    form = sent.get("text", {}).get("format") if protocol == "openai-responses" else sent.get("response_format")
    assert form == ({"type": "json_object"} if structure == "object" else None)


def test_further_options_go_along(studio: Studio, server: OpenAiText, protocol: str) -> None:
    """What the recipe gives besides our own options is sent by its name."""
    name = "max_output_tokens" if protocol == "openai-responses" else "max_completion_tokens"
    written(writer_at(studio, server, protocol, options={name: 9000, "temperature": 0.5}))
    assert (server.calls[0].json[name], server.calls[0].json["temperature"]) == (9000, 0.5)


@pytest.mark.parametrize(("reply", "kind", "billed"), FAILURES, ids=lambda value: str(getattr(value, "status", value)))
def test_each_documented_failure_has_its_kind(
    studio: Studio, server: OpenAiText, protocol: str, reply: Reply, kind: FailureKind, billed: bool
) -> None:
    """One call, one error of the right kind, and no key in it."""
    server.then(reply)
    error = failure(writer_at(studio, server, protocol))
    assert (error.kind, error.billed, len(server.calls)) == (kind, billed, 1)
    assert KEY not in str(error.to_json())
    assert error.retry_after_seconds == (7 if "Retry-After" in reply.headers else None)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal_response("I can't help with that."), FailureKind.MODERATED),
        (incomplete("content_filter"), FailureKind.MODERATED),
        (incomplete("max_output_tokens"), FailureKind.INVALID_REQUEST),
        (chat(None, refusal="I can't help with that."), FailureKind.MODERATED),
        (chat("", finish="content_filter"), FailureKind.MODERATED),
        (chat('{"ti', finish="length"), FailureKind.INVALID_REQUEST),
    ],
    ids=["refusal", "filter", "cut off", "chat refusal", "chat filter", "chat cut off"],
)
def test_what_the_model_would_not_say_is_billed_and_named(
    studio: Studio, server: OpenAiText, answer: dict[str, Any], kind: FailureKind
) -> None:
    """HTTP 200 with a refusal, a filter or a cut-off answer is a failure that costs money."""
    server.then(Reply(json=answer))
    protocol = "openai-responses" if answer["object"] == "response" else "openai-chat"
    error = failure(writer_at(studio, server, protocol))
    assert (error.kind, error.billed) == (kind, True)


def test_a_response_that_failed_is_not_billed(studio: Studio, server: OpenAiText) -> None:
    """A failed response keeps the vendor's words."""
    failed = {"code": "server_error", "message": "The model failed to answer."}
    server.then(Reply(json=response(status="failed", error=failed, output=[])))
    error = failure(writer_at(studio, server, "openai-responses"))
    assert (error.kind, error.billed) == (FailureKind.BUSY, False)
    assert "The model failed to answer" in error.message


@pytest.mark.parametrize(
    "outcome",
    [Drop(), Drop(halfway=True), Reply(504), Reply(200, body=b"<html>", media_type="text/html")],
    ids=["dropped", "broken off", "gateway", "a page"],
)
def test_no_clear_answer_is_ambiguous_and_never_repeated(
    studio: Studio, server: OpenAiText, protocol: str, outcome: Reply | Drop
) -> None:
    """The text may be billed: the call is made once."""
    server.then(outcome)
    assert isinstance(failure(writer_at(studio, server, protocol)), StartAmbiguous)
    assert len(server.calls) == 1


def test_a_host_that_is_not_there_is_busy_and_unbilled(studio: Studio, server: OpenAiText, protocol: str) -> None:
    """Nothing went out: it may be tried again."""
    writer = writer_at(studio, server, protocol, base_url="http://127.0.0.1:9/v1")
    error = failure(writer)
    assert (error.kind, error.billed, error.retryable) == (FailureKind.BUSY, False, True)
    assert not isinstance(error, StartAmbiguous)


@pytest.mark.parametrize("changes", [{"model": ""}, {"base_url": ""}, {"options": {"structure": "yaml"}}])
def test_an_entry_that_cannot_work_is_refused_at_once(
    studio: Studio, server: OpenAiText, changes: dict[str, Any]
) -> None:
    """Without model or host, or with an option nobody knows, no call is made."""
    with pytest.raises(InvalidInput):
        writer_at(studio, server, "openai-chat", **changes)
    assert server.calls == []


@pytest.mark.parametrize("answer", [response("{}"), refusal_response("No.")])
def test_the_server_answers_as_published(answer: dict[str, Any]) -> None:
    """Its answers fit OpenAI's own schema."""
    Draft202012Validator({**SCHEMAS["Response"], "$defs": SCHEMAS}).validate(answer)
    Draft202012Validator({**SCHEMAS["CreateChatCompletionResponse"], "$defs": SCHEMAS}).validate(chat("{}"))


def test_the_official_client_and_the_server_understand_each_other(server: OpenAiText) -> None:
    """An independent witness: OpenAI's own SDK sends what the server takes and reads what it sends."""
    form: Any = {"type": "json_schema", "name": "storyboard", "schema": draft_schema(), "strict": True}
    with openai.OpenAI(base_url=server.base_url, api_key=KEY, max_retries=0) as client:
        answer = client.responses.create(model=MODEL, input="Bread.", text={"format": form})
        assert json.loads(answer.output_text) == storyboard()
        schema: Any = {"type": "json_schema", "json_schema": {key: form[key] for key in ("name", "schema", "strict")}}
        messages: Any = [{"role": "user", "content": "Bread."}]
        told = client.chat.completions.create(model=MODEL, messages=messages, response_format=schema)
        assert json.loads(told.choices[0].message.content or "") == storyboard()
        with pytest.raises(openai.BadRequestError, match="additionalProperties"):
            client.responses.create(
                model=MODEL, input="Bread.", text={"format": {**form, "schema": {"type": "object", "properties": {}}}}
            )


def test_errors_survive_a_process_border(studio: Studio, server: OpenAiText) -> None:
    """Prefect pickles what a task raises."""
    import pickle  # noqa: PLC0415

    server.then(Reply(401, error("invalid_api_key", "No.")))
    copy = pickle.loads(pickle.dumps(failure(writer_at(studio, server, "openai-chat"))))  # noqa: S301
    assert isinstance(copy, ReelwrightError)
    assert copy.to_json()["kind"] == "auth"
