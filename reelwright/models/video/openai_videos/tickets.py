"""The durable handle of a job, made of the answer to its start."""

from __future__ import annotations

import asyncio
import base64
import binascii
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from reelwright.catalogue import Entry
from reelwright.models.remote.answers import Answer
from reelwright.models.remote.transport import Transport
from reelwright.models.video.contract import Ticket, VideoRequest
from reelwright.models.video.openai_videos.jobs import Job
from reelwright.vault import Vault

PROTOCOL = "openai-videos"


async def ticket_for(
    job: Job,
    answer: Answer,
    request: VideoRequest,
    entry: Entry,
    transport: Transport,
    vault: Vault,
    *,
    warnings: tuple[str, ...],
) -> Ticket:
    """Return the ticket of a job. A clip that came with the answer goes into the vault at once.

    Raises:
        StartAmbiguous: the clip in the answer cannot be read.
    """
    extra: dict[str, Any] = {}
    polling_url = answer.fields.get("polling_url")
    if isinstance(polling_url, str):
        extra["polling_url"] = urljoin(answer.url, polling_url)
    if job.state == "done" and job.inline:
        asset = await asyncio.to_thread(vault.put_bytes, _decoded(job, transport), "video/mp4")
        extra |= {"finished": True, "inline": asset.model_dump(mode="json")}
    elif job.state == "done" and job.urls:
        extra |= {"finished": True, "url": urljoin(answer.url, job.urls[0])}
    return Ticket(
        protocol=PROTOCOL,
        entry=entry.name,
        model=job.model or entry.model,
        base_url=transport.base_url,
        account=transport.account,
        remote_id=job.id or "finished",
        started_at=_started(job),
        seconds=request.seconds,
        size=request.size,
        warnings=warnings,
        extra=extra,
    )


def _decoded(job: Job, transport: Transport) -> bytes:
    try:
        return base64.b64decode(job.inline, validate=True)
    except binascii.Error:
        raise transport.ambiguous("a clip that cannot be read") from None


def _started(job: Job) -> datetime:
    """Return when the job was created; never later than now, whatever the server's clock says."""
    now = datetime.now(UTC)
    return min(datetime.fromtimestamp(job.created_at, UTC), now) if job.created_at else now
