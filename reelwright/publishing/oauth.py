"""OAuth 2.0 for programs: how a platform asks for consent, how a code becomes tokens, how tokens stay fresh (RFC 8252).

A platform is a `Provider`: addresses and habits as data, see `oauth_providers`. Who signs in is in `oauth_sign_in`.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit, urlunsplit

from pydantic import Field, SecretStr

from reelwright.errors import FailureKind, ProviderError, ReelwrightError, StartAmbiguous
from reelwright.models.remote.answers import Answer, shortened
from reelwright.models.remote.auth import bearer
from reelwright.models.remote.patience import Patience
from reelwright.publishing.contract import now
from reelwright.publishing.sender import Sender
from reelwright.publishing.token_store import StoredToken
from reelwright.values import Value

_PATIENCE = Patience(start_seconds=30, read_seconds=30, attempts=2, total_seconds=30)
_WARN_BEFORE = timedelta(days=7)


class SignInNeeded(ReelwrightError):
    """A person must sign in: nobody has, or the platform no longer takes what the last sign-in gave."""

    code = "sign_in_needed"
    exit_code = 3

    def __init__(self, title: str, reason: str, *, hint: str) -> None:
        super().__init__(f"{title}: {reason}", hint=hint)
        self.title, self.reason = title, reason


class LongLived(Value):
    """Meta's way: a code gives an hour's token, that is exchanged for a long one, and the long one renews itself."""

    exchange_url: str
    exchange_grant: str
    """E.g. `ig_exchange_token`."""
    refresh_url: str
    refresh_grant: str
    """E.g. `ig_refresh_token`."""
    token_field: str = "access_token"  # noqa: S105 - the name of a field
    """How the token that is given in is called; with Facebook Login `fb_exchange_token`."""
    with_app: bool = False
    """Whether the app's id and secret go along each time, as with Facebook Login."""


class Identity(Value):
    """Where a platform tells whose token it is."""

    url: str
    query: Mapping[str, str] = Field(default_factory=dict)
    id_at: tuple[str | int, ...]
    """The way to the account's stable number in the JSON."""
    name_at: tuple[str | int, ...]
    """The way to its name, as people know it."""
    scopes: tuple[str, ...] = ()
    """Any of these must have been granted; empty: none is needed."""


class Provider(Value):
    """One platform's sign-in: addresses and habits."""

    name: str
    """As in `reelwright auth NAME`, and before the slash of an account's key."""
    title: str
    authorize_url: str
    token_url: str
    scopes: Mapping[str, tuple[str, ...]]
    """What is asked for by purpose, e.g. `upload`; the first is the default. Each asks for the least that it needs."""
    scope_separator: str = " "
    client_field: str = "client_id"
    client_variables: tuple[str, str]
    """The environment variables of the app's id and secret."""
    asked: Mapping[str, str] = Field(default_factory=dict)
    """Further fields of the consent page's address."""
    challenge: Literal["base64url", "hex", "none"] = "base64url"
    """How PKCE's challenge is written."""
    redirect_path: str = "/callback/"
    """At `http://127.0.0.1:PORT`, any port."""
    loopback: bool = True
    """Whether the platform sends the browser back to this machine; else the address it lands at is pasted."""
    refresh_before: timedelta = timedelta(minutes=5)
    """How long before its end an access token is renewed."""
    long_lived: LongLived | None = None
    identity: Identity | None = None
    id_field: str = ""
    """The token answer's own field with the account's number, e.g. TikTok's `open_id`."""
    set_up: str
    """How a person gets the app's id and secret."""
    dies_when: str = ""
    """When sign-ins end, for the message that says that one has."""

    def at(self, base_url: str) -> Provider:
        """Return the same platform at another address: a proxy, a test server. Empty: itself."""
        if not base_url:
            return self
        moved = {name: _moved(getattr(self, name), base_url) for name in ("authorize_url", "token_url")}
        parts: dict[str, Any] = {}
        if self.identity:
            parts["identity"] = self.identity.model_copy(update={"url": _moved(self.identity.url, base_url)})
        if self.long_lived:
            urls = {name: _moved(getattr(self.long_lived, name), base_url) for name in ("exchange_url", "refresh_url")}
            parts["long_lived"] = self.long_lived.model_copy(update=urls)
        return self.model_copy(update={**moved, **parts})

    @property
    def sign_in_hint(self) -> str:
        """The next step when a sign-in has ended."""
        return " ".join(part for part in (f"Run: reelwright auth {self.name}.", self.dies_when) if part)


class App(Value):
    """The app that a platform knows us as."""

    id: str = Field(min_length=1)
    secret: SecretStr


class Consent(Value):
    """One question to a person: the page that asks it, and what proves that the answer is theirs."""

    url: str
    state: str = Field(repr=False)
    verifier: str = Field(repr=False)
    redirect_uri: str


def ask(provider: Provider, app: App, redirect_uri: str, purpose: str = "") -> Consent:
    """Return the page at which a person consents; `purpose` names the scopes, empty: the provider's first."""
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    scopes = provider.scopes[purpose] if purpose else next(iter(provider.scopes.values()))
    fields = {
        provider.client_field: app.id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": provider.scope_separator.join(scopes),
        "state": state,
        **provider.asked,
    }
    if provider.challenge != "none":
        digest = hashlib.sha256(verifier.encode())
        plain = base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
        written = digest.hexdigest() if provider.challenge == "hex" else plain
        fields |= {"code_challenge": written, "code_challenge_method": "S256"}
    return Consent(
        url=f"{provider.authorize_url}?{urlencode(fields)}", state=state, verifier=verifier, redirect_uri=redirect_uri
    )


async def exchange(provider: Provider, app: App, consent: Consent, code: str) -> StoredToken:
    """Turn a code into tokens, and learn whose they are.

    Raises:
        SignInNeeded: the platform does not take the code, or the app.
        ProviderError: it cannot be reached.
    """
    form = _with_app(provider, app, grant_type="authorization_code", code=code, redirect_uri=consent.redirect_uri)
    if provider.challenge != "none":
        form["code_verifier"] = consent.verifier
    told = await _told(provider, await _post(provider, form))
    if provider.long_lived:
        way = provider.long_lived
        query = {"client_secret": app.secret.get_secret_value(), way.token_field: str(told["access_token"])}
        query |= {"client_id": app.id} if way.with_app else {}
        told = told | await _told(provider, await _get(provider, way.exchange_url, way.exchange_grant, query))
    kept = {"client_id": app.id, "client_secret": app.secret.get_secret_value()}
    return await _identified(provider, _read(provider, told, kept), told)


async def renew(provider: Provider, token: StoredToken) -> StoredToken:
    """Return a token with a new access token, and a new refresh token where the platform rotates them. Stores nothing.

    Raises:
        SignInNeeded: the platform no longer takes it.
        ProviderError: the platform cannot be reached, or its answer was lost (`busy`).
    """
    held = token.secrets
    if provider.long_lived:
        way = provider.long_lived
        query = {way.token_field: held["access_token"]}
        query |= {name: held[name] for name in ("client_id", "client_secret")} if way.with_app else {}
        answer = await _get(provider, way.refresh_url, way.refresh_grant, query)
    elif "refresh_token" not in held:
        raise SignInNeeded(
            provider.title, "its access has ended and it gave no way to renew it", hint=provider.sign_in_hint
        )
    else:
        app = App(id=held["client_id"], secret=SecretStr(held["client_secret"]))
        form = _with_app(provider, app, grant_type="refresh_token", refresh_token=held["refresh_token"])
        answer = await _post(provider, form)
    return _read(provider, await _told(provider, answer), held, token)


def seconds_left(until: datetime | None) -> float:
    """Return how long a token lives from now on, in seconds; infinite if nobody told."""
    return float("inf") if until is None else (until - now()).total_seconds()


def ends_soon(provider: Provider, token: StoredToken) -> str:
    """Say that a person must sign in again within a week; empty: they need not."""
    until = token.refresh_until
    if until is None or until - now() > _WARN_BEFORE:
        return ""
    if until <= now():
        return f"The sign-in at {provider.title} has ended. {provider.sign_in_hint}"
    return f"The sign-in at {provider.title} ends on {until:%Y-%m-%d at %H:%M} UTC. {provider.sign_in_hint}"


def _with_app(provider: Provider, app: App, **fields: str) -> dict[str, str]:
    return {provider.client_field: app.id, "client_secret": app.secret.get_secret_value(), **fields}


async def _post(provider: Provider, form: Mapping[str, str]) -> Answer:
    return await _send(provider, "POST", provider.token_url, form=form, secret=form.get("client_secret", ""))


async def _get(provider: Provider, url: str, grant: str, query: Mapping[str, str]) -> Answer:
    fields = {"grant_type": grant, **query}
    token = provider.long_lived.token_field if provider.long_lived else "access_token"
    return await _send(provider, "GET", url, query=fields, secret=fields[token])


async def _send(provider: Provider, method: str, url: str, *, secret: str, **content: Any) -> Answer:
    """Ask a token end-point; once more if the answer was lost, for without it the next run could do nothing else."""
    sender = Sender(vendor=provider.title, base_url=_origin(url), patience=_PATIENCE)
    lost = ""
    try:
        for _ in range(2):
            try:
                return await sender.once(method, url, **content)
            except StartAmbiguous as error:
                lost = error.message
    finally:
        await sender.aclose()
    raise ProviderError(
        bearer(SecretStr(secret)).clean(f"{provider.title} gave no answer about the sign-in: {lost}"),
        provider=provider.title,
        kind=FailureKind.BUSY,
        hint="It may pass later.",
    )


async def _told(provider: Provider, answer: Answer) -> dict[str, Any]:
    """Return the fields of a good answer.

    Raises:
        SignInNeeded: the platform says no.
        ProviderError: it stumbled.
    """
    fields = answer.fields
    if answer.ok and fields.get("access_token"):
        return fields
    name, words = _problem(fields)
    if answer.status == 429 or answer.status >= 500 or not fields:  # noqa: PLR2004 - HTTP's own classes
        kind = FailureKind.RATE_LIMITED if answer.status == 429 else FailureKind.BUSY  # noqa: PLR2004
        raise ProviderError(
            f"{provider.title} could not renew the sign-in (HTTP {answer.status}).",
            provider=provider.title,
            kind=kind,
            status=answer.status,
            retry_after_seconds=answer.retry_after_seconds,
            hint="It may pass later.",
        )
    if name in {"invalid_client", "unauthorized_client"}:
        hint = f"Check {' and '.join(provider.client_variables)}. {provider.set_up}"
        raise SignInNeeded(provider.title, f"it does not know this app ({name})", hint=hint)
    if name == "redirect_uri_mismatch":
        hint = (
            f"Register http://127.0.0.1:*{provider.redirect_path} as a redirect address of the app. {provider.set_up}"
        )
        raise SignInNeeded(provider.title, "the redirect address is not registered", hint=hint)
    raise SignInNeeded(provider.title, f"it does not take the sign-in: {words}", hint=provider.sign_in_hint)


def _problem(fields: Mapping[str, Any]) -> tuple[str, str]:
    """Read an error: RFC 6749's two fields, or Meta's object."""
    found = fields.get("error")
    if isinstance(found, Mapping):
        return str(found.get("type", "")), shortened(str(found.get("message", "no reason given")))
    name = str(found or fields.get("error_type") or "no token")
    words = str(fields.get("error_description") or fields.get("error_message") or "")
    return name, shortened(f"{name}: {words}" if words else name)


def _read(
    provider: Provider, told: Mapping[str, Any], kept: Mapping[str, str], before: StoredToken | None = None
) -> StoredToken:
    """Return the token that an answer gives; what it does not tell stays as it was."""
    found = {name: str(told[name]) for name in ("access_token", "refresh_token") if told.get(name)}
    until = _after(told.get("expires_in"))
    refresh = _after(told.get("refresh_expires_in") or told.get("refresh_token_expires_in"))
    if provider.long_lived:
        refresh = until
    scopes = tuple(re.split(r"[ ,]+", str(told["scope"]).strip())) if told.get("scope") else ()
    past = before or StoredToken(secrets={})
    rotated = found.get("refresh_token", "") not in {"", kept.get("refresh_token")}
    return past.model_copy(
        update={
            "secrets": {**kept, **found},
            "access_until": until,
            "refresh_until": refresh or (None if rotated else past.refresh_until),
            "scopes": scopes or past.scopes,
        }
    )


def _after(seconds: Any) -> datetime | None:
    try:
        return now() + timedelta(seconds=float(seconds)) if seconds else None
    except (TypeError, ValueError, OverflowError):
        return None


async def _identified(provider: Provider, token: StoredToken, told: Mapping[str, Any]) -> StoredToken:
    """Add whose token it is, where the platform tells."""
    own, identity = str(told.get(provider.id_field, "")) if provider.id_field else "", provider.identity
    name = ""
    if identity and (not identity.scopes or set(identity.scopes) & set(token.scopes)):
        sender = Sender(
            vendor=provider.title,
            base_url=_origin(identity.url),
            auth=bearer(SecretStr(token.secrets["access_token"])),
            patience=_PATIENCE,
        )
        try:
            answer = await sender.get(identity.url, query=identity.query)
        finally:
            await sender.aclose()
        own = str(_at(answer.payload, identity.id_at) or own)
        name = str(_at(answer.payload, identity.name_at) or "")
        if not own:
            reason = "this account has nothing to publish to (no channel, no page)"
            raise SignInNeeded(provider.title, reason, hint="Make one, or sign in with another account.")
    secrets_now = {**token.secrets, **({"account_id": own} if own else {})}
    return token.model_copy(update={"secrets": secrets_now, "account_name": name or own})


def _at(value: Any, way: tuple[str | int, ...]) -> Any:
    for step in way:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _moved(url: str, base_url: str) -> str:
    parts, base = urlsplit(url), urlsplit(base_url)
    return urlunsplit((base.scheme, base.netloc, parts.path, parts.query, ""))
