"""What OpenAI's protocols share: the key, the model's name, errors in OpenAI's shape, the published schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reelwright.testing.servers.strict import Call, Refused, Reply, StrictServer, require_schema

KEY = "sk-test-0123456789abcdef"
SCHEMAS: dict[str, Any] = json.loads(Path(__file__).with_name("specs").joinpath("openai.json").read_text("utf-8"))[
    "$defs"
]


class OpenAiServer(StrictServer):
    """A host that speaks OpenAI's protocols under `/v1`."""

    models: tuple[str, ...] = ()
    key = KEY

    @property
    def base_url(self) -> str:
        """What clients are given."""
        return f"{self.url}/v1"

    def answer(self, call: Call) -> Reply:
        """Check the key, then let the path's own method answer."""
        if call.headers.get("authorization") != f"Bearer {self.key}":
            raise Refused(
                401,
                f"Incorrect API key provided: {call.headers.get('authorization', '')[7:14]}***.",
                code="invalid_api_key",
                type="invalid_request_error",
            )
        return self.serve(call)

    def serve(self, call: Call) -> Reply:
        """Answer a call with a good key; a subclass does."""
        raise Refused(404, f"Invalid URL ({call.method} {call.path})", type="invalid_request_error")

    def refusal(self, refused: Refused) -> Reply:
        """Return the refusal as OpenAI does."""
        error = {
            "message": refused.message,
            "type": refused.type or "invalid_request_error",
            "param": refused.param or None,
            "code": refused.code or None,
        }
        return Reply(refused.status, {"error": error})

    def checked(self, body: Any, schema: str) -> dict[str, Any]:
        """Return a body that fits the published schema and names a model that is served."""
        if not isinstance(body, dict):
            raise Refused(400, "We could not parse the JSON body of your request.")
        require_schema(body, SCHEMAS[schema], SCHEMAS)
        if body.get("model") not in self.models:
            raise Refused(404, f"The model '{body.get('model')}' does not exist.", code="model_not_found")
        return body


def require_strict(schema: Any, param: str, path: str = "") -> None:
    """Refuse what OpenAI's strict mode does not take: properties that may be missing, limits, open objects.

    Raises:
        Refused: as OpenAI words it.
    """
    if not isinstance(schema, dict):
        return

    def refuse(problem: str) -> None:
        place = f"In context=({path}), " if path else ""
        raise Refused(400, f"Invalid schema for response_format: {place}{problem}", param=param)

    for keyword in ("minLength", "maxLength", "default", "allOf", "oneOf", "not", "if", "patternProperties"):
        if keyword in schema and not path.endswith("properties"):
            refuse(f"'{keyword}' is not permitted.")
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            refuse("'additionalProperties' is required to be supplied and to be false.")
        if set(schema.get("required", ())) != set(schema.get("properties", {})):
            refuse("'required' is required to be supplied and to be an array including every key in properties.")
    for name, inner in schema.get("properties", {}).items():
        require_strict(inner, param, f"{path}.{name}".strip("."))
    require_strict(schema.get("items"), param, f"{path}.items".strip("."))
