"""`reelwright limits`: the set-up of Prefect's global concurrency limits, one for a model."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from flows.limits import read_limits, set_limits
from reelwright.catalogue import Catalogue
from reelwright.errors import InvalidInput
from tasks.stored import has_server


def set_and_read(wanted: Sequence[str]) -> dict[str, int]:
    """Set limits given as `MODEL=N` on the server that the environment names; return all there are.

    Raises:
        InvalidInput: no server is named, or a limit is none.
    """
    if not has_server():
        raise InvalidInput(
            "Limits hold across the runs of one Prefect server, and none is named.",
            hint="Start one (prefect server start) and set PREFECT_API_URL to its address.",
        )
    asked = dict(_limit(text) for text in wanted)

    async def work() -> dict[str, int]:
        await set_limits(asked)
        return dict(sorted((await read_limits()).items()))

    return asyncio.run(work())


def _limit(text: str) -> tuple[str, int]:
    model, sign, number = text.rpartition("=")
    if not sign or not number.isdigit():
        raise InvalidInput(f"{text!r} is no limit.", hint="Expected MODEL=N, e.g. kling-v3=2.")
    if not set(model).isdisjoint("/%&<>"):
        known = ", ".join(entry.name for entry in Catalogue.load().of("video"))
        raise InvalidInput(f"{model!r} is no name of a model.", hint=f"There are {known}.")
    return model, int(number)
