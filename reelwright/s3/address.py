"""Where a bucket is: `s3://bucket/prefix?endpoint=https://…&region=…`. Who may use it never stands in the address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from pydantic import SecretStr

from reelwright.errors import InvalidInput

_BUCKET = re.compile(r"[A-Za-z0-9._-]{3,255}")
_SHAPE = "Expected s3://bucket/prefix?endpoint=https://host&region=name; endpoint and region may be left out."
_CREDENTIALS = (
    "Keys are found where every AWS tool finds them: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
    "a profile (AWS_PROFILE), or the machine's role."
)


@dataclass(frozen=True, slots=True)
class Place:
    """A prefix of a bucket of one S3 service."""

    bucket: str
    prefix: str = ""
    """Without slashes at its ends; empty: the whole bucket."""
    endpoint: str = ""
    """The service's URL; empty: the one that the AWS settings name, else Amazon's."""
    region: str = ""
    """Empty: the one that the AWS settings name."""

    @classmethod
    def parse(cls, address: str) -> Self:
        """Read an address.

        Raises:
            InvalidInput: it is none, or it holds a credential. What it holds is never repeated.
        """
        try:
            parts = urlsplit(address)
            options = parse_qsl(parts.query, strict_parsing=bool(parts.query))
        except ValueError:
            raise InvalidInput("The vault's address cannot be read.", hint=_SHAPE) from None
        # A secret key may hold a slash, so that the @ behind it ends up in the path.
        if "@" in parts.netloc or ":" in parts.netloc:
            raise InvalidInput("The vault's address holds a credential or a port.", hint=f"{_SHAPE} {_CREDENTIALS}")
        named = dict(options)
        if parts.fragment or len(named) != len(options) or not named.keys() <= {"endpoint", "region"}:
            raise InvalidInput("The vault's address has an option that is not known.", hint=f"{_SHAPE} {_CREDENTIALS}")
        if parts.scheme != "s3" or not _BUCKET.fullmatch(parts.netloc):
            raise InvalidInput("The vault's address names no bucket.", hint=_SHAPE)
        return cls(
            bucket=parts.netloc,
            prefix=unquote(parts.path).strip("/"),
            endpoint=_endpoint(named.get("endpoint", "")),
            region=named.get("region", ""),
        )

    def __str__(self) -> str:
        options = {name: value for name in ("endpoint", "region") if (value := getattr(self, name))}
        query = "?" + urlencode(options, safe=":/") if options else ""
        return f"s3://{self.bucket}{'/' + quote(self.prefix) if self.prefix else ''}{query}"

    def key(self, name: str) -> str:
        """Return the object's key of a name under the prefix."""
        return f"{self.prefix}/{name}" if self.prefix else name


@dataclass(frozen=True, slots=True)
class Keys:
    """Who may use a bucket, where the machine itself may not."""

    access_key_id: str
    secret: SecretStr
    session_token: SecretStr | None = None
    """Of temporary credentials only."""

    @classmethod
    def parse(cls, written: SecretStr) -> Self:
        """Read `ACCESS_KEY_ID:SECRET` or `ACCESS_KEY_ID:SECRET:SESSION_TOKEN`.

        Raises:
            InvalidInput: it is neither. It is never repeated.
        """
        identity, _, rest = written.get_secret_value().strip().partition(":")
        secret, _, token = rest.partition(":")
        if not identity or not secret:
            shape = "Expected ACCESS_KEY_ID:SECRET, with :SESSION_TOKEN behind it for temporary credentials."
            raise InvalidInput("The keys of a bucket cannot be read.", hint=shape)
        return cls(identity, SecretStr(secret), SecretStr(token) if token else None)

    @property
    def written(self) -> SecretStr:
        """The keys in one, as `parse` reads them."""
        secrets = (key.get_secret_value() for key in (self.secret, self.session_token) if key)
        return SecretStr(":".join((self.access_key_id, *secrets)))


def _endpoint(url: str) -> str:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise InvalidInput("The vault's endpoint cannot be read.", hint=_SHAPE) from None
    if "@" in parts.netloc:
        raise InvalidInput("The vault's endpoint holds a credential.", hint=_CREDENTIALS)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
        raise InvalidInput("The vault's endpoint is no http or https URL.", hint=_SHAPE)
    return url.rstrip("/")
