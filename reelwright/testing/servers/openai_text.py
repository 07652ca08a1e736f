"""A strict server for OpenAI's `/responses` and `/chat/completions`: it says what it is told, as the model would."""

from __future__ import annotations

import itertools
import json
from collections import deque
from collections.abc import Sequence
from typing import Any

from reelwright.testing.servers.openai import OpenAiServer, require_strict
from reelwright.testing.servers.strict import Call, Refused, Reply

MODEL = "gpt-6-luna"

NARRATIONS = (
    "Your bread is not drying out.",
    "It is turning back into crystal, grain by grain, while you sleep.",
    "Heat it, and the crystals melt: for ten minutes it is fresh again.",
)


def storyboard(*narrations: str, **changes: Any) -> dict[str, Any]:
    """A draft as a good writer sends it; the first narration is the hook."""
    shots = [
        {
            "narration": text,
            "dialogue": "",
            "picture": f"Close-up, low angle: the baker Anna turns a loaf under lamp {number}, flour in the light.",
            "camera": "push" if number % 2 else "pan-left",
            "characters": ["Anna"],
        }
        for number, text in enumerate(narrations or NARRATIONS, 1)
    ]
    draft = {
        "title": "The crystal inside your bread",
        "description": "Why stale bread is not dry bread.",
        "hashtags": ["bread", "#science", "food facts"],
        "world": "A small bakery before dawn, warm lamps, blue light in the window.",
        "characters": [{"name": "Anna", "description": "a baker of forty, grey braid, flour on a blue apron"}],
        "hook": shots[0],
        "shots": shots[1:],
    }
    return draft | changes


class OpenAiText(OpenAiServer):
    """Answers with what `say` queued, else with the same good storyboard."""

    models = (MODEL,)

    def __init__(self) -> None:
        super().__init__()
        self._said: deque[str] = deque()
        self._ids = itertools.count(1)

    def say(self, *answers: str | dict[str, Any]) -> None:
        """Queue what the model writes next."""
        self._said.extend(answer if isinstance(answer, str) else json.dumps(answer) for answer in answers)

    def serve(self, call: Call) -> Reply:
        """Answer either protocol."""
        match call.method, call.path:
            case "POST", "/v1/responses":
                return self._response(call)
            case "POST", "/v1/chat/completions":
                return self._chat(call)
            case _:
                return super().serve(call)

    def _text(self) -> str:
        return self._said.popleft() if self._said else json.dumps(storyboard())

    def _response(self, call: Call) -> Reply:
        body = self.checked(call.json, "CreateResponse")
        form = body.get("text", {}).get("format", {"type": "text"})
        if form["type"] == "json_schema" and form.get("strict"):
            require_strict(form["schema"], "text.format.schema")
        _require_words(body.get("instructions", ""), body["input"], form["type"])
        return Reply(json=response(self._text(), id=f"resp_{next(self._ids)}"))

    def _chat(self, call: Call) -> Reply:
        body = self.checked(call.json, "CreateChatCompletionRequest")
        form = body.get("response_format", {"type": "text"})
        if form["type"] == "json_schema" and form["json_schema"].get("strict"):
            require_strict(form["json_schema"]["schema"], "response_format")
        _require_words("", body["messages"], form["type"])
        return Reply(json=chat(self._text(), id=f"chatcmpl-{next(self._ids)}"))


def response(text: str = "", **changes: Any) -> dict[str, Any]:
    """An answer of `/responses`."""
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}],
    }
    answer = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_795_000_000,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "model": MODEL,
        "output": [{"id": "rs_1", "type": "reasoning", "summary": []}, message],
        "usage": {
            "input_tokens": 1200,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": 800,
            "output_tokens_details": {"reasoning_tokens": 300},
            "total_tokens": 2000,
        },
    }
    return answer | changes


def refusal_response(words: str) -> dict[str, Any]:
    """An answer of `/responses` in which the model refuses."""
    answer = response()
    answer["output"][1]["content"] = [{"type": "refusal", "refusal": words}]
    return answer


def chat(text: str | None = "", *, refusal: str | None = None, finish: str = "stop", **changes: Any) -> dict[str, Any]:
    """An answer of `/chat/completions`."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    answer = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_795_000_000,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": {"prompt_tokens": 1200, "completion_tokens": 800, "total_tokens": 2000},
    }
    return answer | changes


def _require_words(instructions: str, messages: str | Sequence[dict[str, Any]], form: str) -> None:
    told = [message["content"] for message in messages] if not isinstance(messages, str) else [messages]
    if not all(isinstance(text, str) and text.strip() for text in told):
        raise Refused(400, "Messages must not be empty.", param="messages", code="invalid_value")
    if form == "json_object" and not any("json" in text.lower() for text in (instructions, *told)):
        raise Refused(400, "'messages' must contain the word 'json' in some form.", param="messages")
