"""Buy one take without Prefect: `python -m support.buy ENTRY.json REQUEST.json [ON_SUSPECT]` prints the clip."""

from __future__ import annotations

import asyncio
import sys
from decimal import Decimal
from pathlib import Path

from reelwright.catalogue import Entry
from reelwright.errors import ReelwrightError
from reelwright.ledger.values import Purpose
from reelwright.models.video.contract import VideoRequest
from reelwright.settings import Settings
from reelwright.studio import open_studio
from reelwright.takes.buy import buy
from reelwright.takes.desk import Desk
from reelwright.takes.values import Terms


def main() -> None:
    """Buy and print."""
    entry = Entry.model_validate_json(Path(sys.argv[1]).read_bytes())
    request = VideoRequest.model_validate_json(Path(sys.argv[2]).read_bytes())
    terms = Terms.model_validate(
        {
            "purpose": Purpose(episode="test", caps={"episode test": Decimal(5)}),
            "on_suspect": (sys.argv[3:] or ["next_model"])[0],
        }
    )
    try:
        print(asyncio.run(buy(Desk(open_studio(Settings())), entry, request, terms)).model_dump_json())  # noqa: T201
    except ReelwrightError as error:
        print(error.code, error, file=sys.stderr)  # noqa: T201
        raise SystemExit(error.exit_code) from None


if __name__ == "__main__":
    main()
