"""What went over the wire, short enough to be read: bytes shown as what they are."""

from __future__ import annotations

from typing import Any

from reelwright.catalogue import Entry
from reelwright.models.video.contract import Ticket, VideoRequest
from reelwright.studio import Studio
from reelwright.testing.servers.jobs import JobServer
from reelwright.testing.video import VideoHarness, with_model

_LONG = 400


def sent(server: JobServer) -> Any:
    """Return the JSON of the first start."""
    return shown(next(call for call in server.calls if server.operation(call) == "create").json)


def shown(value: Any) -> Any:
    """Return a JSON value with data URLs and base64 cut down to what they are."""
    match value:
        case dict():
            return {name: shown(item) for name, item in value.items()}
        case list():
            return [shown(item) for item in value]
        case str() if value.startswith("data:"):
            return value.partition(";")[0]
        case str() if len(value) > _LONG and " " not in value:
            return "<bytes>"
        case _:
            return value


def start(studio: Studio, entry: Entry, request: VideoRequest) -> Ticket:
    """Start a job."""
    return with_model(studio, entry, lambda model: model.start(request, idempotency_key="the-key"))


def start_at(harness: VideoHarness, studio: Studio, request: VideoRequest, **entry: Any) -> tuple[Any, Ticket]:
    """Start a job at the harness's server; return what was sent, and the ticket."""
    with harness.make_server() as server:
        ticket = start(studio, harness.entry(server.url, **entry), request)
        return sent(server), ticket
