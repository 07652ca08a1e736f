"""The writers as their suite sees them: each with its strict server and its documented failures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from support.vendors import Hosted, google_error, openai_error

from reelwright.errors import FailureKind
from reelwright.testing import Failure, WriterHarness
from reelwright.testing.servers import anthropic, gemini, openai, openai_text

PRICES = {"usd_per_million_input": 2, "usd_per_million_output": 10}


def anthropic_error(kind: FailureKind, status: int, name: str, message: str = "No.") -> Failure:
    """A refusal of Anthropic's."""
    return Failure(kind, status=status, body=anthropic.error(name, message))


def answered(kind: FailureKind, body: Any, *, billed: bool = True) -> Failure:
    """An answer with HTTP 200 that is no draft; what the model said is billed, what it never saw is not."""
    return Failure(kind, status=200, body=body, billed=billed)


def incomplete(reason: str) -> dict[str, Any]:
    """A response that was stopped."""
    return openai_text.response(status="incomplete", incomplete_details={"reason": reason})


class Remote(Hosted, WriterHarness):
    """A vendor's writer: its protocol, model and server."""

    called = "author"
    prices: Mapping[str, Any] = PRICES


OPENAI_REFUSALS: Mapping[str, Failure] = {
    "key": openai_error(
        FailureKind.AUTH, 401, "invalid_api_key", f"Incorrect API key provided: {openai.KEY[:7]}*****cdef."
    ),
    "gone": openai_error(FailureKind.RETIRED, 404, "model_not_found", "The model `x` does not exist."),
    "quota": openai_error(FailureKind.BILLING, 429, "insufficient_quota", "You exceeded your current quota."),
    "rate": openai_error(FailureKind.RATE_LIMITED, 429, "rate_limit_exceeded", "Rate limit reached.", Retry_After="7"),
    "too long": openai_error(FailureKind.INVALID_REQUEST, 400, "context_length_exceeded", "Too long."),
    "policy": openai_error(FailureKind.MODERATED, 400, "content_policy_violation", "Blocked."),
    "overloaded": openai_error(FailureKind.BUSY, 503, "", "The engine is currently overloaded."),
}
"""What both of OpenAI's protocols refuse a call with."""


class OpenAi(Remote):
    """OpenAI's: 1200 tokens in and 800 out."""

    model, key = openai_text.MODEL, openai.KEY
    server, path = openai_text.OpenAiText, "/v1"
    usd = "0.0104"


class Responses(OpenAi):
    """OpenAI's newer protocol."""

    name = "openai-responses"
    failed: Mapping[str, Any] = {"code": "server_error", "message": "The model failed to answer."}
    """Why a response failed."""
    failures: Mapping[str, Failure] = {
        **OPENAI_REFUSALS,
        "refusal": answered(FailureKind.MODERATED, openai_text.refusal_response("I can't help with that.")),
        "filter": answered(FailureKind.MODERATED, incomplete("content_filter")),
        "cut off": answered(FailureKind.INVALID_REQUEST, incomplete("max_output_tokens")),
        "failed": answered(
            FailureKind.BUSY, openai_text.response(status="failed", error=failed, output=[]), billed=False
        ),
    }


class Chat(OpenAi):
    """OpenAI's older protocol, which most other hosts speak."""

    name = "openai-chat"
    failures: Mapping[str, Failure] = {
        **OPENAI_REFUSALS,
        "refusal": answered(FailureKind.MODERATED, openai_text.chat(None, refusal="I can't help with that.")),
        "filter": answered(FailureKind.MODERATED, openai_text.chat("", finish="content_filter")),
        "cut off": answered(FailureKind.INVALID_REQUEST, openai_text.chat('{"ti', finish="length")),
    }


class GeminiText(Remote):
    """Google's: 1000 tokens in, 600 out and 400 of thoughts, which are paid as well."""

    name, model, key = "gemini-text", gemini.TEXT, gemini.KEY
    server, path = gemini.Gemini, "/v1beta"
    usd = "0.012"
    failures: Mapping[str, Failure] = {
        "key": google_error(
            FailureKind.AUTH, 400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."
        ),
        "body": google_error(FailureKind.INVALID_REQUEST, 400, "INVALID_ARGUMENT", "Invalid JSON payload received."),
        "gone": google_error(FailureKind.RETIRED, 404, "NOT_FOUND", "models/x is not found for API version v1beta."),
        "quota": google_error(
            FailureKind.RATE_LIMITED, 429, "RESOURCE_EXHAUSTED", "You exceeded it. Please retry in 4s."
        ),
        "overloaded": google_error(FailureKind.BUSY, 503, "UNAVAILABLE", "The model is overloaded."),
        "prompt": answered(
            FailureKind.MODERATED, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}, billed=False
        ),
        "cut off": answered(FailureKind.INVALID_REQUEST, gemini.generated({"text": "{"}, finish="MAX_TOKENS")),
        "filter": answered(FailureKind.MODERATED, gemini.generated(finish="SAFETY")),
        "disabled": answered(FailureKind.AUTH, gemini.generated(finish="PUP_LIMITED_DISABLED")),
        "nothing": answered(FailureKind.UNKNOWN, {"candidates": []}),
    }


class AnthropicMessages(Remote):
    """Anthropic's: 1000 tokens in, 200 read from its cache, which are paid as well, and 800 out."""

    name, model, key = "anthropic-messages", anthropic.MODEL, anthropic.KEY
    server, path = anthropic.Anthropic, "/v1"
    usd = "0.0104"
    failures: Mapping[str, Failure] = {
        "key": anthropic_error(FailureKind.AUTH, 401, "authentication_error", "invalid x-api-key"),
        "permission": anthropic_error(FailureKind.AUTH, 403, "permission_error"),
        "billing": anthropic_error(FailureKind.BILLING, 402, "billing_error"),
        "credit": anthropic_error(FailureKind.BILLING, 400, "x", "Your credit balance is too low to access it."),
        "gone": anthropic_error(FailureKind.RETIRED, 404, "not_found_error", "model: x"),
        "body": anthropic_error(FailureKind.INVALID_REQUEST, 400, "invalid_request_error"),
        "too large": anthropic_error(FailureKind.INVALID_REQUEST, 413, "request_too_large"),
        "rate": anthropic_error(FailureKind.RATE_LIMITED, 429, "rate_limit_error"),
        "server": anthropic_error(FailureKind.BUSY, 500, "api_error"),
        "overloaded": anthropic_error(FailureKind.BUSY, 529, "overloaded_error", "Overloaded"),
        "refusal": answered(FailureKind.MODERATED, anthropic.message("", stop="refusal")),
        "cut off": answered(FailureKind.INVALID_REQUEST, anthropic.message("{", stop="max_tokens")),
    }


class Own(WriterHarness):
    """A writer of somebody's own, without a vendor; its part is `support.own_writer`."""

    name = "own"
    is_remote = False

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry."""
        del server_url
        return {"name": "author", "protocol": "support.own_writer"}


RESPONSES, CHAT, GEMINI, ANTHROPIC = Responses(), Chat(), GeminiText(), AnthropicMessages()
REMOTE = (RESPONSES, CHAT, GEMINI, ANTHROPIC)
ALL = (*REMOTE, Own())
