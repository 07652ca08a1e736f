"""What a run tells while it works: progress to whoever listens, and artifacts on its page in the Prefect UI."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from prefect.artifacts import (
    acreate_link_artifact,
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactUpdate

from flows import pages
from flows.links import link_to
from reelwright.finished import Finished
from reelwright.plan import Plan
from reelwright.report.pictures import thumbnail_of
from reelwright.stages.episode import Episode, FinishedShot
from reelwright.stages.shots import StartFrame
from tasks.progress import Progress, report
from tasks.studio import studio

Result = TypeVar("Result")

_STAGES_OF_SHOT = 4
_STAGES_OF_EPISODE = 5
_PAUSE_SECONDS = 2.0
"""Between two updates of what is shown: nobody reads faster, and the server has other things to do."""
_COVER_PIXELS = 120_000


class Story:
    """The telling of one run."""

    def __init__(self, plan: Plan, *, bar: UUID, board: UUID, rows: UUID) -> None:
        self._plan, self._shots = plan, len(plan.shots)
        self._bar, self._board, self._rows = bar, board, rows
        checks = sum(bool(shot.narration) for shot in plan.shots) if plan.narrator != "none" else 0
        silent = self._shots - checks
        self._stages = self._shots * _STAGES_OF_SHOT + checks - silent + _STAGES_OF_EPISODE
        self._done = 0
        self._states: dict[tuple[int, str], str] = {}
        self._pictures: dict[int, bytes] = {}
        self._shown_pictures = 0
        self._last = time.monotonic()

    @classmethod
    async def begin(cls, plan: Plan) -> Story:
        """Show the storyboard with its prices, and how far each shot is."""
        board = await acreate_markdown_artifact(
            pages.storyboard(plan, {}), key="storyboard", description=f"{plan.title}: what is said, seen and paid"
        )
        await acreate_table_artifact(
            pages.prices_before(plan), key="prices", description=f"{plan.title}: what it may cost"
        )
        rows = await acreate_markdown_artifact(
            pages.progress(len(plan.shots), {}), key="shots", description=f"{plan.title}: how far each shot is"
        )
        bar = await acreate_progress_artifact(0.0, key="progress", description=f"{plan.title}: shots and stitch")
        return cls(plan, bar=bar, board=board, rows=rows)

    async def tell(self, shot: int, stage: str, work: Awaitable[Result]) -> Result:
        """Do `work`, telling when it starts and how it ended."""
        self._note(Progress(shot=shot, shots=self._shots, stage=stage, state="started"))
        try:
            result = await work
        except BaseException as error:
            self._note(Progress(shot=shot, shots=self._shots, stage=stage, state="failed", note=str(error)))
            if isinstance(error, Exception):
                await self.show()
            raise
        self._done += 1
        share = min(self._done / self._stages, 1.0)
        found = isinstance(result, Finished) and result.hit
        self._note(Progress(shot=shot, shots=self._shots, stage=stage, state="found" if found else "done", share=share))
        if isinstance(result, StartFrame):
            self._pictures[shot] = await asyncio.to_thread(thumbnail_of, studio().vault, result.picture)
        if shot == 0 or stage == "segment":
            await aupdate_progress_artifact(self._bar, progress=round(share * 100, 1))
        if time.monotonic() - self._last > _PAUSE_SECONDS:
            await self.show()
        return result

    async def end(self, episode: Episode, shots: Sequence[FinishedShot]) -> None:
        """Show the result: the video with its cover and figures, what each shot cost, what the checks found."""
        cover = await asyncio.to_thread(thumbnail_of, Path(episode.folder) / "cover.jpg", "", _COVER_PIXELS)
        await acreate_markdown_artifact(
            pages.episode(episode, cover), key="episode", description="The finished episode"
        )
        if watch := link_to(episode.video):
            play = f"Play {episode.title}"
            await acreate_link_artifact(watch, link_text=play, key="video", description="The episode, in the browser")
        await acreate_table_artifact(
            pages.prices_after(self._plan, shots, episode), key="prices", description=f"{episode.title}: what it cost"
        )
        if found := pages.checks(shots):
            await acreate_table_artifact(found, key="checks", description="What the checks found")
        await self.show()
        await aupdate_progress_artifact(self._bar, progress=100.0)

    def _note(self, event: Progress) -> None:
        self._states[event.shot, event.stage] = event.state
        report(event)

    async def show(self) -> None:
        """Bring the shots' rows up to date, and the storyboard if there are new pictures."""
        self._last = time.monotonic()
        async with get_client() as client:
            await client.update_artifact(self._rows, ArtifactUpdate(data=pages.progress(self._shots, self._states)))
            if len(self._pictures) > self._shown_pictures:
                self._shown_pictures = len(self._pictures)
                board = pages.storyboard(self._plan, self._pictures)
                await client.update_artifact(self._board, ArtifactUpdate(data=board))
