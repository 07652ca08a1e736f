"""Steps of `prefect deploy` (see `build` in prefect.yaml): what would go wrong at night goes wrong at once."""

from __future__ import annotations

import os
import re
from pathlib import Path

from prefect.utilities.asyncutils import run_coro_as_sync

from flows.commands.series_deploy import differences, wanted_deployments
from flows.commands.series_server import prune
from reelwright.errors import InvalidInput

_VARIABLE = re.compile(r"\{\{\s*\$([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


def prepare(prefect_file: str) -> dict[str, str]:
    """Look whether a file that deploys can be deployed, and take from the server what no series has any more.

    Raises:
        InvalidInput: a variable that it needs is not set, or its schedules are not those of the series files.
    """
    path = Path(prefect_file)
    text = path.read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    needed = dict.fromkeys(name for line in lines for name in _VARIABLE.findall(line))
    unset = [name for name in needed if not os.environ.get(name)]
    if unset:
        raise InvalidInput(
            f"{prefect_file} needs {', '.join(unset)}, and nobody has set it.",
            hint=f"export {unset[0]}=… and deploy again; nothing was deployed.",
        )
    wanted = wanted_deployments()
    stale = differences(path, wanted)
    if stale:
        raise InvalidInput(
            f"{prefect_file} is not what the series files say: {'; '.join(stale)}.",
            hint="Bring it up to date: reelwright series deploy",
        )
    pruned = run_coro_as_sync(prune(wanted, take_away=True)) or ()
    return {"pruned": ", ".join(pruned)}
