"""The report beside the video."""

from __future__ import annotations

import asyncio
from pathlib import Path

from reelwright.cleaning import remember
from reelwright.report import write_report
from reelwright.stages.episode import Episode
from tasks.stage import stage
from tasks.studio import studio


@stage("report", run_name="episode · report", tags=("publish",))
async def report(episode: Episode) -> str:
    """Write `report.html`, which explains the episode to people; return its path."""
    found, folder = studio(), Path(episode.folder)
    # What the episode was made of stays in the vault as long as the episode stays where it lies.
    await asyncio.to_thread(remember, found.vault, folder)
    return str(await write_report(found, folder))
