"""What a run tells while it works: progress to whoever listens, and artifacts on its page in the Prefect UI."""

from __future__ import annotations

from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)

from flows.figures import counted, dollars
from reelwright.finished import Finished
from reelwright.plan import Plan
from reelwright.stages.episode import Episode
from tasks.progress import Progress, report

Result = TypeVar("Result")

_STAGES_OF_SHOT = 4
_STAGES_OF_EPISODE = 4


class Story:
    """The telling of one run."""

    def __init__(self, plan: Plan, artifact: UUID) -> None:
        self._shots, self._artifact = len(plan.shots), artifact
        checks = sum(bool(shot.narration) for shot in plan.shots) if plan.narrator != "none" else 0
        silent = len(plan.shots) - checks
        self._stages = len(plan.shots) * _STAGES_OF_SHOT + checks - silent + _STAGES_OF_EPISODE
        self._done = 0

    @classmethod
    async def begin(cls, plan: Plan) -> Story:
        """Show the storyboard with its prices, and a progress bar."""
        about = f"About {float(plan.seconds):.0f} s, {plan.output}, at most {dollars(plan.usd_high)}."
        await acreate_table_artifact(
            key="storyboard",
            # The page does not wrap a table: what is long stands last.
            table=[
                {
                    "shot": shot.number,
                    "seconds": round(float(shot.seconds), 1),
                    "price": dollars(shot.usd_low, shot.usd_high),
                    "models": " → ".join(shot.models),
                    "says": shot.narration,
                    "shows": shot.picture,
                }
                for shot in plan.shots
            ],
            description="\n\n".join([f"# {plan.title}", about, *(f"Note: {warning}." for warning in plan.warnings)]),
        )
        artifact = await acreate_progress_artifact(0.0, key="progress", description=f"{plan.title}: shots and stitch")
        return cls(plan, artifact)

    async def tell(self, shot: int, stage: str, work: Awaitable[Result]) -> Result:
        """Do `work`, telling when it starts and how it ended."""
        report(Progress(shot=shot, shots=self._shots, stage=stage, state="started"))
        try:
            result = await work
        except BaseException as error:
            report(Progress(shot=shot, shots=self._shots, stage=stage, state="failed", note=str(error)))
            raise
        self._done += 1
        share = min(self._done / self._stages, 1.0)
        found = isinstance(result, Finished) and result.hit
        report(Progress(shot=shot, shots=self._shots, stage=stage, state="found" if found else "done", share=share))
        if shot == 0 or stage == "segment":
            await aupdate_progress_artifact(self._artifact, progress=round(share * 100, 1))
        return result

    async def end(self, episode: Episode) -> None:
        """Show the figures of the result."""
        await acreate_markdown_artifact(_figures(episode), key="episode", description="The finished episode")
        await aupdate_progress_artifact(self._artifact, progress=100.0)


def _figures(episode: Episode) -> str:
    again = episode.shots - episode.made
    rows = {
        "video": f"`{Path(episode.video).resolve()}`",
        "length": f"{float(episode.seconds):.1f} s in {counted(episode.shots, 'shot')}",
        "this run": f"{counted(episode.made, 'shot')} made, {again} found again",
        "cost": dollars(episode.usd),
        "saved": f"{dollars(episode.saved_usd)} for what was found again",
        "loudness": f"{episode.integrated_lufs:.1f} LUFS, true peak {episode.true_peak_dbtp:.1f} dBTP",
    }
    lines = [f"| {name} | {text} |" for name, text in rows.items()]
    lines += [f"| note | {_in_a_cell(warning)} |" for warning in episode.warnings]
    return "\n".join([f"# {episode.title}", "", "| | |", "|---|---|", *lines])


def _in_a_cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
