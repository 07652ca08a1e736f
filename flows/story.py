"""What a run tells while it works: progress to whoever listens, and artifacts on its page in the Prefect UI."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar
from uuid import UUID

from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)

from reelwright.finished import Finished
from reelwright.plan import Plan
from reelwright.stages.episode import Episode
from tasks.progress import Progress, report

Result = TypeVar("Result")

_STAGES_OF_SHOT = 4
_STAGES_OF_EPISODE = 3


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
        await acreate_table_artifact(
            key="storyboard",
            table=[
                {
                    "shot": shot.number,
                    "says": shot.narration,
                    "shows": shot.picture,
                    "seconds": round(float(shot.seconds), 1),
                    "models": " → ".join(shot.models),
                    "USD": str(shot.usd_low) if shot.usd_low == shot.usd_high else f"{shot.usd_low} to {shot.usd_high}",
                }
                for shot in plan.shots
            ],
            description=f"# {plan.title}\n\nAbout {float(plan.seconds):.0f} s, {plan.output}, at most ${plan.usd_high}",
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
        lines = [
            f"# {episode.title}",
            "| | |\n|---|---|",
            f"| video | `{episode.video}` |",
            f"| length | {float(episode.seconds):.1f} s in {episode.shots} shots |",
            f"| made this time | {episode.made} of {episode.shots} shots |",
            f"| cost | ${episode.usd} |",
            f"| loudness | {episode.integrated_lufs:.1f} LUFS, {episode.true_peak_dbtp:.1f} dBTP |",
            *(f"| warning | {warning} |" for warning in episode.warnings),
        ]
        await acreate_markdown_artifact("\n".join(lines), key="episode", description="The finished episode")
        await aupdate_progress_artifact(self._artifact, progress=100.0)
