"""What is said when a Prefect server does not do as it was asked."""

from __future__ import annotations

from reelwright.errors import FailureKind, ProviderError


def unanswered(error: Exception) -> ProviderError:
    """Return our error for one of Prefect's client, or of its connection."""
    return ProviderError(
        f"The Prefect server did not do as asked: {error}".strip(),
        provider="Prefect",
        kind=FailureKind.BUSY,
        hint="Look whether it runs, and whether PREFECT_API_URL is its address.",
    )
