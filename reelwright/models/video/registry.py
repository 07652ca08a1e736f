"""The protocols of video models: a new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reelwright.models.bench import Bench, builder
from reelwright.models.video.contract import VideoModel

if TYPE_CHECKING:
    from reelwright.catalogue import Entry

PROTOCOLS: Mapping[str, str] = {
    "animatic": "reelwright.models.video.animatic",
    "ark": "reelwright.models.video.ark",
    "fal": "reelwright.models.video.fal",
    "gemini-omni": "reelwright.models.video.gemini_omni",
    "kling": "reelwright.models.video.kling",
    "ltx": "reelwright.models.video.ltx",
    "minimax": "reelwright.models.video.minimax",
    "openai-videos": "reelwright.models.video.openai_videos",
    "replicate": "reelwright.models.video.replicate",
    "runway": "reelwright.models.video.runway",
    "veo": "reelwright.models.video.veo",
    "xai": "reelwright.models.video.xai",
}
"""The module whose `build` makes a model that speaks it; imported when it is needed."""


def build(entry: Entry, bench: Bench) -> VideoModel:
    """Return the video model of an entry.

    Raises:
        InvalidInput: this version does not speak its protocol, or its definition does not fit it.
    """
    model: VideoModel = builder(PROTOCOLS, entry)(entry, bench)
    return model
