"""`clean`: what is old and named by nothing goes: runs with their artifacts on the server, bytes in the vault."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from prefect.artifacts import acreate_markdown_artifact
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import ArtifactFilter, FlowFilter, FlowRunFilter
from prefect.client.schemas.objects import TERMINAL_STATES, FlowRun, StateType
from prefect.context import FlowRunContext
from prefect.exceptions import ObjectNotFound
from pydantic import Field

from flows.form import FLOWS, form
from reelwright.cleaning import Swept, named_by_ledger, named_by_manifests, sweep
from reelwright.ledger.database import Database
from reelwright.values import Value
from tasks.studio import studio

_PAGE = 200


class Cleaned(Value):
    """What went, or would go."""

    runs: int
    artifacts: int
    vault: Swept | None
    """Empty: the vault was left alone."""
    note: str = ""


@form("clean")
async def clean(older_than_days: Annotated[int, Field(ge=1)] = 90, dry_run: bool = False) -> Cleaned:
    """Remove old runs, their artifacts, and bytes in the vault that no manifest and no line of the ledger names.

    Args:
        older_than_days: What is younger stays.
        dry_run: Only tell what would go.
    """
    return await clean_up(timedelta(days=older_than_days), dry_run=dry_run)


async def clean_up(
    older_than: timedelta, *, dry_run: bool, folders: tuple[Path, ...] = (), server: bool = True
) -> Cleaned:
    """Do the work of `clean`.

    Args:
        older_than: What is younger stays.
        dry_run: Only count.
        folders: Looked through for manifests, beside those that the vault knows of.
        server: Whether there is a Prefect server; without one, only the vault is cleaned.

    Raises:
        InvalidInput: what is younger than a day would go.
        StorageError: the vault or the ledger cannot be read.
    """
    runs, artifacts, busy = await _clean_server(older_than, dry_run=dry_run) if server else (0, 0, 0)
    swept, note = None, ""
    if busy:
        note = f"{busy} of our runs are at work: the vault is cleaned when none is."
    else:
        swept = await asyncio.to_thread(_clean_vault, older_than, folders, dry_run=dry_run)
    done = Cleaned(runs=runs, artifacts=artifacts, vault=swept, note=note)
    if FlowRunContext.get():
        await acreate_markdown_artifact(told(done, dry_run=dry_run), key="cleaned", description="What went")
    return done


def told(done: Cleaned, *, dry_run: bool) -> str:
    """Return for people what went, or would go."""
    verb = "would go" if dry_run else "went"
    lines = [f"{done.runs} runs and {done.artifacts} artifacts {verb}."]
    if done.vault is not None:
        size = f"{done.vault.size_bytes / 1e6:.1f} MB"
        lines.append(f"{done.vault.objects} files of the vault ({size}) {verb}; {done.vault.kept_objects} stay.")
    return "\n".join([*lines, done.note]).strip()


def _clean_vault(older_than: timedelta, folders: tuple[Path, ...], *, dry_run: bool) -> Swept:
    vault, settings = studio().vault, studio().settings
    database = Database(settings.ledger_url)
    try:
        served = (settings.episodes,) if settings.episodes else ()
        named = named_by_ledger(database) | named_by_manifests(vault, (*folders, *served))
    finally:
        database.close()
    return sweep(vault, named, older_than=older_than, dry_run=dry_run)


async def _clean_server(older_than: timedelta, *, dry_run: bool) -> tuple[int, int, int]:
    """Return how many runs and artifacts went, and how many of our runs are at work."""
    before = datetime.now(UTC) - older_than
    ours = FlowFilter.model_validate({"name": {"any_": list(FLOWS)}})
    ended = {"state": {"type": {"any_": list(TERMINAL_STATES)}}, "end_time": {"before_": before}}
    working = {"state": {"type": {"any_": [StateType.RUNNING]}}}
    me = FlowRunContext.get()
    async with get_client() as client:
        running = await _read(client, ours, working)
        busy = sum(me is None or me.flow_run is None or run.id != me.flow_run.id for run in running)
        runs = await _read(client, ours, ended)
        artifacts = 0
        for run in runs:
            artifacts += await _forget(client, run, dry_run=dry_run)
    return len(runs), artifacts, busy


async def _read(client: PrefectClient, ours: FlowFilter, wanted: dict[str, Any]) -> list[FlowRun]:
    found: list[FlowRun] = []
    which = FlowRunFilter.model_validate(wanted)
    while page := await client.read_flow_runs(flow_filter=ours, flow_run_filter=which, limit=_PAGE, offset=len(found)):
        found += page
        if len(page) < _PAGE:
            break
    return found


async def _forget(client: PrefectClient, run: FlowRun, *, dry_run: bool) -> int:
    """Remove a run and its artifacts; return how many of those there were."""
    its = ArtifactFilter.model_validate({"flow_run_id": {"any_": [run.id]}})
    artifacts = await client.read_artifacts(artifact_filter=its, limit=_PAGE)
    if not dry_run:
        for artifact in artifacts:
            try:
                await client.delete_artifact(artifact.id)
            except ObjectNotFound:
                continue
        await client.delete_flow_run(run.id)
    return len(artifacts)
