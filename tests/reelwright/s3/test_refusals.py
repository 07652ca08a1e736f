"""What services and boto3 answer, said in this project's errors."""

from __future__ import annotations

import pickle

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    SSLError,
    UnauthorizedSSOTokenError,
)

from reelwright.errors import MissingCredential, StorageError
from reelwright.s3.address import Place
from reelwright.s3.refusals import explaining

PLACE = Place("shows", prefix="x")


def _answer(code: str, status: int) -> ClientError:
    """A service's answer that echoes what must not be told."""
    return ClientError(
        {
            "Error": {"Code": code, "Message": "x-amz-security-token: FwoGZXIvYXdzEXAMPLE"},
            "ResponseMetadata": {"HTTPStatusCode": status},
        },
        "PutObject",
    )


@pytest.mark.parametrize(
    ("code", "status", "hint", "retryable"),
    [
        ("NoSuchBucket", 404, "Create the bucket", False),
        ("AccessDenied", 403, "s3:ListBucket", False),
        ("403", 403, "s3:ListBucket", False),
        ("InvalidAccessKeyId", 403, "credentials", False),
        ("ExpiredToken", 400, "credentials", False),
        ("400", 400, "credentials", False),
        ("RequestTimeTooSkewed", 403, "clock", False),
        ("PermanentRedirect", 301, "region", False),
        ("AuthorizationHeaderMalformed", 400, "region", False),
        ("InvalidObjectState", 403, "archive", False),
        ("QuotaExceeded", 403, "quota", False),
        ("InsufficientStorage", 507, "Free some space", False),
        ("NotImplemented", 501, "conditional writes", False),
        ("SlowDown", 503, "later", True),
        ("InternalError", 500, "later", True),
        ("TooManyRequests", 429, "later", True),
        ("BadDigest", 400, "later", True),
        ("PreconditionFailed", 412, "later", True),
        ("Teapot", 418, "documentation", False),
    ],
)
def test_an_answer_says_what_to_do(code: str, status: int, hint: str, retryable: bool) -> None:
    """The code and the next step are told, never the service's own words."""
    with pytest.raises(StorageError) as told, explaining("keep an object", PLACE):
        raise _answer(code, status)

    error = pickle.loads(pickle.dumps(told.value))  # noqa: S301 - our own
    assert hint in error.hint
    assert code in error.message
    assert "'s3://shows/x' did not keep an object" in error.message
    assert error.retryable is retryable
    assert "FwoGZXIvYXdzEXAMPLE" not in str(error.to_json())


@pytest.mark.parametrize(
    "error",
    [
        NoCredentialsError(),
        PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
        ProfileNotFound(profile="shows"),
        UnauthorizedSSOTokenError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_boto3_lacks_is_a_missing_credential(error: BotoCoreError) -> None:
    """Whatever link of its chain failed."""
    with pytest.raises(MissingCredential, match="AWS_ACCESS_KEY_ID"), explaining("keep an object", PLACE):
        raise error


@pytest.mark.parametrize(
    ("error", "hint", "retryable"),
    [
        (EndpointConnectionError(endpoint_url="http://h"), "network", True),
        (ConnectTimeoutError(endpoint_url="http://h"), "network", True),
        (SSLError(endpoint_url="http://h", error="x"), "AWS_CA_BUNDLE", False),
        (ParamValidationError(report="x"), "REELWRIGHT_VAULT", False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_no_answer_says_where_to_look(error: BotoCoreError, hint: str, retryable: bool) -> None:
    """The network may come back; a certificate or a wrong setting does not change by waiting."""
    with pytest.raises(StorageError) as told, explaining("read an object", PLACE):
        raise error
    assert hint in told.value.hint
    assert told.value.retryable is retryable
