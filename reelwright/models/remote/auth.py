"""Keys: how they travel, what may be shown of them (nothing), and the fingerprint that tells two accounts apart."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from reelwright.errors import InvalidInput

_KEY_LIKE = re.compile(
    r"\b(?:sk|pk|rk|r8|gsk|xai)[-_][A-Za-z0-9*._-]{8,}|\bAIza[A-Za-z0-9_-]{16,}|\bBearer\s+[A-Za-z0-9*._~+/=-]{8,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?|\b[A-Za-z0-9_-]{2,}\*{4,}[A-Za-z0-9_-]{0,8}"
)
"""What looks like a key, also half masked as vendors quote it in a 401."""
_SIGNED = re.compile(r"(https?://[^\s?\"'<>]+)\?[^\s\"'<>]+")
_USER_INFO = re.compile(r"(https?://)[^/\s@\"'<>]+@")
_SHORTEST_SECRET = 6


@dataclass(frozen=True)
class Auth:
    """A key and the header that carries it. Its text form shows no secret."""

    secret: SecretStr | None = None
    header: str = "Authorization"
    prefix: str = ""
    sign: Callable[[str], str] | None = field(default=None, repr=False)
    """Makes what is sent from the secret, at each request (Kling's short-lived JWT); `None`: the secret itself."""

    def headers(self) -> dict[str, str]:
        """Return the header that carries the key; empty without a key.

        Raises:
            InvalidInput: the key has characters that no header can carry.
        """
        if self.secret is None:
            return {}
        plain = self.secret.get_secret_value()
        value = self.prefix + (self.sign(plain) if self.sign else plain)
        if not value.isascii() or not value.isprintable():
            # Refused here: the HTTP library would quote the header, key and all, in its own error.
            raise InvalidInput(
                "The key has characters that no HTTP header can carry.", hint="Copy it again, without line ends."
            )
        return {self.header: value}

    @property
    def account(self) -> str:
        """A fingerprint of the key, 16 hex digits; empty without one. It does not lead back to the key."""
        return _fingerprint(self.secret.get_secret_value()) if self.secret else ""

    def clean(self, text: str) -> str:
        """Return `text` without the key, without what looks like one, and without signatures of URLs."""
        if self.secret is not None and len(plain := self.secret.get_secret_value()) >= _SHORTEST_SECRET:
            encoded = base64.b64encode(plain.encode()).decode()
            for form in dict.fromkeys((plain, *plain.split(":"), encoded)):
                if len(form) >= _SHORTEST_SECRET:
                    text = text.replace(form, "[key]")
        text = _USER_INFO.sub(r"\1", _SIGNED.sub(r"\1?…", text))
        return _KEY_LIKE.sub("[key]", text)


NO_AUTH = Auth()


def bearer(secret: SecretStr | None) -> Auth:
    """`Authorization: Bearer …`."""
    return Auth(_stripped(secret), "Authorization", "Bearer ")


def key_header(secret: SecretStr | None, header: str = "x-api-key", prefix: str = "") -> Auth:
    """The key in a header of its own, e.g. `x-api-key`, `api-key`, `x-goog-api-key`, or `Authorization: Key …`."""
    return Auth(_stripped(secret), header, prefix)


def basic(secret: SecretStr | None) -> Auth:
    """`Authorization: Basic …` of a secret `user:password`."""
    return Auth(_stripped(secret), "Authorization", "Basic ", lambda plain: base64.b64encode(plain.encode()).decode())


def signed(secret: SecretStr | None, sign: Callable[[str], str], prefix: str = "Bearer ") -> Auth:
    """A token made anew from the secret at each request."""
    return Auth(_stripped(secret), "Authorization", prefix, sign)


STYLES: Mapping[str, Callable[[SecretStr | None], Auth]] = {
    "bearer": bearer,
    "basic": basic,
    "none": lambda _: NO_AUTH,
    "api-key": lambda secret: key_header(secret, "api-key"),
    "x-api-key": lambda secret: key_header(secret, "x-api-key"),
    "key": lambda secret: key_header(secret, "Authorization", "Key "),
}
"""How an entry may say that its key travels; anything else is the name of a header."""


def auth_of(style: str, secret: SecretStr | None) -> Auth:
    """Return the key as the named style carries it; see `STYLES`."""
    return STYLES[style](secret) if style in STYLES else key_header(secret, style)


def _stripped(secret: SecretStr | None) -> SecretStr | None:
    # A key read from a file ends with a line feed more often than not.
    plain = secret.get_secret_value().strip() if secret else ""
    return SecretStr(plain) if plain else None


@functools.lru_cache(maxsize=64)
def _fingerprint(plain: str) -> str:
    # Slow on purpose: a short password of a self-hosted server shall not be guessed from a ticket.
    return hashlib.scrypt(plain.encode(), salt=b"reelwright/account/1", n=2**13, r=8, p=1, dklen=8).hex()
