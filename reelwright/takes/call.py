"""Paid calls that answer at once (pictures, speech): claimed before they go out, settled with their answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from pydantic import ValidationError

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput, ReelwrightError, StartAmbiguous, StorageError
from reelwright.finished import Finished
from reelwright.ledger import breaker
from reelwright.ledger.owner import new_holder
from reelwright.ledger.values import Job
from reelwright.models.video.contract import Charge
from reelwright.takes.desk import Desk
from reelwright.takes.values import SuspectStart, TakeFailed, Terms, kind_of, told_key

_PAUSE_ELSEWHERE = 1.0
_KEEP_ANSWER_SECONDS = 60

Result = TypeVar("Result", bound=Finished)


@dataclass(frozen=True)
class Buyer:
    """Buys at a desk, on terms."""

    desk: Desk
    terms: Terms

    async def buy(
        self,
        entry: Entry,
        request: object,
        usd: Decimal | None,
        result: type[Result],
        make: Callable[[str], Awaitable[tuple[Result, Charge]]],
    ) -> Result:
        """Return the result of a paid call: found in the ledger, or made by `make(idempotency key)` exactly once.

        `usd` is set aside before, what the charge says is settled after.

        Raises:
            TakeFailed: it was refused, or nobody can tell what became of it.
            BudgetExceeded: a cap would be passed; nothing was sent.
            StorageError: the ledger or the vault cannot be used.
        """
        if usd is None and self.terms.purpose.caps:
            unpriced = InvalidInput(
                f"The price of {entry.name} is not known, so no budget can hold.",
                hint=f"Say {entry.price_field} where the recipe names it (0 if it is free), or set"
                " budget.per_episode_usd to null.",
            )
            raise TakeFailed(unpriced, model=entry.name, kind=FailureKind.INVALID_REQUEST)
        key = told_key("call/1", entry, request)
        call = _Call(self, entry, key, usd or Decimal(0), new_holder())
        with self.desk.keeper.holding(call.holder):
            return await call.answer(result, make)


@dataclass(frozen=True)
class _Call:
    buyer: Buyer
    entry: Entry
    key: str
    usd: Decimal
    holder: str

    async def answer(self, result: type[Result], make: Callable[[str], Awaitable[tuple[Result, Charge]]]) -> Result:
        await self._settle_suspects()
        fresh_after = 0
        while True:
            job = await self._claim(fresh_after)
            if job.state == "done":
                found = await asyncio.to_thread(self._kept, job, result)
                if found is not None:
                    return found
                fresh_after = job.attempt
            elif not job.mine:
                await asyncio.sleep(_PAUSE_ELSEWHERE)
            elif job.state == "starting":
                # Who sent it is gone, and a call that answers at once leaves nothing that could be asked for.
                await self._suspect(job, "the process that sent it ended before the answer came")
            else:
                return await self._send(job, make)

    async def _claim(self, fresh_after: int) -> Job:
        return await asyncio.to_thread(
            self.buyer.desk.ledger.claim,
            self.key,
            holder=self.holder,
            entry=self.entry.name,
            model=self.entry.model,
            account="",
            usd=self.usd,
            purpose=self.buyer.terms.purpose,
            fresh_after=fresh_after,
        )

    async def _send(self, job: Job, make: Callable[[str], Awaitable[tuple[Result, Charge]]]) -> Result:
        await asyncio.to_thread(self.buyer.desk.ledger.starting, job)
        # Ctrl-C now must not lose an answer that is paid: it is waited for and kept.
        sending = asyncio.ensure_future(self._sent(job, make))
        try:
            return await asyncio.shield(sending)
        except asyncio.CancelledError:
            await asyncio.wait({sending}, timeout=_KEEP_ANSWER_SECONDS)
            raise

    async def _sent(self, job: Job, make: Callable[[str], Awaitable[tuple[Result, Charge]]]) -> Result:
        ledger, vault = self.buyer.desk.ledger, self.buyer.desk.studio.vault
        try:
            made, charge = await make(job.idempotency_key)
        except StartAmbiguous as error:
            await self._suspect(job, error.message)
            raise
        except StorageError:
            raise
        except ReelwrightError as error:
            kind, usd = kind_of(error), self.usd if getattr(error, "billed", False) else Decimal(0)
            await asyncio.to_thread(ledger.failed, job, kind, error.message, usd=usd)
            await asyncio.to_thread(breaker.note_failure, ledger, self.entry.name, "", kind, error.message)
            raise TakeFailed(error, model=self.entry.name, kind=kind, usd=usd) from error
        record = made.model_dump_json(exclude={"hit"}).encode()
        kept = await asyncio.to_thread(vault.put_bytes, record, "application/json")
        await asyncio.to_thread(ledger.done, job, kept, charge.usd)
        return made

    async def _settle_suspects(self) -> None:
        for job in await asyncio.to_thread(self.buyer.desk.ledger.suspects, self.key):
            self._stop(job.reason)

    async def _suspect(self, job: Job, reason: str) -> None:
        await asyncio.to_thread(self.buyer.desk.ledger.suspect, job, FailureKind.UNKNOWN, reason)
        self._stop(reason)

    def _stop(self, reason: str) -> None:
        if self.buyer.terms.on_suspect == "start_again":
            return
        error = SuspectStart(
            f"Whether {self.entry.name} has answered, and billed it, nobody can tell: {reason}.",
            provider=self.entry.vendor,
            model=self.entry.name,
            hint="Its possible charge stays counted. With on_suspect: start_again in the recipe it is sent once more.",
        )
        raise TakeFailed(error, model=self.entry.name, kind=FailureKind.UNKNOWN)

    def _kept(self, job: Job, result: type[Result]) -> Result | None:
        vault = self.buyer.desk.studio.vault
        if job.clip is None or not vault.holds(job.clip):
            return None
        try:
            found = result.model_validate_json(vault.path(job.clip).read_bytes())
        except ValidationError:
            return None
        return found.found_again() if all(map(vault.holds, found.assets())) else None
