"""Poll and collect a job as another process would: `python -m reelwright.testing.elsewhere` reads what it is told."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from reelwright.catalogue import Entry
from reelwright.models.video.contract import Done, Ticket, VideoModel
from reelwright.testing.suite import studio_in
from reelwright.testing.video import finished, with_model


def main() -> None:
    """Read `entry`, `ticket`, `home` and `into` as JSON from standard input, and collect the clip."""
    told = json.load(sys.stdin)
    ticket = Ticket.model_validate(told["ticket"])

    async def collect(model: VideoModel) -> None:
        done, _ = await finished(model, ticket)
        if not isinstance(done, Done):
            raise SystemExit(repr(done))
        await model.collect(ticket, done, Path(told["into"]))

    with_model(studio_in(Path(told["home"])), Entry.model_validate(told["entry"]), collect)


if __name__ == "__main__":
    main()
