"""What a Prefect server needs before people can live in its UI: looked for, and made where it is missing.

Each part is looked at first and touched only when it is missing or out of date, so that doing it again changes nothing
and what a person has changed by hand stays.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import httpx
from prefect import __version__ as prefect_version
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import VariableCreate, VariableUpdate, WorkPoolCreate
from prefect.exceptions import ObjectNotFound, PrefectException
from prefect.flows import load_flow_from_entrypoint
from ruamel.yaml import YAML

from blocks import ALL
from flows.automations import NOTIFICATION_BLOCK, wanted_automations
from flows.commands.up_work import POOL
from flows.figures import counted
from flows.limits import read_limits, set_limits
from flows.unanswered import unanswered
from reelwright.catalogue import Catalogue
from reelwright.errors import ReelwrightError
from reelwright.values import Value
from tasks.stored import stored_keys

JOBS_AT_ONCE = 4
"""At one model, until a person sets another limit: what the smallest accounts of most vendors allow."""
_MEMORY = "reelwright_up"
_DEPLOY_SECONDS = 300


class Part(Value):
    """One part of the set-up, and how it is."""

    part: str
    state: Literal["found", "made", "started", "missing", "note"]
    detail: str
    what_to_do: str = ""


class NotSetUp(ReelwrightError):
    """A part of the set-up could not be made."""

    code = "not_set_up"


Look = Callable[[PrefectClient, bool], Awaitable[Part]]


async def set_up(*, make: bool) -> tuple[Part, ...]:
    """Look at every part on the server that the environment names; `make` what is missing.

    Raises:
        ProviderError: the server does not answer.
        NotSetUp: a part could not be made.
    """
    looks: tuple[Look, ...] = (_blocks, _work_pool, _limits, _deployments, _automations, _notifications)
    try:
        async with get_client() as client:
            return tuple([await look(client, make) for look in looks])
    except (httpx.HTTPError, PrefectException) as error:
        raise unanswered(error) from error


async def _blocks(client: PrefectClient, make: bool) -> Part:
    there = {block_type.slug: block_type.id for block_type in await client.read_block_types()}
    schemas = {(schema.block_type_id, schema.checksum) for schema in await client.read_block_schemas()}
    lacking = [
        kind
        for kind in ALL
        if (there.get(kind.get_block_type_slug()), kind._calculate_schema_checksum()) not in schemas  # noqa: SLF001
    ]
    if make:
        for kind in lacking:
            await kind.aregister_type_and_schema(client=client)
    names = ", ".join(kind.get_block_type_name() for kind in lacking)
    return _part("blocks", lacking, make, found=f"{len(ALL)} kinds of keys and vaults", lacking_detail=names)


async def _work_pool(client: PrefectClient, make: bool) -> Part:
    try:
        pool = await client.read_work_pool(POOL)
    except ObjectNotFound:
        if make:
            wanted = WorkPoolCreate(name=POOL, type="process", description="Runs Reelwright's flows on this machine.")
            await client.create_work_pool(wanted)
        return _part("work pool", [POOL], make, lacking_detail=POOL)
    if pool.is_paused:
        what = "Resume it on the Work Pools page: nothing runs meanwhile."
        return Part(part="work pool", state="note", detail=f"{POOL} is paused", what_to_do=what)
    return Part(part="work pool", state="found", detail=f"{POOL} ({pool.type})")


async def _limits(client: PrefectClient, make: bool) -> Part:
    """Set a limit once for each remote model that can be used; one that a person takes away stays away."""
    memory = await _remembered(client)
    known = set(memory.get("limits", ())) | set(await read_limits())
    today = datetime.now(UTC).date()
    usable = [
        entry.name
        for entry in Catalogue.load().of("video")
        if not entry.is_local and not entry.why_not(today, stored=stored_keys)
    ]
    lacking = [name for name in usable if name not in known]
    if make and lacking:
        await set_limits(dict.fromkeys(lacking, JOBS_AT_ONCE))
        await _remember(client, memory | {"limits": sorted(known | set(lacking))})
    found = f"{counted(len(usable), 'remote model')} with a key; change them with: reelwright limits MODEL=N"
    return _part("limits", lacking, make, found=found, lacking_detail=", ".join(lacking))


async def _deployments(client: PrefectClient, make: bool) -> Part:
    file = deployment_file()
    if file is None:
        what = "Run it in the clone, where prefect.yaml lies."
        return Part(part="deployments", state="missing", detail="there is no prefect.yaml here", what_to_do=what)
    wanted: list[dict[str, Any]] = YAML(typ="safe").load(file)["deployments"]
    there = {(one.name, one.entrypoint) for one in await client.read_deployments(limit=200)}
    memory = await _remembered(client)
    digest = _digest(file, wanted)
    lacking = [one["name"] for one in wanted if (one["name"], one["entrypoint"]) not in there]
    if not lacking and memory.get("deployed") != digest:
        lacking = ["prefect.yaml or a form has changed"]
    if make and lacking:
        await asyncio.to_thread(_deploy, file)
        await _give_forms(client)
        await _remember(client, memory | {"deployed": digest})
    found = ", ".join(one["name"] for one in wanted)
    return _part("deployments", lacking, make, found=found, lacking_detail=", ".join(lacking))


async def _automations(client: PrefectClient, make: bool) -> Part:
    wanted = wanted_automations(await _notification_block(client))
    there = {one.name: one for one in await client.read_automations()}
    lacking: list[str] = []
    for automation in wanted:
        old = there.get(automation.name)
        if old is not None and _same(old, automation):
            continue
        lacking.append(automation.name)
        if make and old is None:
            await client.create_automation(automation)
        elif make and old is not None:
            await client.update_automation(old.id, automation.model_copy(update={"enabled": old.enabled}))
    found = f"{counted(len(wanted), 'automation')}"
    return _part("automations", lacking, make, found=found, lacking_detail=", ".join(lacking))


async def _notifications(client: PrefectClient, make: bool) -> Part:  # noqa: ARG001 - a person makes it
    if await _notification_block(client) is not None:
        return Part(part="notifications", state="found", detail=f"the block {NOTIFICATION_BLOCK!r} calls a person")
    what = f"Save a notification block (Slack, e-mail, a webhook …) as {NOTIFICATION_BLOCK!r}, then run this again."
    return Part(part="notifications", state="note", detail="nobody is called when something fails", what_to_do=what)


async def _give_forms(client: PrefectClient) -> None:
    """Give each deployment its flow's own form: a deploy from prefect.yaml makes one of the bare function."""
    for one in await client.read_deployments(limit=200):
        if not one.entrypoint or ":" in one.entrypoint or not one.entrypoint.startswith("flows."):
            continue
        schema = load_flow_from_entrypoint(one.entrypoint).parameters.model_dump_for_openapi()
        body = {"parameter_openapi_schema": schema}
        await client.request("PATCH", "/deployments/{id}", path_params={"id": one.id}, json=body)


def _part(name: str, lacking: list[Any], make: bool, *, lacking_detail: str, found: str = "") -> Part:
    if not lacking:
        return Part(part=name, state="found", detail=found)
    what = "" if make else "reelwright up"
    return Part(part=name, state="made" if make else "missing", detail=lacking_detail, what_to_do=what)


async def _notification_block(client: PrefectClient) -> Any:
    for document in await client.read_block_documents(limit=200):
        schema = document.block_schema
        if document.name == NOTIFICATION_BLOCK and schema and "notify" in schema.capabilities:
            return document.id
    return None


def deployment_file() -> Path | None:
    """Return the prefect.yaml of the folder one stands in, else of the clone that this code lies in."""
    places = (Path.cwd(), Path(__file__).parents[1])
    return next((place / "prefect.yaml" for place in places if (place / "prefect.yaml").is_file()), None)


def _deploy(file: Path) -> None:
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", file.name]
    done = subprocess.run(
        command, cwd=file.parent, capture_output=True, text=True, timeout=_DEPLOY_SECONDS, check=False
    )
    if done.returncode:
        told = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise NotSetUp(f"prefect deploy failed: {' '.join(told[-3:])}", hint=f"Try it: {' '.join(command[2:])}")


def _digest(file: Path, deployments: list[dict[str, Any]]) -> str:
    """What a deployment is made of: the file as it stands, its place, and the forms of its flows."""
    forms = [load_flow_from_entrypoint(one["entrypoint"]).parameters.model_dump() for one in deployments]
    told = json.dumps([str(file), file.read_text("utf-8"), forms, prefect_version], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def _same(old: Any, wanted: Any) -> bool:
    """Whether an automation does what is wanted; whether a person has paused it does not matter."""
    parts = {"description", "trigger", "actions"}
    there, here = (one.model_dump(mode="json", include=parts) for one in (old, wanted))
    return bool(_without_ids(there) == _without_ids(here))


def _without_ids(value: Any) -> Any:
    match value:
        case dict():
            return {name: _without_ids(inner) for name, inner in value.items() if name != "id"}
        case list():
            # A database may give the names in another order.
            return sorted((_without_ids(inner) for inner in value), key=lambda one: json.dumps(one, sort_keys=True))
        case _:
            return value


async def _remembered(client: PrefectClient) -> dict[str, Any]:
    variable = await client.read_variable_by_name(_MEMORY)
    value = json.loads(variable.value) if variable and isinstance(variable.value, str) else {}
    return value if isinstance(value, dict) else {}


async def _remember(client: PrefectClient, memory: dict[str, Any]) -> None:
    told = json.dumps(memory)
    if await client.read_variable_by_name(_MEMORY) is None:
        await client.create_variable(VariableCreate(name=_MEMORY, value=told))
    else:
        await client.update_variable(VariableUpdate(name=_MEMORY, value=told))
