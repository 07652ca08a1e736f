"""Run a series from the command line: on the server the person has, else on one of its own for this run."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from flows.commands.running import own_server
from reelwright.series.production import SeriesReport


def run_series(file: Path, slots: Sequence[str], now: datetime | None, out: str) -> SeriesReport:
    """Run `produce_series`.

    Raises:
        SeriesIncomplete: slots stayed open; it tells of the others too.
        ReelwrightError: what else the flow raised.
    """
    moment = None if now is None else now.replace(tzinfo=UTC)
    with own_server() as own:
        # Prefect is imported (a second) while the server is still starting on the other core.
        from prefect.logging.handlers import APILogHandler  # noqa: PLC0415

        from flows.series import produce_series  # noqa: PLC0415

        if own:
            own.wait_until_ready()

        async def run() -> SeriesReport:
            try:
                return await produce_series(str(file), tuple(slots), moment, out)
            finally:
                # While the server still listens: a log that is sent later ends in a complaint on the terminal.
                await APILogHandler.aflush()

        return asyncio.run(run())
