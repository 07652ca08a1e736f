"""What Google's video APIs share: how the key travels, and how they say no."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import jwt
from pydantic import SecretStr

from reelwright.errors import FailureKind, InvalidInput
from reelwright.models.remote.auth import Auth, auth_of, signed
from reelwright.models.remote.kinds import Rule, statuses

KEY_HEADER = "x-goog-api-key"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_TOKEN_SECONDS = 3600

_BLOCKED = (
    r"responsible ai|rai ?media ?filtered|prohibited[_ ]content|sensitive words|usage guidelines|support codes?:? ?\d"
    r"|blocked by\b.{0,40}\b(safety|polic|filter)|safety (filter|reason|setting)"
)

RULES: tuple[Rule, ...] = (
    Rule(FailureKind.MODERATED, words=_BLOCKED),
    # A key that is none is an invalid argument to Google, with HTTP 400.
    Rule(
        FailureKind.AUTH, words=r"api[ _]key (not valid|expired|invalid)|reported as leaked|location is not supported"
    ),
    Rule(FailureKind.BILLING, words=r"billing (is )?(not enabled|disabled)|enable billing|prepay\w* credits"),
    # One text for both: only a limit that passes says when to come back.
    Rule(FailureKind.RATE_LIMITED, statuses=statuses(429), words=r"retry in \d|per ?(minute|day)"),
    Rule(FailureKind.BILLING, statuses=statuses(429), words=r"exceeded your current quota|billing details"),
    # Statuses by name, and by number (google.rpc.Code) where a job failed.
    Rule(FailureKind.RATE_LIMITED, codes=r"resource_exhausted|8"),
    Rule(FailureKind.BUSY, codes=r"unavailable|internal|aborted|deadline_exceeded|unknown|2|4|10|13|14"),
    Rule(FailureKind.AUTH, codes=r"7|16"),
    Rule(FailureKind.INVALID_REQUEST, codes=r"invalid_argument|failed_precondition|out_of_range|3|9|11"),
)
"""How Google refuses, and how its jobs fail."""


def api_key(style: str, secret: SecretStr | None) -> Auth:
    """Return the key as the Gemini API takes it, or as the entry says."""
    return auth_of(style or KEY_HEADER, secret)


def cloud_auth(style: str, secret: SecretStr | None) -> Auth:
    """Return a credential of Google Cloud: an access token as it is, a service account's key as a token made from it.

    The key is its JSON, or the path of the file that holds it. Such a token is signed here, for an hour, and needs no
    call (AIP-4111).

    Raises:
        InvalidInput: a service account's key that is none.
    """
    text = _key_text(secret)
    if style or not text:
        return auth_of(style or "bearer", secret)
    _read(text)
    return signed(SecretStr(text), _token)


def project_of(secret: SecretStr | None) -> str:
    """Return the project of a service account's key; empty if the credential is none."""
    text = _key_text(secret)
    return str(_read(text).get("project_id") or "") if text else ""


def _key_text(secret: SecretStr | None) -> str:
    """Return the JSON of a service account's key; empty if the credential is none."""
    plain = secret.get_secret_value().strip() if secret else ""
    if plain.endswith(".json") and Path(plain).is_file():
        plain = Path(plain).read_text("utf-8").strip()
    return plain if plain.startswith("{") else ""


def _read(text: str) -> dict[str, Any]:
    try:
        account = json.loads(text)
    except ValueError:
        account = {}
    if not {"client_email", "private_key"} <= set(account):
        raise InvalidInput("The service account's key is none.", hint="Give the JSON file that Google Cloud made.")
    return dict(account)


def _token(text: str) -> str:
    account, now = _read(text), int(time.time())
    claims = {"iss": account["client_email"], "sub": account["client_email"], "scope": _SCOPE}
    try:
        return jwt.encode(
            {**claims, "iat": now, "exp": now + _TOKEN_SECONDS},
            account["private_key"],
            algorithm="RS256",
            headers={"kid": str(account.get("private_key_id", ""))},
        )
    except (ValueError, TypeError, jwt.PyJWTError):
        # Raised anew: the library may quote the key.
        pass
    raise InvalidInput("The service account's key cannot sign.", hint="Give the JSON file that Google Cloud made.")
