"""The options of `reelwright clean`, apart from its work."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from flows.commands import terminal
from flows.commands.command import AsJson, print_json, quiet_prefect, reported
from reelwright.errors import InvalidInput
from tasks.stored import has_server

_AGE = re.compile(r"(\d{1,5})([dw])")


@reported
def clean(
    older_than: Annotated[str, typer.Option("--older-than", help="What is younger stays: 90d, 12w.")] = "90d",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would go.")] = False,
    episodes: Annotated[
        list[Path] | None,
        typer.Option("--episodes", help="A folder of episodes that were moved: what they were made of stays."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Remove old runs from your Prefect server, and bytes from the vault that no manifest and no ledger line names."""
    quiet_prefect()
    age = _age(older_than)
    from flows.cleaning import clean_up, told  # noqa: PLC0415 - loads Prefect

    done = asyncio.run(clean_up(age, dry_run=dry_run, folders=tuple(episodes or ()), server=has_server()))
    if as_json:
        print_json(done.model_dump(mode="json"))
    else:
        terminal.note(told(done, dry_run=dry_run))


def _age(text: str) -> timedelta:
    match = _AGE.fullmatch(text)
    if match is None:
        raise InvalidInput(f"--older-than {text!r} is no age.", hint="Expected 30d or 12w.")
    return timedelta(days=int(match[1]) * (7 if match[2] == "w" else 1))
