"""The writers of Google and Anthropic against strict servers: what is sent, what is read, how it fails."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import anthropic as anthropic_sdk
import pytest
from google import genai
from google.genai import types

from reelwright.errors import FailureKind, ProviderError, StartAmbiguous
from reelwright.models.writers.contract import Draft, Turn, WritingRequest
from reelwright.models.writers.storyboard_draft import draft_schema
from reelwright.studio import Studio
from reelwright.testing.servers import anthropic, gemini
from reelwright.testing.servers.openai_text import storyboard
from reelwright.testing.servers.strict import Drop, Reply

ASKED = WritingRequest(
    instructions="You write.",
    turns=(
        Turn(speaker="user", text="Bread."),
        Turn(speaker="writer", text="{}"),
        Turn(speaker="user", text="Again."),
    ),
    json_schema=draft_schema(),
)


@dataclasses.dataclass(frozen=True)
class Vendor:
    """One protocol: its server, its key, how it refuses."""

    protocol: str
    serve: Callable[[], Any]
    model: str
    key: str
    failures: tuple[tuple[Reply, FailureKind], ...]
    usd: str
    """Of one answer at $1 a million in and $10 out."""


def google(status: int, name: str, message: str) -> Reply:
    """A refusal of Google's."""
    return Reply(status, {"error": {"code": status, "message": message, "status": name}})


VENDORS = (
    Vendor(
        "gemini-text",
        gemini.Gemini,
        gemini.TEXT,
        gemini.KEY,
        (
            (google(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."), FailureKind.AUTH),
            (google(400, "INVALID_ARGUMENT", "Invalid JSON payload received."), FailureKind.INVALID_REQUEST),
            (google(404, "NOT_FOUND", "models/x is not found for API version v1beta."), FailureKind.RETIRED),
            (google(429, "RESOURCE_EXHAUSTED", "You exceeded it. Please retry in 4s."), FailureKind.RATE_LIMITED),
            (google(503, "UNAVAILABLE", "The model is overloaded."), FailureKind.BUSY),
            (Reply(json={"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}), FailureKind.MODERATED),
            (Reply(json=gemini.generated({"text": "{"}, finish="MAX_TOKENS")), FailureKind.INVALID_REQUEST),
            (Reply(json=gemini.generated(finish="SAFETY")), FailureKind.MODERATED),
            (Reply(json=gemini.generated(finish="PUP_LIMITED_DISABLED")), FailureKind.AUTH),
            (Reply(json={"candidates": []}), FailureKind.UNKNOWN),
        ),
        "0.011000",
    ),
    Vendor(
        "anthropic-messages",
        anthropic.Anthropic,
        anthropic.MODEL,
        anthropic.KEY,
        (
            (Reply(401, anthropic.error("authentication_error", "invalid x-api-key")), FailureKind.AUTH),
            (Reply(403, anthropic.error("permission_error", "No.")), FailureKind.AUTH),
            (Reply(402, anthropic.error("billing_error", "No.")), FailureKind.BILLING),
            (Reply(400, anthropic.error("x", "Your credit balance is too low to access it.")), FailureKind.BILLING),
            (Reply(404, anthropic.error("not_found_error", "model: x")), FailureKind.RETIRED),
            (Reply(400, anthropic.error("invalid_request_error", "No.")), FailureKind.INVALID_REQUEST),
            (Reply(413, anthropic.error("request_too_large", "No.")), FailureKind.INVALID_REQUEST),
            (Reply(429, anthropic.error("rate_limit_error", "No.")), FailureKind.RATE_LIMITED),
            (Reply(500, anthropic.error("api_error", "No.")), FailureKind.BUSY),
            (Reply(529, anthropic.error("overloaded_error", "Overloaded")), FailureKind.BUSY),
            (Reply(json=anthropic.message("", stop="refusal")), FailureKind.MODERATED),
            (Reply(json=anthropic.message("{", stop="max_tokens")), FailureKind.INVALID_REQUEST),
        ),
        "0.009200",
    ),
)
FAILURES = [(vendor, *failure) for vendor in VENDORS for failure in vendor.failures]


@dataclasses.dataclass
class Bench:
    """One vendor's server, and the writer that a recipe makes of it."""

    vendor: Vendor
    server: Any
    studio: Studio

    def write(self, **changes: Any) -> Draft:
        """What the writer writes; its client is closed."""
        named = {"name": "author", "protocol": self.vendor.protocol, "model": self.vendor.model}
        told = {"base_url": self.server.base_url, "api_key": {"env": "WRITER_KEY"}}
        writer = self.studio.writer(self.studio.catalogue.resolve(named | told | changes, "writer"))

        async def ask() -> Draft:
            try:
                return await writer.write(ASKED, idempotency_key="key-1")
            finally:
                await writer.aclose()

        return asyncio.run(ask())

    def failure(self) -> ProviderError:
        """How it fails."""
        with pytest.raises(ProviderError) as caught:
            self.write()
        return caught.value


@pytest.fixture
def bench(request: pytest.FixtureRequest, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """The vendor that the test names."""
    vendor: Vendor = request.param
    monkeypatch.setenv("WRITER_KEY", vendor.key)
    with vendor.serve() as server:
        yield Bench(vendor, server, studio)


every_vendor = pytest.mark.parametrize("bench", VENDORS, indirect=True, ids=lambda vendor: vendor.protocol)


@every_vendor
def test_a_schema_is_asked_for_and_the_text_comes_back_without_thoughts(bench: Bench) -> None:
    """The strict server takes schema, roles and order; the draft is what the model said."""
    bench.server.say(storyboard())
    assert json.loads(bench.write().text) == storyboard()
    sent = bench.server.calls[0].json
    schema = sent.get("generationConfig", {}).get("responseJsonSchema") or sent["output_config"]["format"]["schema"]
    assert schema == draft_schema()
    roles = [turn["role"] for turn in sent.get("contents") or sent["messages"]]
    assert roles in (["user", "model", "user"], ["user", "assistant", "user"])


@every_vendor
def test_tokens_are_paid_by_the_table(bench: Bench) -> None:
    """Thoughts and cached words count; without prices it is said."""
    priced = bench.write(usd_per_million_input=1, usd_per_million_output=10)
    assert (priced.charge.usd, priced.warnings) == (Decimal(bench.vendor.usd), ())
    assert "price of author is not known" in bench.write().warnings[0]


@pytest.mark.parametrize(("bench", "reply", "kind"), FAILURES, indirect=["bench"])
def test_each_documented_failure_has_its_kind(bench: Bench, reply: Reply, kind: FailureKind) -> None:
    """One call, one error; what the model said is billed, what it never saw is not."""
    bench.server.then(reply)
    error = bench.failure()
    assert (error.kind, len(bench.server.calls)) == (kind, 1), error
    blocked = bool(reply.json.get("promptFeedback"))
    assert error.billed == (reply.status == 200 and not blocked)
    assert bench.vendor.key not in str(error.to_json())


@pytest.mark.parametrize("outcome", [Drop(), Drop(halfway=True), Reply(504)], ids=["dropped", "broken", "gateway"])
@every_vendor
def test_no_clear_answer_is_ambiguous_and_never_repeated(bench: Bench, outcome: Reply | Drop) -> None:
    """The text may be billed."""
    bench.server.then(outcome)
    assert isinstance(bench.failure(), StartAmbiguous)
    assert len(bench.server.calls) == 1


@every_vendor
def test_further_options_go_along(bench: Bench) -> None:
    """By their name, where the vendor has them."""
    name = "maxOutputTokens" if bench.vendor.protocol == "gemini-text" else "max_tokens"
    bench.write(options={name: 9000})
    sent = bench.server.calls[0].json
    assert (sent.get("generationConfig") or sent)[name] == 9000


@pytest.mark.parametrize("bench", VENDORS[1:], indirect=True, ids=[""])
def test_the_older_form_of_the_key_is_a_matter_of_configuration(bench: Bench) -> None:
    """For hosts that know nothing newer."""
    bench.write(auth="x-api-key", headers={"anthropic-version": "2023-06-01"})
    headers = bench.server.calls[0].headers
    assert (headers["x-api-key"], headers["anthropic-version"]) == (anthropic.KEY, "2023-06-01")
    assert "authorization" not in headers


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
