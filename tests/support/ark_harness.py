"""The harness of `ark`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.errors import FailureKind as Kind
from reelwright.testing.servers.ark import ArkServer
from reelwright.testing.suite import KEY_NAME, Failure
from reelwright.testing.video import VideoHarness


def _refused(kind: Kind, status: int, code: str, message: str, **headers: str) -> Failure:
    body = {"error": {"code": code, "message": f"{message} Request id: 021", "param": "", "type": "BadRequest"}}
    return Failure(kind, status=status, body=body, headers={name.replace("_", "-"): headers[name] for name in headers})


class ArkHarness(VideoHarness):
    """Seedance 2.0."""

    name = "ark"
    stands_for_protocol = True
    longest = Fraction(15)
    find = "proves absence"
    no_handle: tuple[int, Any] = (200, {"safety_identifier": "someone"})
    unsupported: Mapping[str, Any] = {"options": {"no_such_option": 1}, "negative_prompt": "text", "last_frame": True}
    failures: Mapping[str, Failure] = {
        "wrong key": _refused(Kind.AUTH, 401, "AuthenticationError", "The API key is missing or invalid."),
        "no permission": _refused(Kind.AUTH, 403, "AccessDenied", "You do not have access to the resource."),
        "model not activated": _refused(Kind.AUTH, 404, "ModelNotOpen", "Your account has not activated the model."),
        "arrears": _refused(Kind.BILLING, 403, "AccountOverdueError", "Your account has an overdue balance."),
        "429 that means the trial is used up": _refused(
            Kind.BILLING, 429, "QuotaExceeded", "Your account has exhausted its free trial quota for the model."
        ),
        "429 that means the set limit": _refused(
            Kind.BILLING, 429, "SetLimitExceeded", "Your account has reached the set inference limit."
        ),
        "429": _refused(
            Kind.RATE_LIMITED,
            429,
            "RateLimitExceeded.EndpointRPMExceeded",
            "The RPM limit is exceeded.",
            Retry_After="5",
        ),
        "too many tasks": _refused(Kind.RATE_LIMITED, 429, "QuotaExceeded", "The queue of tasks is full."),
        "overloaded": _refused(Kind.BUSY, 429, "ServerOverloaded", "The service is overloaded."),
        "500": _refused(Kind.BUSY, 500, "InternalServiceError", "An unexpected internal error."),
        "bad field": _refused(Kind.INVALID_REQUEST, 400, "InvalidParameter.ratio", "The parameter is not valid."),
        "missing field": _refused(Kind.INVALID_REQUEST, 400, "MissingParameter", "A parameter is missing."),
        "the model is gone": _refused(Kind.RETIRED, 404, "InvalidEndpointOrModel.NotFound", "It does not exist."),
        "the end-point is closed": _refused(Kind.RETIRED, 400, "InvalidEndpoint.ClosedEndpoint", "It is closed."),
        "text": _refused(Kind.MODERATED, 400, "InputTextSensitiveContentDetected", "It may contain something."),
        "a real face": _refused(
            Kind.MODERATED, 400, "InputImageSensitiveContentDetected.PrivacyInformation", "It may contain someone."
        ),
        "severe": _refused(Kind.MODERATED, 400, "SensitiveContentDetected.SevereViolation", "It may contain worse."),
        "risk": _refused(Kind.MODERATED, 400, "InputTextRiskDetection", "It could not be processed."),
        "the clip is filtered": Failure(Kind.MODERATED, outcome="moderated"),
        "the clip is made, counted and filtered": Failure(Kind.MODERATED, outcome="moderated, made", billed=True),
        "the job breaks": Failure(Kind.BUSY, outcome="broken"),
        "the job is refused later": Failure(Kind.INVALID_REQUEST, outcome="invalid"),
        "the job fails without a known reason": Failure(Kind.UNKNOWN, outcome="strange"),
    }

    def make_server(self, port: int = 0, state_file: Path | None = None) -> ArkServer:
        """Return Ark."""
        return ArkServer(port, state_file)

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry: what a person writes into a recipe."""
        return {
            "name": "test-seedance",
            "protocol": "ark",
            "vendor": "ByteDance",
            "model": "dreamina-seedance-2-0-260128",
            "base_url": f"{server_url}{ArkServer.base_path}",
            "api_key": {"env": KEY_NAME},
            "usd_per_second": "0.144",
        }


ARK = ArkHarness()
