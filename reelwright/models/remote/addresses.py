"""Addresses of vendors: what a key is bound to, and what an address must not carry."""

from __future__ import annotations

from urllib.parse import urlsplit

from reelwright.errors import InvalidInput


def origin_of(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of a URL: what a key is bound to."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or {"https": 443, "http": 80}.get(scheme, 0)


def checked_base_url(url: str) -> str:
    """Return the URL without a slash at its end.

    Raises:
        InvalidInput: not http(s), or with a user, password, query or fragment in it.
    """
    try:
        parts, origin = urlsplit(url), origin_of(url)
    except ValueError:
        raise InvalidInput("This base_url is no URL.", hint="Write it as https://host/v1.") from None
    if parts.scheme not in {"http", "https"} or not origin[1]:
        raise InvalidInput(f"{url.partition('?')[0]!r} is no base URL.", hint="Write it as https://host/v1.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise InvalidInput(
            f"The base_url of {parts.hostname} carries more than an address.",
            hint="A key goes into `api_key`, query fields into `query`.",
        )
    return url.rstrip("/")
