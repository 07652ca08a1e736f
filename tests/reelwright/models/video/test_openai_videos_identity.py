"""What makes another clip at `/v1/videos`, and so another key."""

from __future__ import annotations

from typing import Any

from support.openai_videos_wire import BY_DIALECT, run, sent, start

from reelwright.catalogue import Catalogue
from reelwright.models.video.openai_videos.model import OpenAIVideos
from reelwright.studio import Studio
from reelwright.testing.servers.video_dialects import VllmOmniServer


def test_another_take_is_another_seed(studio: Studio) -> None:
    """The same seed for another take would give the same clip."""
    harness = BY_DIALECT["vllm-omni"]
    with VllmOmniServer() as server:
        for take in (0, 1):
            start(studio, harness.entry(server.url), harness.request(seed=7, take=take))
        seeds = [sent(call)["seed"] for call in server.calls if call.method == "POST"]
    assert seeds == ["7", "8"]


def test_what_makes_another_clip_makes_another_identity(studio: Studio) -> None:
    """Host, model and fixed fields are part of it; the port, the name and the key are not."""

    def identity(**changes: Any) -> str:
        definition = {
            "name": "x",
            "protocol": "openai-videos",
            "base_url": "http://gpu:8091/v1",
            "model": "wan",
            **changes,
        }
        entry = Catalogue.load().resolve(definition, "video")

        async def of(model: OpenAIVideos) -> str:
            return model.identity

        return str(run(studio, entry, of))

    same = {identity(), identity(name="y"), identity(base_url="http://gpu:9000/v1"), identity(auth="api-key")}
    others = {identity(model="h3"), identity(base_url="http://gpu2/v1"), identity(options={"body": {"steps": 40}})}
    assert len(same) == 1
    assert len(others) == 3
    assert not same & others
