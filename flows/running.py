"""Run a flow from the command line: on the server the person has, else on one of its own for this run."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

from flows.local_server import local_server, wait_until_ready
from reelwright.recipe import Recipe
from reelwright.stages.episode import Episode
from reelwright.storyboard import Brief
from tasks.progress import Listener


def run_episode(brief: Brief, recipe: Recipe, out: str, listener: Listener) -> tuple[Episode, str]:
    """Run `produce_episode`; return the episode and the flow run's id.

    Raises:
        ReelwrightError: what the flow raised.
    """
    with _server() as own:
        # Prefect is imported (a second) while the server is still starting on the other core.
        from flows.episode import produce_episode  # noqa: PLC0415
        from tasks.progress import listening  # noqa: PLC0415

        if own:
            wait_until_ready(own)

        async def run() -> tuple[Episode, str]:
            with listening(listener):
                state = await produce_episode(brief, recipe, out, return_state=True)
            return await state.aresult(), str(state.state_details.flow_run_id or "")

        return asyncio.run(run())


@contextlib.contextmanager
def _server() -> Iterator[str]:
    """Yield the address of a server of our own, or nothing when the person's environment names one."""
    if os.environ.get("PREFECT_API_URL") or _profile_names_server():
        yield ""
        return
    with local_server() as address:
        os.environ["PREFECT_API_URL"] = address
        try:
            yield address
        finally:
            del os.environ["PREFECT_API_URL"]


def _profile_names_server() -> bool:

    home = Path(os.environ.get("PREFECT_HOME", Path.home() / ".prefect"))
    try:
        profiles = tomllib.loads((home / "profiles.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    active = profiles.get("profiles", {}).get(os.environ.get("PREFECT_PROFILE", profiles.get("active", "")), {})
    return bool(active.get("PREFECT_API_URL"))
