"""What can go wrong, and what a program does about it: one tree, each branch with what is needed to go on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, assert_type

from reelwright import (
    AllModelsFailed,
    BudgetExceeded,
    EpisodeIncomplete,
    FailureKind,
    InvalidInput,
    PlanRefused,
    ProviderError,
    ReelwrightError,
    StartAmbiguous,
)


def told(error: ReelwrightError) -> str:
    """Say what a person has to do."""
    match error:
        case PlanRefused():
            return "\n".join(error.problems)
        case InvalidInput():
            return f"{error.message} {error.hint}"
        case BudgetExceeded():
            missing = assert_type(error.used_usd + error.wanted_usd - error.limit_usd, Decimal)
            return f"{error.cap} needs ${missing} more"
        case EpisodeIncomplete():
            return "\n".join(f"shot {number}: {told(cause)}" for number, cause in error.causes)
        case AllModelsFailed():
            return "ask a lawyer" if is_blocked(error) else "\n".join(map(told, error.causes))
        case StartAmbiguous():
            return f"look at {error.provider}'s page whether a job of {error.model} runs"
        case ProviderError():
            return f"{error.provider}: {error.kind}"
        case _:
            return str(error)


def is_blocked(error: AllModelsFailed) -> bool:
    """Whether every model's filter has blocked a shot."""
    kinds = assert_type(error.kinds, tuple[FailureKind, ...])
    return all(kind is FailureKind.MODERATED for kind in kinds)


def try_again_in(error: ReelwrightError) -> float | None:
    """Return after how many seconds the same may go well; `None`: it will not."""
    if not error.retryable:
        return None
    return (error.retry_after_seconds if isinstance(error, ProviderError) else None) or 60.0


def for_a_log(error: ReelwrightError) -> dict[str, Any]:
    """Return it as plain JSON; a program knows it by its `code`."""
    assert_type(error.code, str)
    return error.to_json()


def our_own(shot: int) -> AllModelsFailed:
    """Raise as Reelwright does: what catches theirs catches ours."""
    busy = ProviderError("the house's GPU restarts", provider="house", kind=FailureKind.BUSY, hint="Wait a minute.")
    return AllModelsFailed.of(f"shot {shot}", busy)


def wrong(error: ProviderError) -> None:
    """What an editor underlines."""
    ProviderError("it is busy")  # type: ignore[call-arg]  # whose error is it?
    ProviderError("it is busy", provider="house", kind="busy")  # type: ignore[arg-type]
    AllModelsFailed.of("shot 1", ValueError("no"))  # type: ignore[arg-type]
    error.retry_after_seconds + 1  # type: ignore[operator]  # not every vendor tells
