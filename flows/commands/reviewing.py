"""The reviews that wait on a Prefect server: listed, and answered once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import PrefectException
from prefect.utilities.urls import url_for

from flows.unanswered import unanswered
from reelwright.errors import InvalidInput
from reelwright.values import Value

_DECISIONS = {"storyboard": ("approve", "reject"), "publish": ("approve", "send back", "reject")}
_TRIES = 20
_SHORTEST = 6
"""Characters of a run's id that a person has to type at least."""


class Waiting(Value):
    """A review that waits for a person."""

    run: str
    name: str
    review: str
    """`storyboard` or `publish`."""
    since: datetime
    until: datetime | None
    page: str


async def waiting() -> tuple[Waiting, ...]:
    """Return the reviews that wait, the oldest first.

    Raises:
        ProviderError: the server does not answer.
    """
    try:
        async with get_client() as client:
            return tuple(_told(run) for run in await _suspended(client))
    except (httpx.HTTPError, PrefectException) as error:
        raise unanswered(error) from error


async def decide(run: str, decision: str, *, reviewer: str, note: str) -> Waiting:
    """Answer a review: `run` is the id of its run, the beginning of it, or its name.

    Raises:
        InvalidInput: no such review waits, somebody has decided already, or it knows no such decision.
        ProviderError: the server does not answer.
    """
    try:
        async with get_client() as client:
            found = _one_of(await _suspended(client), run)
            review = _told(found)
            if decision not in _DECISIONS[review.review]:
                known = ", ".join(_DECISIONS[review.review])
                raise InvalidInput(f"A review of the {review.review} knows no {decision!r}.", hint=f"It knows {known}.")
            answer = {"decision": decision, "reviewer": reviewer, "note": note}
            result = await _answered(client, found, answer)
    except (httpx.HTTPError, PrefectException) as error:
        if isinstance(error, httpx.HTTPStatusError) and error.response.status_code == httpx.codes.CONFLICT:
            raise _too_late(run) from error
        raise unanswered(error) from error
    status = str(getattr(result.status, "value", result.status))
    if status == "REJECT":
        raise InvalidInput(f"The answer was refused: {getattr(result.details, 'reason', '')}")
    if status != "ACCEPT":
        raise _too_late(run)
    return review


async def _answered(client: PrefectClient, run: FlowRun, answer: dict[str, str]) -> Any:
    """Answer a review; one that has only just begun to wait has not shown its form yet."""
    for _ in range(_TRIES):
        result = await client.resume_flow_run(run.id, run_input=answer)
        if "schema not found" not in str(getattr(result.details, "reason", "")):
            break
        await asyncio.sleep(1)
    return result


async def _suspended(client: PrefectClient) -> list[FlowRun]:
    """Return the runs that wait for an answer; Prefect ends those whose time is over some seconds later."""
    wanted = FlowRunFilter.model_validate({"state": {"type": {"any_": [StateType.PAUSED]}}})
    runs = await client.read_flow_runs(flow_run_filter=wanted, limit=200)
    ours = [run for run in runs if _kind_of(run) in _DECISIONS and not _is_over(run)]
    return sorted(ours, key=lambda run: run.state.timestamp if run.state else run.id.hex)


def _kind_of(run: FlowRun) -> str:
    key = run.state.state_details.pause_key if run.state else None
    return (key or "").rpartition("-")[0]


def _is_over(run: FlowRun) -> bool:
    until = run.state.state_details.pause_timeout if run.state else None
    return until is not None and until <= datetime.now(UTC)


def _one_of(runs: list[FlowRun], wanted: str) -> FlowRun:
    fitting = [
        run
        for run in runs
        if run.name == wanted or (len(wanted) >= _SHORTEST and str(run.id).startswith(wanted.lower()))
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise InvalidInput(f"{len(fitting)} runs are called {wanted!r}.", hint="Name one by its id (review list).")
    hint = "Somebody may have decided already, or its time is over: reelwright review list"
    raise InvalidInput(f"No review of {wanted!r} waits.", hint=hint)


def _told(run: FlowRun) -> Waiting:
    details: Any = run.state.state_details if run.state else None
    return Waiting(
        run=str(run.id),
        name=run.name,
        review=_kind_of(run),
        since=run.state.timestamp if run.state else run.created,
        until=details.pause_timeout if details else None,
        page=url_for("flow-run", obj_id=run.id) or "",
    )


def _too_late(run: str) -> InvalidInput:
    return InvalidInput(f"The review of {run!r} is decided already.", hint="Its page shows by whom, and what was said.")
