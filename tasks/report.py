"""The report beside the video."""

from __future__ import annotations

import asyncio
from pathlib import Path

from reelwright.report import write_report
from reelwright.stages.episode import Episode
from tasks.stage import stage
from tasks.studio import studio


@stage("report", run_name="episode · report", tags=("publish",))
async def report(episode: Episode) -> str:
    """Write `report.html`, which explains the episode to people; return its path."""
    return str(await asyncio.to_thread(write_report, studio().vault, Path(episode.folder)))
