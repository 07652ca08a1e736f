"""From a vendor's words to a failure kind: every shape an error comes in, every disguise it wears."""

from __future__ import annotations

from typing import Any

import pytest

from reelwright.errors import FailureKind as Kind
from reelwright.models.remote.answers import Answer, Refusal, refusal_in, refusal_of
from reelwright.models.remote.kinds import Purpose, Rule, judge, statuses


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (
            {"error": {"message": "m", "type": "t", "param": "size", "code": "c"}},
            Refusal(400, "c", "t", "m", "size"),
        ),
        (
            {"error": {"code": 403, "message": "m", "status": "PERMISSION_DENIED"}},
            Refusal(400, "403", "PERMISSION_DENIED", "m"),
        ),
        ({"error": "m"}, Refusal(400, message="m")),
        ({"error": "m", "code": "c"}, Refusal(400, "c", message="m")),
        ({"error": {"message": "m"}, "code": 7}, Refusal(400, "7", message="m")),
        ({"detail": "m"}, Refusal(400, message="m")),
        (
            {"detail": [{"loc": ["body", "prompt"], "msg": "m", "type": "missing"}]},
            Refusal(400, "missing", "missing", "body.prompt: m", "body.prompt"),
        ),
        ({"detail": {"error": {"message": "m", "code": "c"}}}, Refusal(400, "c", message="m")),
        ({"type": "error", "error": {"type": "t", "message": "m"}}, Refusal(400, "", "t", "m")),
        ({"code": 1102, "message": "m", "request_id": "r"}, Refusal(400, "1102", message="m")),
        ({"errors": [{"message": "m", "code": "c"}]}, Refusal(400, "c", message="m")),
        ([{"error": {"message": "m"}}], Refusal(400, message="m")),
        ({"error": None, "message": "m"}, Refusal(400, message="m")),
        ({"failure": "m", "failureCode": "SAFETY.INPUT.TEXT"}, Refusal(400, "SAFETY.INPUT.TEXT", message="m")),
        ("plain\n  words", Refusal(400, message="plain words")),
        (None, Refusal(400)),
        ({}, Refusal(400)),
    ],
)
def test_every_shape_of_an_error_is_read(payload: Any, expected: Refusal) -> None:
    """Code, type and words come out wherever the vendor put them."""
    assert refusal_of(payload, 400) == expected


def test_a_page_is_told_by_its_title() -> None:
    """A gateway's HTML page gives its heading, not its markup."""
    page = b"<html><head><title>502 Bad\n Gateway</title></head><body><center>nginx</center></body></html>"
    assert refusal_in(Answer(502, {"content-type": "text/html"}, page)).message == "502 Bad Gateway"


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (Refusal(400, "moderation_blocked"), Kind.MODERATED),
        (Refusal(400, "content_policy_violation"), Kind.MODERATED),
        (Refusal(422, "", "content_filtered_error"), Kind.MODERATED),
        (Refusal(400, "InputTextSensitiveContentDetected"), Kind.MODERATED),
        (Refusal(400, message="Your prompt may violate our content policies"), Kind.MODERATED),
        (Refusal(None, message="The input was flagged as sensitive (E005)"), Kind.MODERATED),
        (Refusal(None, "SAFETY.OUTPUT.VIDEO", message="Blocked by our safety system"), Kind.MODERATED),
        (Refusal(403, message="Input flagged"), Kind.MODERATED),
        (Refusal(429, "insufficient_quota"), Kind.BILLING),
        (Refusal(429, message="Account balance: insufficient balance"), Kind.BILLING),
        (Refusal(402), Kind.BILLING),
        (Refusal(403, message="You are out of credits"), Kind.BILLING),
        (Refusal(400, "", "insufficient_funds_error"), Kind.BILLING),
        (Refusal(401, message="whatever it says of moderation"), Kind.AUTH),
        (Refusal(403, message="forbidden"), Kind.AUTH),
        (Refusal(404, "model_not_found"), Kind.RETIRED),
        (Refusal(400, message="The model `veo-2` is no longer available"), Kind.RETIRED),
        (Refusal(410), Kind.RETIRED),
        (Refusal(404), Kind.RETIRED),
        (Refusal(429), Kind.RATE_LIMITED),
        (Refusal(None, "rate_limit_exceeded"), Kind.RATE_LIMITED),
        (Refusal(503, message="Model is overloaded"), Kind.BUSY),
        (Refusal(529), Kind.BUSY),
        (Refusal(408), Kind.BUSY),
        (Refusal(None, "server_error"), Kind.BUSY),
        (Refusal(None, "InternalServiceError"), Kind.BUSY),
        (Refusal(400, message="size is not supported"), Kind.INVALID_REQUEST),
        (Refusal(422, "value_error"), Kind.INVALID_REQUEST),
        (Refusal(413), Kind.INVALID_REQUEST),
        (Refusal(501), Kind.INVALID_REQUEST),
        (Refusal(None, "weird", message="An improbable thing"), Kind.UNKNOWN),
    ],
)
def test_what_a_refusal_of_a_start_means(refusal: Refusal, kind: Kind) -> None:
    """Codes count before words, words before the bare status."""
    assert judge(refusal).kind is kind


@pytest.mark.parametrize(("purpose", "kind"), [("read", Kind.LOST), ("start", Kind.RETIRED)])
def test_not_found_means_another_thing_for_a_job_than_for_a_model(purpose: Purpose, kind: Kind) -> None:
    """A job that is not found is lost; a model or an API that is not found has ended."""
    assert judge(Refusal(404, message="not found"), purpose=purpose).kind is kind


def test_a_vendors_own_rules_come_first() -> None:
    """A vendor may mean by a status what nobody else does, and may charge for it."""
    own = (
        Rule(Kind.BILLING, statuses=statuses(429), codes="110[0-2]"),
        Rule(Kind.MODERATED, codes="1301", billed=True),
    )
    assert judge(Refusal(429, "1102"), own).kind is Kind.BILLING
    assert judge(Refusal(429, "1302"), own).kind is Kind.RATE_LIMITED
    assert judge(Refusal(400, "1301"), own).billed
