"""Series on a Prefect server: what no series file has any more stops running there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags
from prefect.client.schemas.responses import DeploymentResponse

from flows.commands.series_schedules import TAG

IMAGE_FOLDER = "/srv/reelwright"
"""Where the clone lies in the image that deployments/Dockerfile makes."""
_PAGE = 200


async def prune(wanted: Sequence[dict[str, Any]], *, take_away: bool) -> tuple[str, ...]:
    """Delete this clone's deployments of series, and their schedules, that are not `wanted`; return what they are.

    Prefect keeps a schedule that has vanished from prefect.yaml, and runs it for ever. With `take_away` false nothing
    is deleted. What other clones have on the same server stays.
    """
    names = {one["name"]: {schedule["slug"] for schedule in one["schedules"]} for one in wanted}
    told: list[str] = []
    async with get_client() as client:
        for deployment in await _ours(client):
            slugs = names.get(deployment.name)
            if slugs is None:
                told.append(deployment.name)
                if take_away:
                    await client.delete_deployment(deployment.id)
                continue
            for schedule in deployment.schedules:
                if schedule.slug not in slugs:
                    told.append(f"{deployment.name}: schedule {schedule.slug or schedule.id}")
                    if take_away:
                        await client.delete_deployment_schedule(deployment.id, schedule.id)
    return tuple(told)


async def _ours(client: PrefectClient) -> list[DeploymentResponse]:
    found: list[DeploymentResponse] = []
    tagged = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    while page := await client.read_deployments(deployment_filter=tagged, limit=_PAGE, offset=len(found)):
        found += page
        if len(page) < _PAGE:
            break
    folders = {str(Path.cwd()), IMAGE_FOLDER}
    return [one for one in found if folders & set(_folders_in(one.pull_steps or []))]


def _folders_in(steps: Sequence[dict[str, Any]]) -> list[str]:
    return [str(given.get("directory", "")) for step in steps for given in step.values() if isinstance(given, dict)]
