"""What every model of one call shares: the client of an entry, and the failure of a call that is paid for nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput, ProviderError
from reelwright.models.bench import Bench
from reelwright.models.remote.auth import auth_of
from reelwright.models.remote.kinds import Rule
from reelwright.models.remote.patience import Patience
from reelwright.models.remote.transport import Transport


def client_of(
    entry: Entry,
    bench: Bench,
    *,
    start_seconds: float,
    auth: str = "bearer",
    rules: Sequence[Rule] = (),
    headers: Mapping[str, str] | None = None,
) -> Transport:
    """Return the client of an entry.

    Args:
        entry: Its own `auth` and its option `start_seconds` go before what is told here.
        bench: Holds the key.
        start_seconds: How long the answer to a paid call may take.
        auth: How the protocol sends its key; see `auth_of`.
        rules: The protocol's own failure table.
        headers: The protocol's own, e.g. a version.

    Raises:
        InvalidInput: the entry has no base URL or no model.
    """
    if not entry.base_url or not entry.model:
        raise InvalidInput(
            f"The {entry.kind} model {entry.name!r} needs base_url and model.", hint="See `reelwright models`."
        )
    return Transport(
        vendor=entry.vendor,
        base_url=entry.base_url,
        auth=auth_of(entry.auth or auth, bench.credential),
        model=entry.name,
        rules=rules,
        headers={**(headers or {}), **entry.headers},
        query=entry.query,
        patience=Patience(start_seconds=float(entry.options.get("start_seconds", start_seconds))),
    )


def unusable(transport: Transport, kind: FailureKind, words: str, *, hint: str = "") -> ProviderError:
    """Return the error of a call that the vendor answered, and billed, without what was asked for."""
    return ProviderError(
        transport.clean(f"{transport.vendor}: {words}"),
        provider=transport.vendor,
        model=transport.model,
        kind=kind,
        billed=True,
        hint=hint,
    )
