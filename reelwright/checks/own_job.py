"""A check of one's own as a job of a worker process: what goes over the line."""

from __future__ import annotations

from typing import Any, Literal

from reelwright.checks.own import ClipSeen, judge
from reelwright.recipe import OwnCheck
from reelwright.values import Value


class OwnCheckJob(Value):
    """Let a check of one's own look at a clip; the answer is a `Verdict`."""

    job: Literal["own-check"] = "own-check"
    own: OwnCheck
    source: str
    """Which version of the check is meant."""
    clip: ClipSeen

    def perform(self) -> dict[str, Any]:
        """Do it in this process."""
        return judge(self.own, self.clip, source=self.source).model_dump(mode="json")
