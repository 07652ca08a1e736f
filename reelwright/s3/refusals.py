"""What an S3 service refused, said in this project's errors: what was tried, the service's code, what to do.

Only codes are repeated, never a service's own words: some echo the request, with its signature or session token.
Codes: the S3 API reference, "Error responses"; `HEAD` has no body, so that its status stands for the code.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    LoginError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSLError,
    SSOError,
    TokenRetrievalError,
)

from reelwright.errors import MissingCredential, ReelwrightError, StorageError
from reelwright.s3.address import Place

NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    TokenRetrievalError,
    ProfileNotFound,
    SSOError,
    LoginError,
)
NO_ANSWER = (ConnectionError, HTTPClientError, IncompleteReadError)

_KEY = "Look after the AWS credentials of this process: the service does not take them, or no longer."
_RIGHTS = (
    "Allow this key s3:GetObject, s3:PutObject, s3:ListBucket and s3:AbortMultipartUpload on the bucket; to clean it,"
    " s3:DeleteObject as well."
)
_REGION = "Name the bucket's region in REELWRIGHT_VAULT: …&region=eu-central-1."
_UNKNOWN = "See what the service's documentation says of this code."
_LATER = "Run again later: finished work is kept."
_ARCHIVE = "A lifecycle rule has moved the object to an archive: restore it, and end the rule."
_PART = "The store lacks this part of S3; Reelwright needs conditional writes and multipart uploads."
_HINTS = {
    "NoSuchBucket": "Create the bucket, or correct REELWRIGHT_VAULT.",
    "InvalidAccessKeyId": _KEY,
    "SignatureDoesNotMatch": _KEY,
    "ExpiredToken": _KEY,
    "InvalidToken": _KEY,
    "400": f"{_KEY} Or it is another region: {_REGION}",
    "403": f"{_RIGHTS} Or the service does not take its credentials.",
    "RequestTimeTooSkewed": "Set this machine's clock: it is more than 15 minutes off.",
    "PermanentRedirect": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "InvalidObjectState": _ARCHIVE,
    "QuotaExceeded": "Free some space in the bucket, or raise its quota: finished work is kept.",
    "EntityTooLarge": "The store takes no objects as large as that.",
    "NotImplemented": _PART,
}
_STATUS_HINTS = {
    301: _REGION,
    401: _KEY,
    403: _RIGHTS,
    501: _PART,
    507: "Free some space in the store: finished work is kept.",
}
_PASSING = {"SlowDown", "RequestTimeout", "BadDigest", "XAmzContentSHA256Mismatch"}
_TOO_MANY, _PRECONDITION, _SERVER = 429, 412, 500


@contextlib.contextmanager
def explaining(doing: str, place: Place) -> Iterator[None]:
    """Turn what boto3 raises into this project's errors; `doing` is what was tried, e.g. `"keep an asset"`.

    Raises:
        MissingCredential: boto3 found no credentials, or they are incomplete or cannot be renewed.
        StorageError: anything else; `retryable` where the same request may pass later.
    """
    try:
        yield
    except NO_CREDENTIALS as error:
        raise _keyless() from error
    except ClientError as error:
        raise _refused(error, doing, place) from error
    except BotoCoreError as error:
        raise _unreachable(error, doing, place) from error


def code_of(error: ClientError) -> str:
    """Return the service's error code, such as `NoSuchKey`; the HTTP status where there was no body."""
    details: dict[str, Any] = error.response.get("Error", {})
    return str(details.get("Code") or status_of(error))


def status_of(error: ClientError) -> int:
    """Return the HTTP status of an answer; 0: unknown."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _keyless() -> ReelwrightError:
    return MissingCredential(
        "s3",
        wanted="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile (AWS_PROFILE), or the machine's role",
    )


def _refused(error: ClientError, doing: str, place: Place) -> StorageError:
    code, status = code_of(error)[:60], status_of(error)
    passing = code in _PASSING or status in {_TOO_MANY, _PRECONDITION} or status >= _SERVER
    passing = passing and code not in _HINTS and status not in _STATUS_HINTS
    hint = _HINTS.get(code) or _STATUS_HINTS.get(status) or (_LATER if passing else _UNKNOWN)
    told = code if code == str(status) else f"{code}, HTTP {status}"
    refused = StorageError(f"The vault {str(place)!r} did not {doing}: {told}.", hint=hint)
    refused.retryable = passing
    return refused


def _unreachable(error: BotoCoreError, doing: str, place: Place) -> StorageError:
    told = type(error).__name__
    if isinstance(error, SSLError):
        hint = "The service's certificate is not trusted: see AWS_CA_BUNDLE, and the endpoint in REELWRIGHT_VAULT."
    elif isinstance(error, NO_ANSWER):
        hint = "Look after the network and the endpoint in REELWRIGHT_VAULT, and run again: finished work is kept."
    else:
        hint = "Look after REELWRIGHT_VAULT and the AWS settings of this process."
    failed = StorageError(f"The vault {str(place)!r} could not {doing}: {told}.", hint=hint)
    failed.retryable = isinstance(error, NO_ANSWER) and not isinstance(error, SSLError)
    return failed
