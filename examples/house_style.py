# ruff: noqa: INP001 - a script, not a package
"""A video model of one's own: a self-hosted `/v1/videos` server with a LoRA, told in the words that it was trained on.

A recipe names this file by its module (`PYTHONPATH=examples`), as `examples/house-style.yaml` does:
`PYTHONPATH=examples reelwright make script.md --recipe examples/house-style.yaml`.
"""

from __future__ import annotations

from reelwright.catalogue import Entry
from reelwright.models.bench import Bench
from reelwright.models.video import openai_videos
from reelwright.models.video.contract import VideoRequest
from reelwright.models.video.openai_videos.model import OpenAIVideos

TRIGGER = "rwstyle, hand-painted cel animation, "


class HouseStyle(OpenAIVideos):
    """Every prompt begins with the words that the LoRA listens to; all the rest is the protocol's."""

    @property
    def identity(self) -> str:
        """Another style is another clip: the words are part of every key."""
        return f"{super().identity} {TRIGGER}"

    def adapt(self, request: VideoRequest) -> tuple[VideoRequest, tuple[str, ...]]:
        """Say it in the house's words."""
        if not request.prompt.startswith(TRIGGER):
            request = request.model_copy(update={"prompt": TRIGGER + request.prompt})
        return super().adapt(request)


complete = openai_videos.complete


def build(entry: Entry, bench: Bench) -> HouseStyle:
    """Return the model of an entry."""
    return HouseStyle(entry, bench.vault, bench.credential)
