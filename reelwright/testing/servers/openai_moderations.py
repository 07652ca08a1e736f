"""A strict server for OpenAI's `/moderations`: it flags texts that hold certain words."""

from __future__ import annotations

from typing import Any

from reelwright.testing.servers.openai import SCHEMAS, OpenAiServer
from reelwright.testing.servers.strict import Call, Refused, Reply

MODEL = "omni-moderation-latest"
FLAGGED = {"murder": "violence", "gore": "violence/graphic", "slur": "hate"}
"""Words, and the category they fall under."""
_CATEGORIES: list[str] = SCHEMAS["CreateModerationResponse"]["properties"]["results"]["items"]["properties"][
    "categories"
]["required"]


class OpenAiModerations(OpenAiServer):
    """Judges texts."""

    models = (MODEL,)

    def serve(self, call: Call) -> Reply:
        """Judge, or list the models."""
        match call.method, call.path:
            case "POST", "/v1/moderations":
                return Reply(json=self._judged(self.checked(call.json, "CreateModerationRequest")))
            case "GET", "/v1/models":
                return Reply(json={"object": "list", "data": [{"id": MODEL, "object": "model"}]})
            case _:
                return super().serve(call)

    def _judged(self, body: dict[str, Any]) -> dict[str, Any]:
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        if not texts or not all(isinstance(text, str) and text for text in texts):
            raise Refused(400, "'$.input' is invalid.", param="input")
        return {"id": "modr-1", "model": "omni-moderation-2024-09-26", "results": [_result(text) for text in texts]}


def _result(text: str) -> dict[str, Any]:
    hit = {category for word, category in FLAGGED.items() if word in text.lower()}
    return {
        "flagged": bool(hit),
        "categories": {name: name in hit for name in _CATEGORIES},
        "category_scores": {name: 0.97 if name in hit else 0.001 for name in _CATEGORIES},
        "category_applied_input_types": {name: ["text"] for name in _CATEGORIES},
    }
