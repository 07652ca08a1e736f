"""How many jobs a model works on at once, across all runs of one server: Prefect's global concurrency limits."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate, GlobalConcurrencyLimitUpdate
from prefect.concurrency.asyncio import concurrency

_PREFIX = "reelwright "
_LEASE_SECONDS = 120


async def read_limits() -> dict[str, int]:
    """Return the limits that this server has, by model."""
    found: dict[str, int] = {}
    async with get_client() as client:
        while page := await client.read_global_concurrency_limits(limit=200, offset=len(found)):
            found |= {limit.name: limit.limit for limit in page if limit.active}
            if len(page) < 200:  # noqa: PLR2004 - the page's own size
                break
    return {name.removeprefix(_PREFIX): limit for name, limit in found.items() if name.startswith(_PREFIX)}


async def set_limits(wanted: Mapping[str, int]) -> None:
    """Create or change the limits of models; 0 takes one away."""
    there = await read_limits()
    async with get_client() as client:
        for model, limit in wanted.items():
            name = _PREFIX + model
            if not limit and model in there:
                await client.delete_global_concurrency_limit_by_name(name)
            elif limit and model in there:
                await client.update_global_concurrency_limit(name, GlobalConcurrencyLimitUpdate(limit=limit))
            elif limit:
                await client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=name, limit=limit))


@contextlib.asynccontextmanager
async def a_place_at(model: str, limits: Mapping[str, int]) -> AsyncIterator[None]:
    """Wait for a place at a model, if there is a limit, and hold it; a lost lease stops no paid job."""
    if model not in limits:
        yield
        return
    async with concurrency(
        _PREFIX + model, occupy=1, lease_duration=_LEASE_SECONDS, strict=True, raise_on_lease_renewal_failure=False
    ):
        yield
