"""A video model: the start frame, and a white square that goes over it from left to right."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from reelwright import Asset, Entry
from reelwright.media import ffmpeg
from reelwright.models.bench import Bench
from reelwright.models.video.contract import FREE, Done, Failed, Pending, Ticket, VideoRequest
from reelwright.vault import Vault

SIDE = 120
"""Of the square, in pixels; its upper edge stands so far below that of the picture."""


class Mover:
    """The job is done when it is collected."""

    identity = "nine-parts-video/1"
    account = ""

    def __init__(self, name: str, vault: Vault) -> None:
        self.name, self._vault = name, vault

    def adapt(self, request: VideoRequest) -> tuple[VideoRequest, tuple[str, ...]]:
        """Return the request as it is: there is no sound, and nobody asks for any."""
        return request, ()

    async def start(self, request: VideoRequest, *, idempotency_key: str = "") -> Ticket:
        """Remember what is asked."""
        if request.first_frame is None:
            message = "it starts from a picture"
            raise ValueError(message)
        return Ticket(
            protocol="nine-parts",
            entry=self.name,
            model=self.identity,
            remote_id=idempotency_key or "job",
            started_at=datetime.now(UTC),
            seconds=request.seconds,
            size=request.size,
            extra={"frame": request.first_frame.model_dump(mode="json")},
        )

    async def poll(self, ticket: Ticket) -> Pending | Done | Failed:
        """Say that it is done."""
        del ticket
        return Done(charge=FREE)

    async def collect(self, ticket: Ticket, done: Done, into: Path) -> None:
        """Make the clip."""
        del done
        frame = self._vault.path(Asset.model_validate(ticket.extra["frame"]))
        seconds = float(ticket.seconds)
        picture = ["-loop", "1", "-framerate", "24", "-t", f"{seconds}", "-i", str(frame)]
        square = ["-f", "lavfi", "-i", f"color=white:size={SIDE}x{SIDE}:rate=24:duration={seconds}"]
        laid = f"[0][1]overlay=x='t/{seconds}*(W-w)':y={SIDE},format=yuv420p"
        coded = ["-c:v", "libx264", "-preset", "ultrafast", "-f", "mp4", str(into)]
        await asyncio.to_thread(ffmpeg.run, ["-y", *picture, *square, "-filter_complex", laid, *coded])

    async def cancel(self, ticket: Ticket) -> bool:
        """Nothing goes on."""
        del ticket
        return True

    async def find(
        self, request: VideoRequest, *, idempotency_key: str, since: datetime, others: frozenset[str] = frozenset()
    ) -> Ticket | None:
        """Nothing is ever lost."""
        del request, idempotency_key, since, others
        return None

    async def aclose(self) -> None:
        """Nothing is open."""


def complete(entry: Entry) -> Entry:
    """Say what it can do."""
    return entry.model_copy(update={"first_frame": "required", "longest_seconds": 20})


def build(entry: Entry, bench: Bench) -> Mover:
    """Return the video model of an entry."""
    return Mover(entry.name, bench.vault)
