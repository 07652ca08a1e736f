"""The first step, and the only one that can cost money: claim, then send the start exactly once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from reelwright.catalogue import Entry
from reelwright.errors import (
    FailureKind,
    InvalidInput,
    JobFailed,
    MissingCredential,
    ProviderError,
    ReelwrightError,
    StartAmbiguous,
)
from reelwright.ledger import breaker
from reelwright.ledger.owner import new_holder
from reelwright.ledger.values import Job
from reelwright.models.identity import identity_in, is_own
from reelwright.models.video.contract import Failed, Ticket, VideoModel, VideoRequest
from reelwright.takes.desk import Desk
from reelwright.takes.values import REMEMBERED, SuspectStart, Take, TakeFailed, Terms, kind_of, told_key

_LOOK_UP_PAUSES = (0.0, 1.0, 3.0, 6.0)
"""A job that was accepted as the line broke may show up in the vendor's list a moment later."""
_SHOWN_BY_THEN_SECONDS = 60
_CLOCK_SLACK = timedelta(minutes=2)
_KEEP_TICKET_SECONDS = 60


async def start(desk: Desk, entry: Entry, request: VideoRequest, terms: Terms, *, holder: str = "") -> Take:
    """Bring a take of `entry` on its way, or find it again, or find that another process is at work on it.

    A job that a dead process left behind is taken over in the state it was left in: its ticket is used, a start whose
    answer is missing is looked up. Nothing is ever started twice.

    Raises:
        TakeFailed: the model refused, or cannot make this; the cause says which, and what it cost.
        BudgetExceeded: a cap would be passed; nothing was started.
        StorageError: the ledger cannot be used; nothing was started.
    """
    try:
        async with desk.model(entry) as model:
            adapted, warnings = model.adapt(request)
            key = told_key("take/1", entry, adapted, own=identity_in(model, entry) if is_own(entry) else "")
            step = _Start(desk, entry, model, adapted, terms, holder or new_holder(), key)
            with desk.keeper.holding(step.holder):
                job = await step.settle_job()
    except InvalidInput as error:
        # It cannot make this, or has no key: nothing went out, and the next model may.
        kind = FailureKind.AUTH if isinstance(error, MissingCredential) else FailureKind.INVALID_REQUEST
        raise TakeFailed(error, model=entry.name, kind=kind) from error
    clip_is_there = job.state == "done"
    return Take(
        job=job.id,
        key=step.key,
        holder=step.holder,
        entry=entry,
        request=adapted,
        elsewhere=job.is_live and not job.mine,
        warnings=tuple(dict.fromkeys([*warnings, *(job.ticket.warnings if job.ticket else ())])),
        hit=clip_is_there,
    )


@dataclass(frozen=True)
class _Start:
    desk: Desk
    entry: Entry
    model: VideoModel
    request: VideoRequest
    terms: Terms
    holder: str
    key: str

    async def settle_job(self) -> Job:
        """Return the job as it stands when nothing more is to be done here."""
        await self._settle_suspects()
        while True:
            job = await self._claim()
            while job.mine and job.state in {"claimed", "starting"}:
                if job.state == "claimed":
                    await self._send(job)
                else:
                    await self._look_up(job, None)
                job = await self._now(job)
            if job.state != "suspect":
                return job

    async def _claim(self) -> Job:
        known = await asyncio.to_thread(self._last)
        fresh_after = known.attempt if known and self.terms.fresh else 0
        was_paid = known is not None and known.state == "failed" and bool(known.charged_usd)
        if known and was_paid and known.kind in REMEMBERED and not self.terms.fresh:
            raise self._remembered(known)
        job = await self._claimed(fresh_after)
        while job.state == "done" and not await asyncio.to_thread(self._is_whole, job):
            # The bytes are gone. The vendor may still have them; if not, the clip is made anew.
            job = await self._claimed(job.attempt)
        return job

    async def _claimed(self, fresh_after: int) -> Job:
        price = self.entry.price(self.request.seconds, size=self.request.size, audio=self.request.audio)
        if price is None and self.terms.purpose.caps:
            unpriced = InvalidInput(
                f"The price of {self.entry.name} is not known, so no budget can hold.",
                hint="Say usd_per_second where the recipe names it, or set budget.per_episode_usd to null.",
            )
            raise TakeFailed(unpriced, model=self.entry.name, kind=FailureKind.INVALID_REQUEST)
        return await asyncio.to_thread(
            self.desk.ledger.claim,
            self.key,
            holder=self.holder,
            entry=self.entry.name,
            model=self.entry.model,
            account=self._account,
            usd=price or Decimal(0),
            purpose=self.terms.purpose,
            fresh_after=fresh_after,
        )

    async def _send(self, job: Job) -> None:
        async with self.desk.start_gate(self.entry):
            try:
                await asyncio.to_thread(self._require_health)
            except TakeFailed as error:
                await self._give_up(job, error.cause, error.kind)
            await asyncio.to_thread(self.desk.ledger.starting, job)
            # Ctrl-C now must not lose the ticket of a job that is paid: its answer is waited for.
            sending = asyncio.ensure_future(self._post(job))
            try:
                await asyncio.shield(sending)
            except asyncio.CancelledError:
                await asyncio.wait({sending}, timeout=_KEEP_TICKET_SECONDS)
                raise

    async def _post(self, job: Job) -> None:
        try:
            ticket = await self.model.start(self.request, idempotency_key=job.idempotency_key)
        except StartAmbiguous as error:
            await self._look_up(await self._now(job), error)
        except ReelwrightError as error:
            await self._note_failure(kind_of(error), error.message)
            await self._give_up(job, error, kind_of(error), billed=getattr(error, "billed", False))
        else:
            await asyncio.to_thread(self.desk.ledger.started, job, ticket)
            await asyncio.to_thread(breaker.note_success, self.desk.ledger, self.entry.name, self._account)

    async def _look_up(self, job: Job, cause: StartAmbiguous | None) -> None:
        """Find out what became of a start without an answer; if nobody can tell, mark it suspect."""
        surely_not_there = False
        is_old = datetime.now(UTC).timestamp() - job.claimed_at > _SHOWN_BY_THEN_SECONDS
        for pause in _LOOK_UP_PAUSES[: 1 if is_old else None]:
            await asyncio.sleep(pause)
            try:
                ticket = await self._find(job)
            except NotImplementedError:
                surely_not_there = False
                break
            except ReelwrightError:
                surely_not_there = False
                continue
            surely_not_there = ticket is None
            if ticket is not None:
                await asyncio.to_thread(self.desk.ledger.started, job, ticket)
                return
        if surely_not_there:
            await asyncio.to_thread(self.desk.ledger.not_started, job)
            return
        reason = cause.message if cause else "the process that sent the start ended before the answer came"
        await asyncio.to_thread(self.desk.ledger.suspect, job, FailureKind.UNKNOWN, reason)
        await self._after_suspect(reason)

    async def _settle_suspects(self) -> None:
        """Ask again about every start of this take that nobody could tell about."""
        for job in await asyncio.to_thread(self.desk.ledger.suspects, self.key):
            try:
                ticket = job.ticket or await self._find(job)
                state = await self.model.poll(ticket) if ticket else None
            except (NotImplementedError, ReelwrightError):
                await self._after_suspect(job.reason)
                continue
            if ticket is None or isinstance(state, Failed):
                reason = state.reason if isinstance(state, Failed) else "the vendor never had it"
                usd = job.reserved_usd if isinstance(state, Failed) and state.billed else job.reserved_usd * 0
                kind = state.kind if isinstance(state, Failed) else FailureKind.LOST
                await asyncio.to_thread(self.desk.ledger.failed, job, kind, reason, usd=usd)
            else:
                await asyncio.to_thread(self.desk.ledger.resume, job, ticket, holder=self.holder)
                return

    async def _find(self, job: Job) -> Ticket | None:
        since = datetime.fromtimestamp(job.claimed_at, UTC) - _CLOCK_SLACK
        # Takes of one shot look the same in a list: those whose ids are known are not ours.
        others = await asyncio.to_thread(self.desk.ledger.remote_ids, entry=self.entry.name, beside=job)
        key = job.idempotency_key
        ticket = await self.model.find(self.request, idempotency_key=key, since=since, others=others)
        if ticket is not None and ticket.remote_id in others:
            raise NotImplementedError(f"{self.entry.name} found a job that is another take's: {ticket.remote_id}")
        return ticket

    async def _after_suspect(self, reason: str) -> None:
        if self.terms.on_suspect == "start_again":
            return
        waits = self.terms.on_suspect == "wait"
        error = SuspectStart(
            f"Whether {self.entry.name} has started a job, nobody can tell: {reason}.",
            provider=self.entry.vendor,
            model=self.entry.name,
            hint="Look at the vendor's list of jobs. `reelwright ledger jobs` shows it as suspect; its possible charge "
            "stays counted." + (" The recipe says to wait (on_suspect)." if waits else ""),
        )
        raise TakeFailed(error, model=self.entry.name, kind=FailureKind.UNKNOWN)

    async def _give_up(self, job: Job, error: ReelwrightError, kind: FailureKind, *, billed: bool = False) -> None:
        usd = job.reserved_usd if billed else job.reserved_usd * 0
        await asyncio.to_thread(self.desk.ledger.failed, job, kind, error.message, usd=usd)
        raise TakeFailed(error, model=self.entry.name, kind=kind, usd=usd) from error

    async def _note_failure(self, kind: FailureKind, reason: str) -> None:
        await asyncio.to_thread(breaker.note_failure, self.desk.ledger, self.entry.name, self._account, kind, reason)

    async def _now(self, job: Job) -> Job:
        return await asyncio.to_thread(self.desk.ledger.job, job.id, holder=self.holder)

    def _require_health(self) -> None:
        known = breaker.health(self.desk.ledger, self.entry.name, self._account)
        if known is None or not known.open_for_seconds:
            return
        error = ProviderError(
            f"left alone for {known.open_for_seconds:.0f} s more, because it failed: {known.reason}",
            provider=self.entry.vendor,
            model=self.entry.name,
            kind=known.kind,
            hint="`reelwright doctor` shows how the models are.",
        )
        raise TakeFailed(error, model=self.entry.name, kind=known.kind)

    def _is_whole(self, job: Job) -> bool:
        return job.clip is not None and self.desk.studio.vault.holds(job.clip)

    def _last(self) -> Job | None:
        return self.desk.ledger.last(self.key)

    def _remembered(self, job: Job) -> TakeFailed:
        kind = job.kind or FailureKind.UNKNOWN
        error = JobFailed(
            f"it failed before, and the same request would again: {job.reason}",
            provider=self.entry.vendor,
            model=self.entry.name,
            kind=kind,
        )
        return TakeFailed(error, model=self.entry.name, kind=kind)

    @property
    def _account(self) -> str:
        return self.model.account
