"""The third step: fetch the clip, look at it, keep it, settle its price. It may be repeated while the vendor has it."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from reelwright.checks.picture_values import SURVEY, PictureWanted
from reelwright.checks.verdict import Verdict
from reelwright.errors import FailureKind, JobFailed, MediaRejected, ProviderError, ReelwrightError
from reelwright.fit import Fit
from reelwright.ledger.values import Job
from reelwright.media.jobs import InspectJob
from reelwright.models.video.contract import Charge, Done
from reelwright.recipe import Checks, OutputFormat, Recipe
from reelwright.takes.desk import Desk
from reelwright.takes.values import Clip, Ready, Take, TakeFailed
from reelwright.values import Asset

_VERDICT, _CHARGE = "verdict", "charge"
"""The names under which a clip's facts hold what the picture check said, and who says what it cost."""


async def collect(desk: Desk, ready: Ready, recipe: Recipe | None = None, fill: Fit | None = None) -> Clip:
    """Return the clip of a take, verified and kept; what it cost is settled in the same step that keeps it.

    It is held against the recipe's format and the limits of its checks; without a recipe, against the size asked for
    and the usual limits. `fill` is the shot's own `fit`.
    A clip that is rejected is kept, too: its verdict names it, so that a person can look.

    Raises:
        TakeFailed: it cannot be fetched, or our checks rejected it.
        StorageError: the vault or the ledger cannot be used; the job stays the way it is, and a later run collects it.
    """
    take, checks = ready.take, recipe.checks if recipe else Checks()
    output = recipe.output.filled(fill) if recipe else None
    with desk.keeper.holding(take.holder):
        job = await asyncio.to_thread(desk.ledger.job, take.job, holder=take.holder)
        if job.state == "done" and job.clip is not None:
            said = {"source": "catalogue", **job.clip.facts.get(_CHARGE, {})}
            paid = Charge(usd=job.charged_usd or Decimal(0), **said)
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
        wanted = await _wanted(desk, take, output, checks)
        asset = await _fetched(desk, take, job, done, charge, wanted)
        await asyncio.to_thread(desk.ledger.done, job, asset, charge.usd)
    return _clip(take, job, asset, charge, hit=False, warnings=done.warnings)


async def _wanted(desk: Desk, take: Take, output: OutputFormat | None, checks: Checks) -> PictureWanted:
    """Return what the clip is held against; its start frame only if the model takes one."""
    first, takes_one = take.request.first_frame, take.entry.first_frame != "no"
    options = {**take.entry.options, **take.request.options}
    # Who asks for a mark gets one.
    is_marked = any(value and "watermark" in name for name, value in options.items())
    return PictureWanted(
        seconds=take.request.seconds,
        size=output.pixels if output else take.request.size,
        fit=output.fit if output else "auto",
        checks=checks,
        start_frame=await asyncio.to_thread(desk.studio.vault.path, first) if first and takes_one else None,
        corner=take.entry.watermark if not is_marked else None,
    )


async def _fetched(desk: Desk, take: Take, job: Job, done: Done, charge: Charge, wanted: PictureWanted) -> Asset:
    vault = desk.studio.vault
    with vault.scratch(".mp4") as path:
        try:
            await _download(desk, take, job, done, path)
        except ProviderError as error:
            if error.kind is FailureKind.LOST:
                await _give_up(desk, job, error, charge)
            raise TakeFailed(error, model=take.entry.name, kind=error.kind) from error
        report = await desk.studio.crew.ask(InspectJob(clip=path, wanted=wanted).model_dump(mode="json"))
        verdict = Verdict.model_validate(report["verdict"])
        said = charge.model_dump(mode="json", exclude={"usd"})
        told = {"score": report["score"], SURVEY: report["survey"], _VERDICT: report["verdict"], _CHARGE: said}
        asset = await asyncio.to_thread(vault.put_file, path, "video/mp4", report["facts"] | told)
        if not verdict.faults:
            return asset
    verdict = verdict.model_copy(update={"measured": {**verdict.measured, "kept_as": asset.sha256}})
    rejected = MediaRejected(verdict.faults)
    await _give_up(desk, job, rejected, charge)
    kind = FailureKind.MEDIA_REJECTED
    raise TakeFailed(rejected, model=take.entry.name, kind=kind, usd=charge.usd, verdicts=(verdict,))


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
    verdict = asset.facts.get(_VERDICT)
    facts = {name: fact for name, fact in asset.facts.items() if name not in {_VERDICT, _CHARGE}}
    return Clip(
        clip=asset.model_copy(update={"facts": facts}),
        model=take.entry.name,
        seconds=Fraction(str(asset.facts.get("seconds", take.request.seconds))),
        charge=charge,
        has_sound="audio" in asset.facts,
        score=float(asset.facts.get("score", 0.0)),
        verdicts=(Verdict.model_validate(verdict),) if verdict else (),
        remote_id=job.ticket.remote_id if job.ticket else "",
        warnings=(*take.warnings, *warnings),
        hit=hit,
    )
