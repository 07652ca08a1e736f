"""Run the flow `publication` from the command line: on the server the person has, else on one of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.commands.command import quiet_prefect
from flows.commands.running import own_server
from reelwright.ledger.database import Database
from reelwright.publishing.choosing import entries_of
from reelwright.publishing.contract import ChannelEntry, PostOptions
from reelwright.publishing.listing import list_publications
from reelwright.publishing.posting import Posting
from reelwright.publishing.release import MANIFEST
from reelwright.recipe import Recipe
from reelwright.settings import Settings
from tasks.progress import Listener
from tasks.stored import stored_keys


def went_out(folder: Path, recipe: Recipe, *, verbose: bool = False) -> list[dict[str, Any]]:
    """Return how a made episode stands on its recipe's channels; what an earlier run has left undone is done first.

    Raises:
        ReelwrightError: what the flow raised.
    """
    entries = entries_of(recipe.channels, stored=stored_keys)
    if not entries:
        return []
    lines = _lines(folder)
    if {entry.called for entry in entries} - {
        line["channel"] for line in lines if line["state"] in {"published", "waiting"}
    }:
        quiet_prefect(verbose=verbose)
        run_publication(str(folder.absolute()), entries, None, 1, lambda _event: None)
        lines = _lines(folder)
    return lines


def _lines(folder: Path) -> list[dict[str, Any]]:
    sha256 = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]["episode.mp4"]
    database = Database(Settings().ledger_url)
    try:
        found = list_publications(database, limit=100_000)
    finally:
        database.close()
    return [line.model_dump(mode="json") for line in found if line.sha256 == sha256]


def run_publication(
    episode: str, channels: Sequence[str | ChannelEntry], options: PostOptions | None, edition: int, listener: Listener
) -> tuple[tuple[Posting, ...], str]:
    """Run `publication`; return the postings and the flow run's id.

    Raises:
        ReelwrightError: what the flow raised.
    """
    with own_server() as own:
        from prefect.logging.handlers import APILogHandler  # noqa: PLC0415 - loads while the server starts

        from flows.publication import publication  # noqa: PLC0415
        from tasks.progress import listening  # noqa: PLC0415

        if own:
            own.wait_until_ready()

        async def run() -> tuple[tuple[Posting, ...], str]:
            try:
                with listening(listener):
                    state = await publication(episode, tuple(channels), options, edition, return_state=True)
            finally:
                # While the server still listens: a log that is sent later ends in a complaint on the terminal.
                await APILogHandler.aflush()
            return await state.aresult(), str(state.state_details.flow_run_id or "")

        return asyncio.run(run())
