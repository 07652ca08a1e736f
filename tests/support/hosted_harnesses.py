"""The harnesses of hosts and vendors beside Google and China's: fal, Runway, Replicate, xAI, LTX."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.errors import FailureKind as Kind
from reelwright.testing.servers.fal import SEEDANCE, FalServer, finding
from reelwright.testing.servers.jobs import JobServer
from reelwright.testing.servers.ltx import LTXServer
from reelwright.testing.servers.ltx import error as ltx_error
from reelwright.testing.servers.replicate import SEEDANCE as SEEDANCE_AT_REPLICATE
from reelwright.testing.servers.replicate import ReplicateServer
from reelwright.testing.servers.runway import RunwayServer
from reelwright.testing.servers.xai import NEWER as NEWER_GROK
from reelwright.testing.servers.xai import XAIServer
from reelwright.testing.suite import KEY_NAME, Failure
from reelwright.testing.video import VideoHarness


class HostedHarness(VideoHarness):
    """One protocol with a server of its own."""

    stands_for_protocol = True
    find = "cannot"
    server_type: type[JobServer]
    base_path = ""
    entry_fields: Mapping[str, Any]

    def make_server(self, port: int = 0, state_file: Path | None = None) -> JobServer:
        """Return its server."""
        return self.server_type(port, state_file)

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return its entry: what a person writes into a recipe."""
        return {
            "name": f"test-{self.name}",
            "protocol": self.name,
            "vendor": "Test",
            "base_url": f"{server_url}{self.base_path}",
            "api_key": {"env": KEY_NAME},
            "usd_per_second": "0.1",
            **self.entry_fields,
        }


class FalHarness(HostedHarness):
    """fal's queue with Seedance 2.0 mini."""

    name = "fal"
    server_type = FalServer
    longest = Fraction(15)
    no_handle = (200, {"status": "IN_QUEUE"})
    unsupported: Mapping[str, Any] = {"options": {"no_such_option": 1}, "negative_prompt": "text"}
    entry_fields: Mapping[str, Any] = {
        "model": f"{SEEDANCE}/text-to-video",
        "sizes": ["720x1280", "1280x720"],
        "seconds": list(range(4, 16)),
        "options": {
            "fields": {"first_frame": "image_url", "audio": "generate_audio", "seed": "seed"},
            "seconds_as": "text",
            "first_frame_model": f"{SEEDANCE}/image-to-video",
            "takes": [],
        },
    }
    failures: Mapping[str, Failure] = {
        "moderated; it may have been worked on": Failure(Kind.MODERATED, outcome="moderated", billed=True),
        "moderated before any work": Failure(Kind.MODERATED, outcome="moderated before any work"),
        "no media": Failure(Kind.MODERATED, outcome="no media", billed=True),
        "black clip": Failure(Kind.MODERATED, outcome="black", billed=True),
        "invalid": Failure(Kind.INVALID_REQUEST, outcome="invalid", billed=True),
        "a third party fails": Failure(Kind.BUSY, outcome="a third party fails"),
        "said to be retryable": Failure(Kind.BUSY, outcome="retryable"),
        "500": Failure(Kind.BUSY, outcome="broken"),
        "504": Failure(Kind.BUSY, outcome="too slow"),
        "503": Failure(Kind.BUSY, outcome="no runner"),
        "an error in the status": Failure(Kind.BUSY, outcome="told in the status"),
        "done without a clip": Failure(Kind.UNKNOWN, outcome="empty", billed=True),
        "wrong key": Failure(Kind.AUTH, status=401, body={"detail": "Authentication is required"}),
        "no money": Failure(
            Kind.BILLING,
            status=403,
            body={"detail": "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard."},
        ),
        "no such model": Failure(Kind.RETIRED, status=404, body={"detail": "Application 'x' not found"}),
        "validated at once": Failure(
            Kind.INVALID_REQUEST, status=422, body=finding("missing", "Field required", "prompt")
        ),
        "moderated at once": Failure(
            Kind.MODERATED, status=422, body=finding("content_policy_violation", "Flagged", "prompt")
        ),
        "429": Failure(Kind.RATE_LIMITED, status=429, body={"detail": "Slow down"}, headers={"Retry-After": "7"}),
        "500 at once": Failure(Kind.BUSY, status=500, body={"detail": "Internal Server Error"}),
    }


class RunwayHarness(HostedHarness):
    """Runway with its own Gen-4.5."""

    name = "runway"
    server_type = RunwayServer
    base_path = "/v1"
    longest = Fraction(10)
    unsupported: Mapping[str, Any] = {
        "options": {"no_such_option": 1}, "negative_prompt": "text", "audio": True, "last_frame": True,
    }  # fmt: skip
    entry_fields: Mapping[str, Any] = {"model": "gen4.5"}
    failures: Mapping[str, Failure] = {
        "the prompt is moderated; it is charged": Failure(Kind.MODERATED, outcome="moderated", billed=True),
        "the clip is moderated; it is charged": Failure(Kind.MODERATED, outcome="output moderated", billed=True),
        "moderated before the work": Failure(Kind.MODERATED, outcome="moderated before the work"),
        "bad output": Failure(Kind.BUSY, outcome="broken"),
        "preprocessing": Failure(Kind.BUSY, outcome="preprocessing"),
        "a third party fails": Failure(Kind.BUSY, outcome="third party"),
        "a picture of no use": Failure(Kind.INVALID_REQUEST, outcome="invalid"),
        "no known reason": Failure(Kind.UNKNOWN, outcome="strange"),
        "done without a clip": Failure(Kind.UNKNOWN, outcome="empty"),
        "wrong key": Failure(Kind.AUTH, status=401, body={"error": "You did not pass a valid API key."}),
        "no money": Failure(
            Kind.BILLING, status=400, body={"error": "You do not have enough credits to run this task."}
        ),
        "daily limit": Failure(Kind.RATE_LIMITED, status=429, body={"error": "You have reached your daily limit."}),
        "429": Failure(Kind.RATE_LIMITED, status=429, body={"error": "Slow down"}, headers={"Retry-After": "7"}),
        "validation": Failure(
            Kind.INVALID_REQUEST,
            status=400,
            body={"error": "Validation of body failed", "issues": [{"code": "invalid_union", "path": ["ratio"]}]},
        ),
        "no such address": Failure(Kind.RETIRED, status=404, body={"error": "Cannot POST /v1/x"}),
        "503": Failure(Kind.BUSY, status=503, body={"error": "Service unavailable"}),
    }


def _problem(status: int, detail: str, title: str = "") -> dict[str, Any]:
    return {"title": title or detail, "detail": detail, "status": status}


class ReplicateHarness(HostedHarness):
    """Replicate with Seedance 2.0."""

    name = "replicate"
    server_type = ReplicateServer
    base_path = "/v1"
    longest = Fraction(15)
    find = "proves"
    unsupported: Mapping[str, Any] = {"options": {"no_such_option": 1}, "negative_prompt": "text"}
    entry_fields: Mapping[str, Any] = {
        "model": SEEDANCE_AT_REPLICATE,
        "sizes": ["720x1280", "1280x720"],
        "seconds": list(range(4, 16)),
        "options": {
            "fields": {"first_frame": "image", "last_frame": "last_frame_image", "audio": "generate_audio"},
            "takes": [],
        },
    }
    failures: Mapping[str, Failure] = {
        "moderated": Failure(Kind.MODERATED, outcome="moderated", billed=True),
        "moderated in words": Failure(Kind.MODERATED, outcome="moderated in the model's words", billed=True),
        "overloaded": Failure(Kind.BUSY, outcome="broken", billed=True),
        "no known reason": Failure(Kind.UNKNOWN, outcome="strange", billed=True),
        "never begun": Failure(Kind.LOST, outcome="aborted"),
        "done without a clip": Failure(Kind.UNKNOWN, outcome="empty", billed=True),
        "wrong key": Failure(Kind.AUTH, status=401, body=_problem(401, "Unauthenticated")),
        "no money": Failure(
            Kind.BILLING, status=402, body=_problem(402, "You have insufficient credit to run this model.")
        ),
        "validation": Failure(
            Kind.INVALID_REQUEST, status=422, body=_problem(422, "- input.duration: Must be at most 15")
        ),
        "no such model": Failure(
            Kind.RETIRED, status=404, body=_problem(404, "The requested resource could not be found.", "Not found")
        ),
        "429": Failure(
            Kind.RATE_LIMITED, status=429, body=_problem(429, "Request was throttled."), headers={"Retry-After": "7"}
        ),
        "500": Failure(Kind.BUSY, status=500, body=_problem(500, "Internal server error")),
    }


class XAIHarness(HostedHarness):
    """xAI with Grok Imagine 1.5."""

    name = "xai"
    server_type = XAIServer
    base_path = "/v1"
    longest = Fraction(15)
    can_cancel = False
    unsupported: Mapping[str, Any] = {"options": {"no_such_option": 1}, "seed": 7, "negative_prompt": "text"}
    entry_fields: Mapping[str, Any] = {"model": NEWER_GROK}
    failures: Mapping[str, Failure] = {
        "the clip is moderated; it is charged": Failure(Kind.MODERATED, outcome="moderated", billed=True),
        "moderated before the work": Failure(Kind.MODERATED, outcome="moderated before the work"),
        "moderated, its cost untold": Failure(Kind.MODERATED, outcome="moderated, cost untold", billed=True),
        "the prompt is blocked": Failure(Kind.MODERATED, outcome="input blocked"),
        "moderated as a failure": Failure(Kind.MODERATED, outcome="moderated as a failure"),
        "broken": Failure(Kind.BUSY, outcome="broken"),
        "unavailable": Failure(Kind.BUSY, outcome="unavailable"),
        "invalid": Failure(Kind.INVALID_REQUEST, outcome="invalid"),
        "no known reason": Failure(Kind.UNKNOWN, outcome="strange"),
        "expired": Failure(Kind.LOST, outcome="expired"),
        "done without a clip": Failure(Kind.UNKNOWN, outcome="empty", billed=True),
        "wrong key": Failure(
            Kind.AUTH, status=401, body={"code": "Unauthenticated", "error": "Incorrect API key provided"}
        ),
        "moderated at once": Failure(
            Kind.MODERATED,
            status=400,
            body={"code": "Client specified an invalid argument", "error": "Rejected by content moderation."},
        ),
        "moderated at once, as forbidden": Failure(
            Kind.MODERATED,
            status=403,
            body={"error": {"message": "It violates our usage guidelines.", "code": 403}},
        ),
        "no permission": Failure(Kind.AUTH, status=403, body={"error": "Your team is blocked."}),
        "no money": Failure(
            Kind.BILLING,
            status=429,
            body={"code": "Some resource has been exhausted", "error": "Your team has run out of credits."},
        ),
        "429": Failure(
            Kind.RATE_LIMITED, status=429, body={"error": "Too many requests"}, headers={"Retry-After": "7"}
        ),
        "validation": Failure(Kind.INVALID_REQUEST, status=422, body={"error": "Failed to deserialize the JSON body"}),
        "no such model": Failure(Kind.RETIRED, status=404, body={"error": "The model grok-x does not exist."}),
        "503": Failure(Kind.BUSY, status=503, body={"error": "Service unavailable"}),
    }


class LTXHarness(HostedHarness):
    """LTX with 2.3 fast."""

    name = "ltx"
    server_type = LTXServer
    base_path = "/v2"
    longest = Fraction(20)
    can_cancel = False
    no_handle = (202, {"created_at": "2026-01-15T10:00:00.000Z"})
    unsupported: Mapping[str, Any] = {"options": {"no_such_option": 1}, "seed": 7, "negative_prompt": "text"}
    entry_fields: Mapping[str, Any] = {"model": "ltx-2-3-fast"}
    failures: Mapping[str, Failure] = {
        "filtered": Failure(Kind.MODERATED, outcome="moderated"),
        "broken": Failure(Kind.BUSY, outcome="broken"),
        "invalid": Failure(Kind.INVALID_REQUEST, outcome="invalid"),
        "no known reason": Failure(Kind.UNKNOWN, outcome="strange"),
        "no reason": Failure(Kind.UNKNOWN, outcome="silent"),
        "done without a clip": Failure(Kind.UNKNOWN, outcome="empty", billed=True),
        "wrong key": Failure(
            Kind.AUTH, status=401, body=ltx_error("authentication_error", "Missing authorization header")
        ),
        "no money": Failure(
            Kind.BILLING, status=402, body=ltx_error("insufficient_funds_error", "Required: 120 credits")
        ),
        "filtered at once": Failure(
            Kind.MODERATED, status=422, body=ltx_error("content_filtered_error", "Rejected by safety filters")
        ),
        "validation": Failure(
            Kind.INVALID_REQUEST, status=400, body=ltx_error("invalid_request_error", "prompt is required")
        ),
        "too large": Failure(Kind.INVALID_REQUEST, status=413, body=ltx_error("request_too_large", "Too large")),
        "429": Failure(
            Kind.RATE_LIMITED,
            status=429,
            body=ltx_error("rate_limit_error", "Too many requests"),
            headers={"Retry-After": "7"},
        ),
        "500": Failure(Kind.BUSY, status=500, body=ltx_error("api_error", "An internal server error occurred")),
        "503": Failure(Kind.BUSY, status=503, body=ltx_error("service_unavailable", "Try again later")),
        "no such address": Failure(Kind.RETIRED, status=404, body=ltx_error("not_found_error", "Route not found")),
    }


HOSTED_HARNESSES: tuple[VideoHarness, ...] = (
    FalHarness(), RunwayHarness(), ReplicateHarness(), XAIHarness(), LTXHarness(),
)  # fmt: skip
