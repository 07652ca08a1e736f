"""Run a flow from the command line: on the server the person has, else on one of its own for this run."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator, Sequence

from flows.local_server import LocalServer, local_server
from reelwright.recipe import Recipe
from reelwright.stages.episode import Episode
from reelwright.storyboard import Brief
from tasks.progress import Listener
from tasks.stored import has_server


def run_episode(
    brief: Brief, recipe: Recipe, out: str, listener: Listener, fresh: Sequence[int] = ()
) -> tuple[Episode, str]:
    """Run `produce_episode`; return the episode and the flow run's id.

    Raises:
        ReelwrightError: what the flow raised.
    """
    with own_server() as own:
        # Prefect is imported (a second) while the server is still starting on the other core.
        from prefect.logging.handlers import APILogHandler  # noqa: PLC0415

        from flows.episode import produce_episode  # noqa: PLC0415
        from tasks.progress import listening  # noqa: PLC0415

        if own:
            own.wait_until_ready()

        async def run() -> tuple[Episode, str]:
            try:
                with listening(listener):
                    state = await produce_episode(brief, recipe, out=out, fresh=tuple(fresh), return_state=True)
            finally:
                # While the server still listens: a log that is sent later ends in a complaint on the terminal.
                await APILogHandler.aflush()
            return await state.aresult(), str(state.state_details.flow_run_id or "")

        return asyncio.run(run())


def page_of(run_id: str) -> str:
    """Return the address of a run's page, or nothing if the run's server was our own and has ended with it."""
    if not has_server():
        return ""
    from prefect.utilities.urls import url_for  # noqa: PLC0415

    return url_for("flow-run", obj_id=run_id) or ""


@contextlib.contextmanager
def own_server() -> Iterator[LocalServer | None]:
    """Yield a server of our own, perhaps still starting, or nothing when the person's environment names one."""
    if has_server():
        yield None
        return
    with local_server() as server:
        # The plan was made without blocks: what is stored on this server shall not make the run buy more than it told.
        added = {"PREFECT_API_URL": server.address, "REELWRIGHT_STORED_KEYS": "false"}
        before = {name: os.environ.get(name) for name in added}
        os.environ.update(added)
        try:
            yield server
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
