"""The harness of `kling`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.errors import FailureKind as Kind
from reelwright.testing.servers.kling import KlingServer
from reelwright.testing.suite import KEY_NAME, Failure
from reelwright.testing.video import VideoHarness


def _refused(kind: Kind, status: int, code: int, message: str, **headers: str) -> Failure:
    body = {"code": code, "message": message, "request_id": "req-1"}
    return Failure(kind, status=status, body=body, headers={name.replace("_", "-"): headers[name] for name in headers})


class KlingHarness(VideoHarness):
    """One model of Kling."""

    name = "kling"
    stands_for_protocol = True
    longest = Fraction(15)
    can_cancel = False
    no_handle: tuple[int, Any] = (200, {"code": 0, "message": "SUCCEED", "request_id": "req-1", "data": {}})
    unsupported: Mapping[str, Any] = {"options": {"no_such_option": 1}, "seed": 7, "last_frame": True}
    failures: Mapping[str, Failure] = {
        "wrong key": _refused(Kind.AUTH, 401, 1002, "Authorization is invalid"),
        "token of tomorrow": _refused(Kind.AUTH, 401, 1003, "Authorization is not yet valid"),
        "account": _refused(Kind.BILLING, 429, 1100, "Account exception"),
        "429 that means arrears": _refused(Kind.BILLING, 429, 1101, "Account in arrears (postpaid scenario)"),
        "429 that means an empty package": _refused(Kind.BILLING, 429, 1102, "Resource pack depleted or expired"),
        "no permission": _refused(Kind.AUTH, 403, 1103, "Unauthorized access to requested resource"),
        "bad field": _refused(Kind.INVALID_REQUEST, 400, 1201, "duration value '7' is invalid"),
        "bad method": _refused(Kind.INVALID_REQUEST, 404, 1202, "The requested method is invalid"),
        "the model is gone": _refused(Kind.RETIRED, 404, 1203, "The requested resource does not exist"),
        "policy": _refused(Kind.MODERATED, 400, 1300, "Trigger strategy of the platform"),
        "content": _refused(Kind.MODERATED, 400, 1301, "Trigger the content security policy of the platform"),
        "429": _refused(Kind.RATE_LIMITED, 429, 1302, "The API request is too fast", Retry_After="9"),
        "too many at once": _refused(Kind.RATE_LIMITED, 429, 1303, "parallel task over resource pack limit"),
        "not from this address": _refused(Kind.AUTH, 429, 1304, "IP whitelist policy"),
        "500": _refused(Kind.BUSY, 500, 5000, "Server internal error"),
        "503": _refused(Kind.BUSY, 503, 5001, "Server temporarily unavailable"),
        "no, with HTTP 200": Failure(
            Kind.BILLING, status=200, body={"code": 1102, "message": "Resource pack depleted"}
        ),
        "the clip is filtered": Failure(Kind.MODERATED, outcome="moderated"),
        "the clip is filtered, and units taken": Failure(Kind.MODERATED, outcome="moderated, and taken", billed=True),
        "the job breaks": Failure(Kind.BUSY, outcome="broken"),
        "the job fails without a known reason": Failure(Kind.UNKNOWN, outcome="strange"),
    }

    def make_server(self, port: int = 0, state_file: Path | None = None) -> KlingServer:
        """Return Kling."""
        return KlingServer(port, state_file)

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry: what a person writes into a recipe."""
        return {
            "name": "test-kling",
            "protocol": "kling",
            "vendor": "Kuaishou",
            "model": "kling-v3",
            "base_url": server_url,
            "api_key": {"env": KEY_NAME},
            "usd_per_second": "0.2",
        }


KLING = KlingHarness()
