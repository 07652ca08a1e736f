"""The harnesses of `openai-videos`: OpenAI's own API, and each dialect."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from reelwright.errors import FailureKind as Kind
from reelwright.testing.servers.openai_videos import OpenAIVideosServer
from reelwright.testing.servers.video_dialects import DIALECTS
from reelwright.testing.suite import KEY_NAME, Failure
from reelwright.testing.video import VideoHarness


def _error(message: str, code: str | None = None, kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


JOB_FAILURES = {
    "the job is moderated": Failure(Kind.MODERATED, outcome="moderated"),
    "the job breaks": Failure(Kind.BUSY, outcome="broken"),
    "the job fails without a known reason": Failure(Kind.UNKNOWN, outcome="strange"),
}

START_FAILURES = {
    "moderated at once": Failure(
        Kind.MODERATED,
        status=400,
        body=_error("Your request was rejected.", "moderation_blocked", "image_generation_user_error"),
    ),
    "moderated in words only": Failure(
        Kind.MODERATED, status=400, body=_error("Rejected by the safety system: it may contain real people.")
    ),
    "frame of another size": Failure(
        Kind.INVALID_REQUEST, status=400, body=_error("Inpaint image must match the requested width and height")
    ),
    "wrong key": Failure(Kind.AUTH, status=401, body=_error("Incorrect API key provided.", "invalid_api_key")),
    "no permission": Failure(Kind.AUTH, status=403, body=_error("Your organization must be verified.")),
    "429 that means no money": Failure(
        Kind.BILLING,
        status=429,
        body=_error("You exceeded your current quota.", "insufficient_quota", "insufficient_quota"),
    ),
    "hard limit": Failure(
        Kind.BILLING, status=400, body=_error("Billing hard limit has been reached", "billing_hard_limit_reached")
    ),
    "402": Failure(Kind.BILLING, status=402, body={"error": {"code": 402, "message": "Add credits and retry"}}),
    "429": Failure(
        Kind.RATE_LIMITED,
        status=429,
        body=_error("Rate limit reached", "rate_limit_exceeded"),
        headers={"Retry-After": "7"},
    ),
    "500": Failure(Kind.BUSY, status=500, body=_error("The server had an error", None, "server_error")),
    "503 page": Failure(Kind.BUSY, status=503, body="<html><title>503 Service Unavailable</title></html>"),
    "the model is gone": Failure(
        Kind.RETIRED, status=404, body=_error("The model `sora-2` does not exist", "model_not_found")
    ),
    "the model is gone, as 400": Failure(
        Kind.RETIRED, status=400, body=_error("The model `sora-2` has been deprecated and shut down")
    ),
    "the API is gone": Failure(Kind.RETIRED, status=410, body=_error("The Videos API was shut down")),
    "no such address": Failure(Kind.RETIRED, status=404, body="<html><h1>Not Found</h1></html>"),
    "moved": Failure(Kind.INVALID_REQUEST, status=301, headers={"Location": "https://elsewhere.example/v1/videos"}),
}
"""Every way in which OpenAI and those like it refuse a start."""

DETAIL_FAILURES = {
    "validation": Failure(
        Kind.INVALID_REQUEST,
        status=422,
        body={"detail": [{"type": "missing", "loc": ["body", "prompt"], "msg": "Field required"}]},
    ),
    "detail text": Failure(Kind.INVALID_REQUEST, status=400, body={"detail": "Model mismatch: served is another"}),
    "queue full": Failure(Kind.RATE_LIMITED, status=429, body={"detail": "videoedit_queue_full"}),
}
"""How servers made with FastAPI refuse a start."""

OPENROUTER_FAILURES = {
    "moderated with metadata": Failure(
        Kind.MODERATED,
        status=403,
        body={"error": {"code": 403, "message": "Input flagged", "metadata": {"reasons": ["violence"]}}},
    ),
    "no credits": Failure(Kind.BILLING, status=402, body={"error": {"code": 402, "message": "Insufficient credits"}}),
}


class OpenAIVideosHarness(VideoHarness):
    """`/v1/videos` in one dialect."""

    def __init__(
        self,
        dialect: str,
        *,
        failures: Mapping[str, Failure] = JOB_FAILURES,
        can_cancel: bool = True,
        find: Literal["proves", "proves absence", "cannot"] = "cannot",
        unsupported: Mapping[str, Any] | None = None,
        is_async: bool = True,
        **definition: Any,
    ) -> None:
        self.name = f"openai-videos/{dialect}"
        self.stands_for_protocol = dialect == "openai"
        self.dialect, self.failures, self.can_cancel, self.find = dialect, failures, can_cancel, find
        # The one that answers at once is the one without pictures.
        self.is_async = self.takes_frame = self.serves_files = is_async
        self.unsupported = unsupported or {"negative_prompt": "text"}
        self.server_type = DIALECTS[dialect]
        self._definition = definition

    def make_server(self, port: int = 0, state_file: Path | None = None) -> OpenAIVideosServer:
        """Return the dialect's server."""
        return self.server_type(port, state_file)

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the dialect's entry: what a person writes into a recipe."""
        return {
            "name": f"test-{self.dialect}",
            "protocol": "openai-videos",
            "vendor": "Test",
            "model": self.server_type.model,
            "base_url": f"{server_url}{self.server_type.base_path}",
            "api_key": {"env": KEY_NAME},
            "longest_seconds": self.longest,
            "usd_per_second": "0.1",
            "options": {"dialect": self.dialect},
            **self._definition,
        }


OPENAI = OpenAIVideosHarness(
    "openai",
    failures={**JOB_FAILURES, **START_FAILURES},
    find="proves",
    unsupported={"options": {"no_such_option": 1}, "seed": 7, "negative_prompt": "text"},
    sizes=["720x1280", "1280x720"],
    seconds=[4, 8, 12],
)

DIALECT_HARNESSES = (
    OpenAIVideosHarness("azure", find="proves"),
    OpenAIVideosHarness(
        "vllm-omni",
        failures={**JOB_FAILURES, **DETAIL_FAILURES},
        find="proves",
        unsupported={"last_frame": True},
    ),
    OpenAIVideosHarness(
        "sglang", failures={**JOB_FAILURES, **DETAIL_FAILURES}, find="proves absence", unsupported={"audio": True}
    ),
    OpenAIVideosHarness("litellm"),
    OpenAIVideosHarness(
        "openrouter", failures={**JOB_FAILURES, **OPENROUTER_FAILURES}, can_cancel=False, model="minimax/h3"
    ),
    OpenAIVideosHarness("dynamo", failures={}, can_cancel=False, is_async=False, unsupported={"first_frame": True}),
    OpenAIVideosHarness("gateway", options={"dialect": "gateway", "seconds_type": "number"}),
)
