"""Publish without Prefect: `python -m reelwright.testing.post ENTRY.json EPISODE` prints how it stands then."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from reelwright.errors import ReelwrightError
from reelwright.publishing.contract import ChannelEntry
from reelwright.publishing.desk import PublishingDesk
from reelwright.publishing.outbox import Errand, publish
from reelwright.publishing.release import read_release
from reelwright.publishing.values import Publication
from reelwright.settings import Settings


async def post(desk: PublishingDesk, entry: ChannelEntry, episode: Path, patience_seconds: float) -> Publication:
    """Publish an episode on one channel."""
    channel = desk.channel(entry)
    try:
        errand = Errand(desk, channel, read_release(episode), entry, patience_seconds=patience_seconds)
        return await publish(errand, entry.options)
    finally:
        await channel.aclose()


def main() -> None:
    """Publish and print."""
    entry = ChannelEntry.model_validate_json(Path(sys.argv[1]).read_bytes())
    patience_seconds = float((sys.argv[3:] or ["30"])[0])
    try:
        done = asyncio.run(post(PublishingDesk(Settings()), entry, Path(sys.argv[2]), patience_seconds))
    except ReelwrightError as error:
        print(error.code, error, file=sys.stderr)  # noqa: T201
        raise SystemExit(error.exit_code) from None
    print(done.model_dump_json(exclude={"mine", "is_orphan"}))  # noqa: T201


if __name__ == "__main__":
    main()
