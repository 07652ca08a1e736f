"""The harness of `minimax`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.errors import FailureKind as Kind
from reelwright.testing.servers.minimax import MiniMaxServer
from reelwright.testing.suite import KEY_NAME, Failure
from reelwright.testing.video import VideoHarness


def _refused(kind: Kind, status: int, named: str, message: str, **headers: str) -> Failure:
    error = {"type": named, "message": message, "http_code": str(status)}
    body = {"type": "error", "error": error, "request_id": "021785229015510a"}
    return Failure(kind, status=status, body=body, headers={name.replace("_", "-"): headers[name] for name in headers})


class MiniMaxHarness(VideoHarness):
    """MiniMax H3."""

    name = "minimax"
    stands_for_protocol = True
    size = "768x1366"
    seconds = 5
    longest = Fraction(15)
    find = "cannot"
    no_handle: tuple[int, Any] = (200, {"request_id": "021785229015510a"})
    unsupported: Mapping[str, Any] = {
        "options": {"no_such_option": 1},
        "negative_prompt": "text",
        "seed": 7,
        "last_frame": True,
    }
    failures: Mapping[str, Failure] = {
        "wrong key": _refused(Kind.AUTH, 401, "authorized_error", "login fail: carry the API secret key (1004)"),
        "no balance": _refused(Kind.BILLING, 402, "insufficient_balance_error", "insufficient balance (1008)"),
        "bad field": _refused(
            Kind.INVALID_REQUEST, 400, "bad_request_error", "invalid params, content must include a text item (2013)"
        ),
        "moderated at once": _refused(
            Kind.MODERATED, 422, "unprocessable_entity_error", "video description contains sensitive content (1026)"
        ),
        "moderated by number": _refused(Kind.MODERATED, 422, "unprocessable_entity_error", "refused (1026)"),
        "not processable": _refused(
            Kind.INVALID_REQUEST, 422, "unprocessable_entity_error", "the picture cannot be read (2013)"
        ),
        "429": _refused(Kind.RATE_LIMITED, 429, "rate_limit_error", "rate limit, retry later (1002)", Retry_After="3"),
        "500": _refused(Kind.BUSY, 500, "server_error", "internal error (1000)"),
        "the model is gone": _refused(Kind.RETIRED, 404, "not_found_error", "model MiniMax-H3 not found"),
        "the clip is filtered": Failure(Kind.MODERATED, outcome="moderated"),
        "the clip is filtered, by number": Failure(Kind.MODERATED, outcome="moderated, by number"),
        "the job breaks": Failure(Kind.BUSY, outcome="broken"),
        "the job breaks, and its seconds are charged": Failure(Kind.BUSY, outcome="broken, and charged", billed=True),
        "the job fails without a known reason": Failure(Kind.UNKNOWN, outcome="strange"),
    }

    def make_server(self, port: int = 0, state_file: Path | None = None) -> MiniMaxServer:
        """Return MiniMax."""
        return MiniMaxServer(port, state_file)

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry: what a person writes into a recipe."""
        return {
            "name": "test-h3",
            "protocol": "minimax",
            "vendor": "MiniMax",
            "model": "MiniMax-H3",
            "base_url": server_url,
            "api_key": {"env": KEY_NAME},
            "usd_per_second": "0.08",
        }


MINIMAX = MiniMaxHarness()
