"""From what a platform says to what a person should do: the kind's table of documented errors, then its HTTP status."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reelwright.models.remote.answers import shortened
from reelwright.publishing.contract import Refused
from reelwright.publishing.rules import LATER, KnownError, RefusalKind

_BY_STATUS: dict[int, tuple[RefusalKind, str]] = {
    401: (RefusalKind.SIGN_IN, "Sign in again: `reelwright auth`, with the name of the platform."),
    403: (RefusalKind.PERMISSION, "See that the account and the app may do this, then publish again."),
    429: (RefusalKind.BUSY, "Nothing: it is tried again later."),
}
_BUSY = (RefusalKind.BUSY, "Nothing: it is tried again later.")
_STRANGE = (RefusalKind.UNKNOWN, "Read what the platform says; publish again when it is mended.")
_SERVER_ERRORS = 500


def refusal_of(
    errors: Sequence[KnownError],
    names: Iterable[str],
    words: str,
    *,
    status: int | None = None,
    retry_after_seconds: float | None = None,
    remote_id: str = "",
) -> Refused:
    """Return what a refusal means.

    Args:
        errors: The kind's documented errors.
        names: What the platform calls this one, the most exact first: `9/2207042`, then `9`.
        words: What it says, in its words.
        status: The HTTP status.
        retry_after_seconds: The platform's wish when to come back.
        remote_id: What is left on the platform.
    """
    asked = [name for name in names if name]
    known = {error.name: error for error in reversed(errors)}
    found = next((known[name] for name in asked if name in known), None)
    tag = asked[0] if asked else f"HTTP {status}" if status else ""
    reason = f"{shortened(words)} ({tag})" if words and tag and tag not in words else shortened(words) or tag
    kind, person_should = (found.kind, found.person_should) if found else _by_status(status)
    wait = retry_after_seconds if retry_after_seconds is not None else found.retry_after_seconds if found else None
    return Refused(
        kind=kind,
        reason=reason or "no reason given",
        person_should=person_should,
        retry_after_seconds=wait if kind in LATER else None,
        remote_id=remote_id,
    )


def _by_status(status: int | None) -> tuple[RefusalKind, str]:
    if status is not None and status >= _SERVER_ERRORS:
        return _BUSY
    return _BY_STATUS.get(status or 0, _STRANGE)
