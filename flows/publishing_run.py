"""Run the flow `publication` from the command line: on the server the person has, else on one of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from flows.running import own_server
from reelwright.publishing.contract import ChannelEntry, PostOptions
from reelwright.publishing.posting import Posting
from tasks.progress import Listener


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
