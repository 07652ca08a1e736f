# ruff: noqa: INP001, S101 - a test, not a package
"""The house's model keeps the contract of video models: `PYTHONPATH=examples pytest examples/test_house_style.py`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from house_style import TRIGGER

from reelwright import FailureKind
from reelwright.models.video.contract import VideoModel
from reelwright.testing import Failure, JobServer, Trial, VideoContract, VideoHarness, studio
from reelwright.testing.servers.video_dialects import VllmOmniServer


class HouseHarness(VideoHarness):
    """The model of `house_style.py` at a strict vLLM-Omni."""

    name = "house-style"
    seconds, size = 4, "720x1280"
    unsupported: Mapping[str, Any] = {"last_frame": True}
    failures: Mapping[str, Failure] = {
        "the job is moderated": Failure(FailureKind.MODERATED, outcome="moderated"),
        "the job breaks": Failure(FailureKind.BUSY, outcome="broken"),
        "queue full": Failure(FailureKind.RATE_LIMITED, status=429, body={"detail": "videoedit_queue_full"}),
    }

    def make_server(self, port: int = 0, state_file: Path | None = None) -> JobServer:
        """Return the server that stands in for the GPU."""
        return VllmOmniServer(port, state_file)

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry: what a recipe says."""
        return {
            "name": "house-style",
            "protocol": "house_style",
            "base_url": f"{server_url}/v1",
            "model": VllmOmniServer.model,
            "api_key": {"env": "REELWRIGHT_TEST_KEY"},
            "seconds": [4, 8, 12],
            "sizes": ["720x1280"],
            "usd_per_second": 0,
            "options": {"dialect": "vllm-omni"},
        }


HOUSE = HouseHarness()


class TestHouseStyle(VideoContract):
    """Everything that a stage relies on."""

    harnesses = (HOUSE,)

    def test_every_prompt_begins_with_the_trigger(self, trial: Trial) -> None:
        """Once, and however often it is adapted."""
        trial.start(trial.harness.request(prompt="A boat"))
        (job,) = trial.server.jobs.values()
        assert job.asked["prompt"].startswith(f"{TRIGGER}A boat")

    def test_another_style_is_another_clip(self, trial: Trial) -> None:
        """The words are in what its clips are found again by."""

        async def identity(model: VideoModel) -> str:
            return model.identity

        assert TRIGGER in trial.use(identity)


def test_a_clip_is_bought_once() -> None:
    """Through the ledger, as a flow does."""
    with studio(HOUSE) as trial:
        assert trial.buy().clip == trial.buy().clip
        assert trial.server.created == 1
