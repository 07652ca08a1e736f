"""A video job as any dialect tells it: only its id and its status are sure to be there."""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from reelwright.models.remote.answers import Answer, Refusal, refusal_of

State = Literal["waiting", "running", "done", "failed", "cancelled"]

_STATES: Mapping[str, State] = {
    **dict.fromkeys(("queued", "pending", "processing", "starting", "submitted", "not_started"), "waiting"),
    **dict.fromkeys(("in_progress", "running", "cancelling", "generating"), "running"),
    **dict.fromkeys(("completed", "succeeded", "success", "done"), "done"),
    **dict.fromkeys(("failed", "expired", "error"), "failed"),
    **dict.fromkeys(("cancelled", "canceled", "deleted"), "cancelled"),
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """One job."""

    id: str
    state: State
    status: str
    """The server's own word."""
    progress: float | None = None
    """Share done, 0 to 1."""
    error: Refusal | None = None
    size: str = ""
    seconds: str = ""
    prompt: str | None = None
    model: str = ""
    created_at: float | None = None
    expires_at: float | None = None
    urls: tuple[str, ...] = ()
    inline: str = field(default="", repr=False)
    """The clip itself as base64, from servers that answer when it is finished."""
    usd: Decimal | None = None
    """What the server says it cost."""


def job_in(answer: Answer, job_id: str = "") -> Job | None:
    """Return the job that an answer tells of, whatever its HTTP status; `None` if it tells of none.

    With a `job_id` it must be that job: an error body may have a `status` of its own.
    """
    fields = answer.fields
    named = str(fields.get("id") or "")
    if not isinstance(fields.get("status"), str) and "data" not in fields:
        return None
    if job_id and named != job_id:
        return None
    if not answer.ok and not (named and fields.get("object") == "video"):
        return None
    return job_of(fields)


def job_of(fields: Mapping[str, Any]) -> Job:
    """Read a job's fields, each of them optional."""
    clips = [clip for clip in fields.get("data") or () if isinstance(clip, dict)]
    status = str(fields.get("status") or ("completed" if clips else ""))
    state = _STATES.get(status.lower())
    if state is None:
        _wonder(status[:40])
        state = "running"
    given = [fields.get("url"), fields.get("video_url"), *(clip.get("url") for clip in clips)]
    given += fields["unsigned_urls"] if isinstance(fields.get("unsigned_urls"), list) else []
    return Job(
        id=str(fields.get("id") or ""),
        state=state,
        status=status,
        progress=_share(fields.get("progress")),
        error=_error(fields.get("error")) if state == "failed" else None,
        size=str(fields.get("size") or ""),
        seconds=str(fields.get("seconds") or fields.get("duration") or ""),
        prompt=fields["prompt"] if isinstance(fields.get("prompt"), str) else None,
        model=str(fields.get("model") or ""),
        created_at=_number(fields.get("created_at")),
        expires_at=_number(fields.get("expires_at")),
        urls=tuple(dict.fromkeys(url for url in given if isinstance(url, str) and url)),
        inline=next((clip["b64_json"] for clip in clips if isinstance(clip.get("b64_json"), str)), ""),
        usd=_usd(fields.get("usage")),
    )


@functools.lru_cache(maxsize=64)
def _wonder(status: str) -> None:
    # Once a word, not once a poll.
    _log.warning("A video job has the status %r, which is not known: it counts as running.", status)


def _error(given: object) -> Refusal:
    refusal = refusal_of({"error": given} if given else {})
    # Some tell an HTTP status as the code of the failure.
    status = int(refusal.code) if refusal.code.isdigit() and len(refusal.code) == 3 else None  # noqa: PLR2004
    return Refusal(status, refusal.code, refusal.type, refusal.message, refusal.param)


def _share(progress: object) -> float | None:
    number = _number(progress)
    if number is None:
        return None
    # Percent, but for those who tell a share as a fraction.
    share = number if isinstance(progress, float) and number <= 1 else number / 100
    return min(max(share, 0.0), 1.0)


def _usd(usage: object) -> Decimal | None:
    cost = usage.get("cost") if isinstance(usage, dict) else None
    try:
        return Decimal(str(cost)).quantize(Decimal("0.000001")) if cost is not None else None
    except InvalidOperation:
        return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None
