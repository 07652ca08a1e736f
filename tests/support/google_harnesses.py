"""The harnesses of Google's protocols: `gemini-omni`, and `veo` at both of its addresses."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.errors import FailureKind as Kind
from reelwright.testing.servers.gemini_omni import GeminiOmniServer
from reelwright.testing.servers.google_api import error
from reelwright.testing.servers.veo import VeoServer, VertexVeoServer
from reelwright.testing.suite import KEY_NAME, Failure
from reelwright.testing.video import VideoHarness

QUOTA = "You exceeded your current quota, please check your plan and billing details."

START_FAILURES: Mapping[str, Failure] = {
    "moderated at once": Failure(
        Kind.MODERATED,
        body=error(400, "The prompt contains sensitive words that violate Google's Responsible AI practices. 58061214"),
    ),
    "moderated by name": Failure(Kind.MODERATED, body=error(400, "Request blocked: PROHIBITED_CONTENT")),
    "bad field": Failure(Kind.INVALID_REQUEST, body=error(400, "Invalid value at 'response_format.resolution'")),
    "wrong key, as 400": Failure(Kind.AUTH, body=error(400, "API key not valid. Please pass a valid API key.")),
    "wrong key": Failure(Kind.AUTH, status=401, body=error(401, "Request had invalid authentication credentials.")),
    "no permission": Failure(Kind.AUTH, status=403, body=error(403, "The caller does not have permission")),
    "not from here": Failure(
        Kind.AUTH, body=error(400, "User location is not supported for the API use.", "FAILED_PRECONDITION")
    ),
    "no billing account": Failure(
        Kind.BILLING, body=error(400, "Please enable billing on your project.", "FAILED_PRECONDITION")
    ),
    "429 that means no money": Failure(Kind.BILLING, status=429, body=error(429, QUOTA)),
    "429 that passes": Failure(
        Kind.RATE_LIMITED, status=429, body=error(429, f"{QUOTA} Please retry in 36.5s."), headers={"Retry-After": "36"}
    ),
    "429": Failure(Kind.RATE_LIMITED, status=429, body=error(429, "Resource has been exhausted (e.g. check quota).")),
    "500": Failure(Kind.BUSY, status=500, body=error(500, "An internal error has occurred.", "INTERNAL")),
    "503": Failure(Kind.BUSY, status=503, body=error(503, "The model is overloaded.", "UNAVAILABLE")),
    "the model is gone": Failure(
        Kind.RETIRED, status=404, body=error(404, "models/x is not found for API version v1beta")
    ),
}
"""How Google refuses a start."""


class GeminiOmniHarness(VideoHarness):
    """Omni Flash in the background."""

    name = "gemini-omni"
    stands_for_protocol = True
    longest = Fraction(10)
    find = "cannot"
    no_handle = (200, {"object": "interaction", "status": "in_progress"})
    unsupported: Mapping[str, Any] = {"options": {"no_such_option": 1}, "seed": 7, "negative_prompt": "text"}
    failures: Mapping[str, Failure] = {
        **START_FAILURES,
        "bad field, the code in words": Failure(
            Kind.INVALID_REQUEST, body={"error": {"code": "invalid_request", "message": "Unknown parameter 'sedd'."}}
        ),
        "the clip is filtered": Failure(Kind.MODERATED, outcome="moderated"),
        "the clip is filtered, in words": Failure(Kind.MODERATED, outcome="moderated in words"),
        "the clip is filtered, as an error": Failure(Kind.MODERATED, outcome="moderated, as an error"),
        "the clip is made, counted and filtered": Failure(Kind.MODERATED, outcome="moderated, but made", billed=True),
        "the job breaks": Failure(Kind.BUSY, outcome="broken"),
        "a step breaks": Failure(Kind.BUSY, outcome="broken in a step"),
        "the job fails without a known reason": Failure(Kind.UNKNOWN, outcome="strange"),
    }

    def make_server(self, port: int = 0, state_file: Path | None = None) -> GeminiOmniServer:
        """Return the Interactions API."""
        return GeminiOmniServer(port, state_file)

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry: what a person writes into a recipe."""
        return {
            "name": "test-omni",
            "protocol": "gemini-omni",
            "vendor": "Google",
            "model": "gemini-omni-1.1-flash",
            "base_url": f"{server_url}{GeminiOmniServer.base_path}",
            "api_key": {"env": KEY_NAME},
            "usd_per_second": "0.1",
        }


class VeoHarness(VideoHarness):
    """Veo at the Gemini API."""

    name = "veo/gemini"
    stands_for_protocol = False
    server_type: type[VeoServer] = VeoServer
    longest = Fraction(8)
    find = "cannot"
    can_cancel = False
    no_handle = (200, {"done": False})
    unsupported: Mapping[str, Any] = {"options": {"no_such_option": 1}, "seed": 7, "last_frame": True}
    failures: Mapping[str, Failure] = {
        **START_FAILURES,
        "the clip is filtered": Failure(Kind.MODERATED, outcome="moderated"),
        "the clip is filtered, and no reason given": Failure(Kind.MODERATED, outcome="moderated, only counted"),
        "the prompt is filtered later": Failure(Kind.MODERATED, outcome="moderated, as an error"),
        "the job is refused later": Failure(Kind.INVALID_REQUEST, outcome="invalid"),
        "too many at once": Failure(Kind.RATE_LIMITED, outcome="crowded"),
        "the job breaks": Failure(Kind.BUSY, outcome="broken"),
        "the job fails without a known reason": Failure(Kind.UNKNOWN, outcome="strange"),
    }

    def make_server(self, port: int = 0, state_file: Path | None = None) -> VeoServer:
        """Return Veo at this address."""
        return self.server_type(port, state_file)

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry: what a person writes into a recipe."""
        return {
            "name": "test-veo",
            "protocol": "veo",
            "vendor": "Google",
            "model": self.server_type.model,
            "base_url": f"{server_url}{self.server_type.base_path}",
            "api_key": {"env": KEY_NAME},
            "usd_per_second": "0.4",
        }


class VertexVeoHarness(VeoHarness):
    """Veo at Vertex AI."""

    name = "veo/vertex"
    stands_for_protocol = True
    server_type = VertexVeoServer
    serves_files = False
    unsupported: Mapping[str, Any] = {"options": {"no_such_option": 1}, "last_frame": True}

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry, with what Vertex AI wants to know besides."""
        return {**super().definition(server_url), "options": {"api": "vertex", "project": "boats"}}


GEMINI_OMNI, VEO, VERTEX_VEO = GeminiOmniHarness(), VeoHarness(), VertexVeoHarness()
GOOGLE_HARNESSES = (GEMINI_OMNI, VEO, VERTEX_VEO)
