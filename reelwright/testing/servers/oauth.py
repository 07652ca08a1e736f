"""An OAuth authorization server on loopback: consent, codes with PKCE, tokens that end, rotate and are revoked.

`Issuer` holds what was granted and answers the two end-points; a vendor's server puts it at the vendor's addresses, and
asks it about each access token. Google's, TikTok's and Meta's habits are its settings.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from reelwright.testing.servers.jobs import JobServer, Operation
from reelwright.testing.servers.strict import Call, Refused, Reply

CLIENT_ID = "client-0123456789.apps.example"
CLIENT_SECRET = "client-secret-0123456789SECRET"


@dataclass
class Grant:
    """What one person allowed."""

    scopes: tuple[str, ...]
    refresh_token: str = ""
    """The one that works now; empty: none was given out."""
    refresh_ends_at: float = 0
    revoked: bool = False
    access: dict[str, float] = field(default_factory=dict)
    """Access tokens and when each ends, in seconds since 1970."""


@dataclass
class Issuer:
    """The state of an authorization server."""

    client_field: str = "client_id"
    """TikTok calls it `client_key`."""
    scope_separator: str = " "
    rotates: bool = False
    """Whether a refresh gives a new refresh token and ends the old one."""
    access_seconds: int = 3599
    refresh_seconds: int = 0
    """Life of a refresh token, told as `refresh_expires_in`; 0: not told."""
    hex_challenge: bool = False
    """Whether PKCE's challenge is written in hexadecimal, as TikTok wants it from desktop apps."""
    needs_offline: bool = False
    """Whether a refresh token comes only with `access_type=offline`, and again only with `prompt=consent` (Google)."""
    denies: str = ""
    """The error that the person's answer is; empty: they agree."""
    withholds: frozenset[str] = frozenset()
    """Scopes whose boxes the person unticks."""
    grants: list[Grant] = field(default_factory=list)
    refreshes: int = 0
    """How many refreshes were answered."""

    def __post_init__(self) -> None:
        self._codes: dict[str, dict[str, str]] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()

    def issue(self, *scopes: str, access_seconds: int | None = None) -> dict[str, Any]:
        """Grant something without asking; return the token endpoint's answer."""
        with self._lock:
            grant = Grant(tuple(scopes))
            self.grants.append(grant)
            self._renew(grant)
            return self._tokens(grant, self.access_seconds if access_seconds is None else access_seconds)

    def scopes_of(self, call: Call) -> tuple[str, ...]:
        """Return what the call's access token may do.

        Raises:
            Refused: it has none that works.
        """
        given = call.headers.get("authorization", "")
        with self._lock:
            for grant in self.grants:
                ends = grant.access.get(given.removeprefix("Bearer "), 0)
                if given.startswith("Bearer ") and ends > time.time() and not grant.revoked:
                    return grant.scopes
        raise Refused(401, "Invalid Credentials", code="authError")

    def revoke(self) -> None:
        """Take everything back, as a person does in their account."""
        for grant in self.grants:
            grant.revoked = True

    def end_access(self) -> None:
        """Let every access token end now."""
        with self._lock:
            for grant in self.grants:
                grant.access = dict.fromkeys(grant.access, 0.0)

    def authorize(self, call: Call) -> Reply:
        """Answer the page that a browser opens: the person agrees at once."""
        asked = dict(call.query)
        if asked.get(self.client_field) != CLIENT_ID:
            raise Refused(401, "The OAuth client was not found.", code="invalid_client")
        redirect = urlsplit(asked.get("redirect_uri", ""))
        if redirect.scheme != "http" or redirect.hostname != "127.0.0.1" or not redirect.port:
            raise Refused(400, "redirect_uri_mismatch", code="invalid_request")
        for name, wanted in (("response_type", "code"), ("code_challenge_method", "S256")):
            if asked.get(name) != wanted:
                raise Refused(400, f"Invalid parameter value for {name}", code="invalid_request")
        if len(asked.get("state", "")) < 16 or not asked.get("scope"):
            raise Refused(400, "Missing required parameter: scope or state", code="invalid_request")
        if len(asked.get("code_challenge", "")) != (64 if self.hex_challenge else 43):
            raise Refused(400, "Invalid code_challenge", code="invalid_request")
        answer = {"state": asked["state"]}
        if self.denies:
            answer["error"] = self.denies
        else:
            answer["code"] = f"code-{next(self._numbers)}/x"
            self._codes[answer["code"]] = asked
        return Reply(302, None, {"Location": f"{asked['redirect_uri']}?{urlencode(answer)}"})

    def token(self, call: Call) -> Reply:
        """Answer the token end-point."""
        if not call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            raise Refused(400, "The body must be a form.", code="invalid_request")
        form = dict(parse_qsl(call.body.decode(), keep_blank_values=True))
        if (form.get(self.client_field), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise Refused(401, "Unauthorized", code="invalid_client")
        with self._lock:
            match form.get("grant_type"):
                case "authorization_code":
                    return Reply(200, self._exchanged(form))
                case "refresh_token":
                    return Reply(200, self._refreshed(form))
        raise Refused(400, "Invalid grant_type", code="unsupported_grant_type")

    def _exchanged(self, form: dict[str, str]) -> dict[str, Any]:
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None:
            raise Refused(400, "Malformed auth code.", code="invalid_grant")
        if form.get("redirect_uri") != asked["redirect_uri"]:
            raise Refused(400, "Bad Request", code="redirect_uri_mismatch")
        digest = hashlib.sha256(form.get("code_verifier", "").encode())
        plain = base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
        if asked["code_challenge"] != (digest.hexdigest() if self.hex_challenge else plain):
            raise Refused(400, "Invalid code verifier.", code="invalid_grant")
        known = any(grant.refresh_token for grant in self.grants)
        allowed = [scope for scope in asked["scope"].split(self.scope_separator) if scope not in self.withholds]
        grant = Grant(tuple(allowed))
        self.grants.append(grant)
        offline, consents = asked.get("access_type") == "offline", asked.get("prompt") == "consent"
        if not self.needs_offline or (offline and (consents or not known)):
            self._renew(grant)
        return self._tokens(grant, self.access_seconds)

    def _refreshed(self, form: dict[str, str]) -> dict[str, Any]:
        given = form.get("refresh_token", "")
        grant = next((grant for grant in self.grants if given and grant.refresh_token == given), None)
        if grant is None or grant.revoked or (self.refresh_seconds and grant.refresh_ends_at <= time.time()):
            raise Refused(400, "Token has been expired or revoked.", code="invalid_grant")
        self.refreshes += 1
        if not self.rotates:
            return {
                name: value
                for name, value in self._tokens(grant, self.access_seconds).items()
                if name != "refresh_token"
            }
        self._renew(grant)
        return self._tokens(grant, self.access_seconds)

    def _renew(self, grant: Grant) -> None:
        grant.refresh_token = f"refresh-{next(self._numbers)}-0123456789SECRET"
        grant.refresh_ends_at = time.time() + self.refresh_seconds

    def _tokens(self, grant: Grant, seconds: int) -> dict[str, Any]:
        access = f"access-{next(self._numbers)}-0123456789SECRET"
        grant.access[access] = time.time() + seconds
        told = {"access_token": access, "expires_in": seconds, "token_type": "Bearer"}
        if grant.refresh_token:
            told |= {"refresh_token": grant.refresh_token}
            told |= {"refresh_expires_in": self.refresh_seconds} if self.refresh_seconds else {}
        return told | {"scope": self.scope_separator.join(grant.scopes)}


def refusal(refused: Refused) -> Reply:
    """Return a refusal in the shape of RFC 6749."""
    return Reply(refused.status, {"error": refused.code or "invalid_request", "error_description": refused.message})


class AuthorizationServer(JobServer):
    """A server that does nothing but let people sign in, at every vendor's addresses."""

    def __init__(self, issuer: Issuer) -> None:
        super().__init__()
        self.issuer = issuer

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        return "token" if "token" in call.path else "authorize"

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what it does."""
        return self.issuer.token(call) if operation == "token" else self.issuer.authorize(call)

    def refusal(self, refused: Refused) -> Reply:
        """Return a refusal in the shape of RFC 6749."""
        return refusal(refused)
