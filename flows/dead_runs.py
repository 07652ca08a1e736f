"""Runs whose machine is gone: found by their silence, and ended, so that they hold nobody's place for ever.

An automation on the server does the same and is quicker (see `flows.automations`), but it knows only what it has seen:
a server that was away for longer than its patience has forgotten whom it waited for.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import FlowFilter, FlowRunFilter
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import PrefectException
from prefect.states import Crashed

from flows.automations import patience, silent_for, start_patience
from flows.form import FLOWS
from flows.unanswered import unanswered

_PAGE = 200
_UNHEARD = timedelta(days=1)
"""A run that was never heard of may live behind a network that lets no events through: it gets this long."""


async def end_dead_runs() -> tuple[str, ...]:
    """End the runs of ours that have given no sign of life for too long; return their names.

    A server that was away has heard nobody: it has to be up for as long as `patience` says before it is asked.

    Raises:
        ProviderError: the server does not answer.
    """
    now = datetime.now(UTC)
    ended: list[str] = []
    try:
        async with get_client() as client:
            for state, within in ((StateType.RUNNING, patience()), (StateType.PENDING, start_patience())):
                for run in await _quiet(client, state, now - within):
                    if state == StateType.PENDING or await _is_silent(client, run, now, within):
                        await client.set_flow_run_state(run.id, Crashed(message=silent_for(within)))
                        ended.append(run.name)
    except (httpx.HTTPError, PrefectException) as error:
        raise unanswered(error) from error
    return tuple(ended)


async def _quiet(client: PrefectClient, state: StateType, since: datetime) -> list[FlowRun]:
    """Return our runs that have been in a state since before a moment."""
    ours = FlowFilter.model_validate({"name": {"any_": list(FLOWS)}})
    wanted = FlowRunFilter.model_validate({"state": {"type": {"any_": [state]}}})
    found: list[FlowRun] = []
    while page := await client.read_flow_runs(flow_filter=ours, flow_run_filter=wanted, limit=_PAGE, offset=len(found)):
        found += page
        if len(page) < _PAGE:
            break
    return [run for run in found if run.state and run.state.timestamp < since]


async def _is_silent(client: PrefectClient, run: FlowRun, now: datetime, within: timedelta) -> bool:
    """Whether the last sign of life of a run that works is too long ago."""
    wanted: dict[str, Any] = {
        "event": {"name": ["prefect.flow-run.heartbeat"]},
        "resource": {"id": [f"prefect.flow-run.{run.id}"]},
        "occurred": {"since": (run.created or now - _UNHEARD).isoformat(), "until": now.isoformat()},
        "order": "DESC",
    }
    answer = await client.request("POST", "/events/filter", json={"filter": wanted, "limit": 1})
    signs = answer.json()["events"]
    if signs:
        return datetime.fromisoformat(signs[0]["occurred"]) < now - within
    return run.state is not None and run.state.timestamp < now - _UNHEARD
