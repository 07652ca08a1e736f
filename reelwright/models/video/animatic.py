"""The animatic as a video model: its clip is a motion document, rendered where it is encoded. Free, deterministic."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from reelwright.animatic.motion import MEDIA_TYPE, motion_for
from reelwright.catalogue import Entry
from reelwright.errors import FailureKind
from reelwright.models.bench import Bench
from reelwright.models.video.contract import FREE, Done, Failed, Pending, Ticket, VideoRequest
from reelwright.vault import Vault


class AnimaticVideo:
    """The video model `animatic`."""

    name = "animatic"
    identity = "animatic-video/1"
    """Part of every key: raised when the same request gives another film."""

    account = ""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def adapt(self, request: VideoRequest) -> tuple[VideoRequest, tuple[str, ...]]:
        """Return the request without what an animatic cannot do; see `VideoModel.adapt`."""
        wanted = {
            "sound": request.audio or bool(request.dialogue),
            "a last frame": request.last_frame is not None,
            "references": bool(request.references),
        }
        warnings = tuple(f"the animatic makes no use of {what}" for what, is_wanted in wanted.items() if is_wanted)
        plain = request.model_copy(update={"audio": False, "dialogue": "", "last_frame": None, "references": ()})
        return plain, warnings

    async def start(self, request: VideoRequest, *, idempotency_key: str = "") -> Ticket:
        """Write the motion document: the work is done when it is encoded."""
        del idempotency_key  # nothing is paid here
        adapted, warnings = self.adapt(request)
        drawn = (adapted.first_frame.facts.get("drawn_by") == "animatic") if adapted.first_frame else True
        motion = motion_for(
            adapted.prompt,
            camera=adapted.camera,
            style=adapted.style,
            palette=tuple(adapted.options.get("palette", ())),
            # Another take is another picture.
            seed=adapted.seed if not adapted.take else (adapted.seed or 0) * 1000 + adapted.take,
            picture=None if drawn else adapted.first_frame,
        )
        clip = self._vault.put_bytes(motion.model_dump_json().encode(), MEDIA_TYPE, {"camera": motion.camera})
        return Ticket(
            protocol="animatic",
            entry=self.name,
            model=self.identity,
            remote_id=clip.sha256,
            started_at=datetime.now(UTC),
            seconds=adapted.seconds,
            size=adapted.size,
            warnings=warnings,
            extra={"clip": clip.model_dump(mode="json")},
        )

    async def poll(self, ticket: Ticket) -> Pending | Done | Failed:
        """Return the document at once."""
        if not self._vault.holds(ticket.remote_id):
            return Failed(kind=FailureKind.LOST, reason="the motion document is no longer in the vault")
        return Done(inline=ticket.extra["clip"], charge=FREE)

    async def collect(self, ticket: Ticket, done: Done, into: Path) -> None:
        """Write the motion document to a file."""
        del done
        await asyncio.to_thread(lambda: into.write_bytes(self._vault.path(ticket.remote_id).read_bytes()))

    async def cancel(self, ticket: Ticket) -> bool:
        """There is nothing that goes on."""
        del ticket
        return True

    async def find(
        self, request: VideoRequest, *, idempotency_key: str, since: datetime, others: frozenset[str] = frozenset()
    ) -> Ticket | None:
        """Nothing is ever lost: a start leaves no job behind."""
        del request, idempotency_key, since, others
        return None

    async def aclose(self) -> None:
        """Nothing is held."""


def build(entry: Entry, bench: Bench) -> AnimaticVideo:
    """Return the animatic."""
    del entry  # there is but one
    return AnimaticVideo(bench.vault)
