"""The second step: wait for a job. It costs nothing, may be repeated, and any process with the ticket can do it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from reelwright.errors import FailureKind, JobFailed, ProviderError
from reelwright.ledger import breaker
from reelwright.ledger.values import Job
from reelwright.models.video.contract import Done, Failed, Pending, Ticket, VideoModel
from reelwright.takes.desk import Desk
from reelwright.takes.values import Ready, Take, TakeFailed

Told = Callable[[float | None, str], None]
"""Hears the share done (0 to 1, where it is known) and a note."""

_FIRST_PAUSE, _LONGEST_PAUSE = 3.0, 15.0
_PAUSE_ELSEWHERE = 2.0
_ASKABLE = frozenset({FailureKind.BUSY, FailureKind.RATE_LIMITED, FailureKind.UNKNOWN, FailureKind.TIMED_OUT})


async def wait(desk: Desk, take: Take, *, tell: Told | None = None) -> Ready | None:
    """Wait until the take's clip can be collected; `None` when whoever was to start it is gone: start it again.

    Raises:
        TakeFailed: the job failed, or did not end in time; the cause says why, and what it cost all the same.
        StorageError: the ledger cannot be used.
    """
    if take.hit:
        return Ready(take=take, done=None)
    with desk.keeper.holding(take.holder):
        job = await _held(desk, take)
        if job.state in {"claimed", "starting"}:
            return None
        if job.state != "started" or job.ticket is None:
            return _ended(take, job)
        async with desk.model(take.entry) as model:
            done = await _finished(desk, take, model, job, tell)
    return Ready(take=take.model_copy(update={"elsewhere": False}), done=done)


async def _held(desk: Desk, take: Take) -> Job:
    """Return the job once it is ours or has ended; while another process is at work on it, it is left alone."""
    while True:
        job = await asyncio.to_thread(desk.ledger.job, take.job, holder=take.holder)
        if job.mine or not job.is_live:
            return job
        await asyncio.sleep(_PAUSE_ELSEWHERE * random.uniform(0.7, 1.3))  # noqa: S311 - spreads the looks


def _ended(take: Take, job: Job) -> Ready:
    """Tell how a job ended that another process worked on."""
    if job.state == "done" and job.clip is not None:
        return Ready(take=take.model_copy(update={"hit": True}), done=None)
    kind = job.kind or FailureKind.UNKNOWN
    error = JobFailed(
        f"the run that asked for the same shot had no luck: {job.reason or 'nobody can tell whether it runs'}",
        provider=take.entry.vendor,
        model=take.entry.name,
        kind=kind,
        remote_id=job.ticket.remote_id if job.ticket else "",
    )
    raise TakeFailed(error, model=take.entry.name, kind=kind)


async def _finished(desk: Desk, take: Take, model: VideoModel, job: Job, tell: Told | None) -> Done:
    ticket = _ticket(job)
    deadline = ticket.started_at + timedelta(seconds=float(take.entry.deadline(ticket.seconds)))
    pause = _FIRST_PAUSE
    while True:
        result: Pending | Done | Failed
        try:
            result = await model.poll(ticket)
        except ProviderError as error:
            if error.kind not in _ASKABLE:
                # The job goes on: only asking is impossible (a key that was changed). Its ticket is kept.
                raise TakeFailed(error, model=take.entry.name, kind=error.kind) from error
            result = Pending(note=error.message, poll_after_seconds=error.retry_after_seconds)
        if isinstance(result, Done):
            return result
        if isinstance(result, Failed):
            raise await _failed(desk, take, job, result)
        if datetime.now(UTC) >= deadline:
            raise await _out_of_time(desk, take, model, job)
        if tell is not None:
            tell(result.progress, result.note)
        left = (deadline - datetime.now(UTC)).total_seconds()
        await asyncio.sleep(max(min(_spread(result.poll_after_seconds or pause), left), 0.05))
        pause = min(pause * 1.3, _LONGEST_PAUSE)


async def _failed(desk: Desk, take: Take, job: Job, result: Failed) -> TakeFailed:
    usd = job.reserved_usd if result.billed else job.reserved_usd * 0
    await asyncio.to_thread(desk.ledger.failed, job, result.kind, result.reason, usd=usd)
    await _count(desk, job, result.kind, result.reason)
    error = JobFailed(
        result.reason,
        provider=take.entry.vendor,
        model=take.entry.name,
        kind=result.kind,
        remote_id=_ticket(job).remote_id,
        billed=result.billed,
    )
    return TakeFailed(error, model=take.entry.name, kind=result.kind, usd=usd)


async def _out_of_time(desk: Desk, take: Take, model: VideoModel, job: Job) -> TakeFailed:
    """Stop the job before another one is paid; what cannot be stopped for certain is remembered as still running."""
    seconds = float(take.entry.deadline(_ticket(job).seconds))
    reason = f"no clip after {seconds:.0f} s"
    try:
        is_stopped = await model.cancel(_ticket(job))
    except ProviderError:
        is_stopped = False
    if is_stopped:
        await asyncio.to_thread(desk.ledger.failed, job, FailureKind.TIMED_OUT, f"{reason}; it was cancelled")
    else:
        await asyncio.to_thread(desk.ledger.suspect, job, FailureKind.TIMED_OUT, f"{reason}; it may still run")
    await _count(desk, job, FailureKind.TIMED_OUT, reason)
    error = JobFailed(
        f"{reason}; {'it was cancelled' if is_stopped else 'it may still run, and a later run will ask for it'}",
        provider=take.entry.vendor,
        model=take.entry.name,
        kind=FailureKind.TIMED_OUT,
        remote_id=_ticket(job).remote_id,
    )
    return TakeFailed(error, model=take.entry.name, kind=FailureKind.TIMED_OUT)


async def _count(desk: Desk, job: Job, kind: FailureKind, reason: str) -> None:
    account = _ticket(job).account
    await asyncio.to_thread(breaker.note_failure, desk.ledger, job.entry, account, kind, reason)


def _ticket(job: Job) -> Ticket:
    if job.ticket is None:
        message = f"job {job.id} is started and has no ticket"
        raise AssertionError(message)
    return job.ticket


def _spread(seconds: float) -> float:
    """Keep many waiting shots from asking all at once; never earlier than the vendor wishes."""
    return seconds * random.uniform(1.0, 1.25)  # noqa: S311 - no secret
