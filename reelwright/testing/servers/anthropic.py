"""A strict server for Anthropic's `/messages`."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from reelwright.testing.servers.openai import require_strict
from reelwright.testing.servers.openai_text import storyboard
from reelwright.testing.servers.strict import Call, Refused, Reply, StrictServer

KEY = "sk-ant-api03-test0123456789abcdef"
MODEL = "claude-haiku-5-5"
_FIELDS = {
    "model", "max_tokens", "messages", "system", "output_config", "temperature", "thinking", "metadata",
    "stop_sequences", "service_tier", "top_p", "top_k", "stream",
}  # fmt: skip


class Anthropic(StrictServer):
    """Answers with what `say` queued, else with the same good storyboard."""

    def __init__(self) -> None:
        super().__init__()
        self._said: deque[str] = deque()

    @property
    def base_url(self) -> str:
        """What clients are given."""
        return f"{self.url}/v1"

    def say(self, *answers: str | dict[str, Any]) -> None:
        """Queue what the model writes next."""
        self._said.extend(answer if isinstance(answer, str) else json.dumps(answer) for answer in answers)

    def answer(self, call: Call) -> Reply:
        """Check key, version and body, then answer."""
        if KEY not in (call.headers.get("x-api-key"), call.headers.get("authorization", "").removeprefix("Bearer ")):
            raise Refused(401, "invalid x-api-key", type="authentication_error")
        if call.headers.get("anthropic-version") not in {"2023-06-01", "2026-10-21"}:
            raise Refused(400, "anthropic-version: header is required", type="invalid_request_error")
        if (call.method, call.path) == ("GET", "/v1/models"):
            listed = {"type": "model", "id": MODEL, "display_name": "Haiku", "created_at": "2026-06-01T00:00:00Z"}
            return Reply(json={"data": [listed], "has_more": False, "first_id": MODEL, "last_id": MODEL})
        if (call.method, call.path) != ("POST", "/v1/messages"):
            raise Refused(404, "Not Found", type="not_found_error")
        _require_fields(call.json)
        return Reply(json=message(self._said.popleft() if self._said else json.dumps(storyboard())))

    def refusal(self, refused: Refused) -> Reply:
        """Return the refusal as Anthropic does."""
        return Reply(refused.status, error(refused.type or "invalid_request_error", refused.message))


def error(kind: str, words: str) -> dict[str, Any]:
    """An error body."""
    return {"type": "error", "error": {"type": kind, "message": words}, "request_id": "req_1"}


def message(text: str, *, stop: str = "end_turn", **changes: Any) -> dict[str, Any]:
    """An answer of `/messages`."""
    answer = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": [{"type": "thinking", "thinking": "A hook.", "signature": "x"}, {"type": "text", "text": text}],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 1000, "cache_read_input_tokens": 200, "output_tokens": 800},
    }
    return answer | changes


def _require_fields(body: Any) -> None:
    missing = {"model", "max_tokens", "messages"} - set(body)
    if missing:
        raise Refused(400, f"{min(missing)}: Field required")
    if unknown := set(body) - _FIELDS:
        raise Refused(400, f"{min(unknown)}: Extra inputs are not permitted")
    if body["model"] != MODEL:
        raise Refused(404, f"model: {body['model']}", type="not_found_error")
    roles = [turn.get("role") for turn in body["messages"]]
    if not roles or set(roles) - {"user", "assistant"} or roles[-1] != "user":
        raise Refused(400, "messages: roles must be user and assistant, and the last one user")
    if not all(str(turn.get("content", "")).strip() for turn in body["messages"]):
        raise Refused(400, "messages: text content blocks must be non-empty")
    form = body.get("output_config", {}).get("format")
    if form is not None:
        if form.get("type") != "json_schema":
            raise Refused(400, "output_config.format.type: Input should be 'json_schema'")
        require_strict(form["schema"], "output_config.format.schema")
