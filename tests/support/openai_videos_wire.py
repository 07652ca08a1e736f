"""What the tests of `openai-videos` on the wire share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from support.openai_videos_harness import DIALECT_HARNESSES, OPENAI

from reelwright.catalogue import Entry
from reelwright.models.video.contract import Ticket, VideoModel, VideoRequest
from reelwright.models.video.openai_videos.model import OpenAIVideos
from reelwright.studio import Studio
from reelwright.testing.servers.strict import Call
from reelwright.testing.video import with_model

BY_DIALECT = {harness.dialect: harness for harness in (OPENAI, *DIALECT_HARNESSES)}


def sent(call: Call) -> dict[str, Any]:
    """Return what was sent, bytes and data URLs shortened to what they are."""
    if call.headers["content-type"].startswith("multipart/"):
        return {part.name: part.media_type or part.text for part in call.parts}
    return json.loads(json.dumps(call.json), object_hook=_shortened)  # type: ignore[no-any-return]


def _shortened(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.partition(";")[0] if isinstance(value, str) and value.startswith("data:") else value
        for name, value in fields.items()
    }


def start(studio: Studio, entry: Entry, request: VideoRequest) -> Ticket:
    """Start a job."""
    return with_model(studio, entry, lambda model: model.start(request, idempotency_key="the-key"))


def run(studio: Studio, entry: Entry, use: Callable[[OpenAIVideos], Any]) -> Any:
    """Use the model as the class it is."""

    async def typed(model: VideoModel) -> Any:
        assert isinstance(model, OpenAIVideos)
        return await use(model)

    return with_model(studio, entry, typed)
