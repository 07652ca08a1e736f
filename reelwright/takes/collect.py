"""The third step: fetch the clip, look at it, keep it, settle its price. It may be repeated while the vendor has it."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from reelwright.errors import FailureKind, JobFailed, MediaRejected, ProviderError, ReelwrightError
from reelwright.ledger.values import Job
from reelwright.media.jobs import InspectJob
from reelwright.models.video.contract import Charge, Done
from reelwright.takes.desk import Desk
from reelwright.takes.values import Clip, Ready, Take, TakeFailed
from reelwright.values import Asset


async def collect(desk: Desk, ready: Ready) -> Clip:
    """Return the clip of a take, verified and kept; what it cost is settled in the same step that keeps it.

    Raises:
        TakeFailed: it cannot be fetched, or our checks rejected it.
        StorageError: the vault or the ledger cannot be used; the job stays the way it is, and a later run collects it.
    """
    take = ready.take
    with desk.keeper.holding(take.holder):
        job = await asyncio.to_thread(desk.ledger.job, take.job, holder=take.holder)
        if job.state == "done" and job.clip is not None:
            paid = Charge(usd=job.charged_usd or Decimal(0), source="catalogue")
            return _clip(take, job, job.clip, paid, hit=True)
        done = ready.done
        if done is None:
            error = JobFailed(
                "there is nothing to collect",
                provider=take.entry.vendor,
                model=take.entry.name,
                kind=FailureKind.LOST,
            )
            raise TakeFailed(error, model=take.entry.name, kind=FailureKind.LOST)
        charge = done.charge or Charge(usd=job.reserved_usd, source="catalogue", estimated=True)
        asset = await _fetched(desk, take, job, done, charge)
        await asyncio.to_thread(desk.ledger.done, job, asset, charge.usd)
    return _clip(take, job, asset, charge, hit=False, warnings=done.warnings)


async def _fetched(desk: Desk, take: Take, job: Job, done: Done, charge: Charge) -> Asset:
    vault = desk.studio.vault
    with vault.scratch(".mp4") as path:
        try:
            await _download(desk, take, job, done, path)
        except ProviderError as error:
            if error.kind is FailureKind.LOST:
                await _give_up(desk, job, error, charge)
            raise TakeFailed(error, model=take.entry.name, kind=error.kind) from error
        asked = InspectJob(clip=path, seconds=take.request.seconds, size=take.request.size)
        facts = await desk.studio.crew.ask(asked.model_dump(mode="json"))
        if facts["faults"]:
            rejected = MediaRejected(tuple(facts["faults"]))
            await _give_up(desk, job, rejected, charge)
            raise TakeFailed(rejected, model=take.entry.name, kind=FailureKind.MEDIA_REJECTED, usd=charge.usd)
        return await asyncio.to_thread(vault.put_file, path, "video/mp4", facts["facts"])


async def _download(desk: Desk, take: Take, job: Job, done: Done, into: Path) -> None:
    if job.ticket is None:
        raise ProviderError(
            "its ticket is gone", provider=take.entry.vendor, model=take.entry.name, kind=FailureKind.LOST
        )
    async with desk.model(take.entry) as model:
        try:
            await model.collect(job.ticket, done, into)
        except ProviderError:
            # An address that has died is replaced by asking once more.
            again = await model.poll(job.ticket)
            if not isinstance(again, Done):
                raise
            await model.collect(job.ticket, again, into)


async def _give_up(desk: Desk, job: Job, error: ReelwrightError, charge: Charge) -> None:
    kind = getattr(error, "kind", FailureKind.UNKNOWN)
    await asyncio.to_thread(desk.ledger.failed, job, kind, error.message, usd=charge.usd)


def _clip(take: Take, job: Job, asset: Asset, charge: Charge, *, hit: bool, warnings: tuple[str, ...] = ()) -> Clip:
    return Clip(
        clip=asset,
        model=take.entry.name,
        seconds=Fraction(str(asset.facts.get("seconds", take.request.seconds))),
        charge=charge,
        has_sound="audio" in asset.facts,
        score=float(asset.facts.get("score", 0.0)),
        remote_id=job.ticket.remote_id if job.ticket else "",
        warnings=(*take.warnings, *warnings),
        hit=hit,
    )
