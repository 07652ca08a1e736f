"""The options of `reelwright up`, apart from its work: the command line loads no Prefect to explain itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.command import AsJson, quiet_prefect, reported


@reported
def up(
    port: Annotated[int, typer.Option("--port", "-p", min=1, max=65535, help="Where the UI is to be found.")] = 4200,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what is missing; exit code 1 if anything is.")
    ] = False,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder of the episodes that the UI links to and plays.")
    ] = Path("out"),
    as_json: AsJson = False,
) -> None:
    """Start Prefect with its UI and a worker, and set up all they need. Stays until Ctrl-C; doing it again is harmless.

    Where PREFECT_API_URL names a server, that one is set up, and the worker works for it.
    """
    quiet_prefect()
    from flows.commands import up_work as work  # noqa: PLC0415 - loads Prefect

    try:
        in_place = work.up(port=port, check=check, as_json=as_json, episodes=out)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    if not in_place:
        raise typer.Exit(1)
