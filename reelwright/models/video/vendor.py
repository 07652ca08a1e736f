"""The base of vendors that take a start, name a job, are asked how it stands, and say where its clip lies.

A protocol's file says what is sent (`_submit`), what an answer means (`_ask`), and which rules of its vendor hold.
What is true of all of them stands here: tickets, lost jobs, clips whose address has died, sound answers to cancel.
"""

from __future__ import annotations

import asyncio
import base64
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from reelwright.canonical import key_of
from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput, ProviderError, RecipeError
from reelwright.models.remote.addresses import origin_of
from reelwright.models.remote.answers import Answer
from reelwright.models.remote.auth import Auth
from reelwright.models.remote.kinds import Rule
from reelwright.models.remote.pictures import UPLOADS, Still, still
from reelwright.models.remote.transport import Transport
from reelwright.models.video import adapting
from reelwright.models.video.contract import Done, Failed, Pending, Ticket, VideoRequest
from reelwright.values import Asset, Size
from reelwright.vault import Vault

_NOT_THERE = frozenset({400, 403, 404, 409, 410, 422, 425})
"""Statuses of a download behind which a new address, or the job's end, may stand."""


class Started(NamedTuple):
    """What a vendor calls a job that it accepted."""

    remote_id: str
    extra: Mapping[str, Any] = {}
    """What polling needs besides; plain JSON."""


class VendorModel(ABC):
    """One model at one account of a vendor."""

    protocol: ClassVar[str]
    rules: ClassVar[tuple[Rule, ...]] = ()
    """The vendor's own failures, before those that are true of all."""
    takes: ClassVar[frozenset[str]] = frozenset()
    """The vendor's own options: of a shot, or of the entry for every shot."""
    settings: ClassVar[frozenset[str]] = frozenset()
    """Further options of the entry, which are about the connection."""
    check_path: ClassVar[str] = ""
    """A free read that tells whether the key works."""
    poll_seconds: ClassVar[float] = 10
    frames_or_references: ClassVar[bool] = False
    """Whether a clip is made from frames or from references, never from both."""
    last_needs_first: ClassVar[bool] = False
    picture_types: ClassVar[tuple[str, ...]] = UPLOADS
    picture_bytes: ClassVar[int] = 7 << 20
    """As base64 it is a third more."""
    media_bytes: ClassVar[int] = 20 << 20
    """Of a reference video or sound."""

    def __init__(self, entry: Entry, vault: Vault, auth: Auth, *, base_url: str = "") -> None:
        """Take the entry and its key.

        Raises:
            InvalidInput: its address or its options are none.
        """
        _check_options(entry, self.takes | self.settings)
        self.entry, self._vault = entry, vault
        self.transport = Transport(
            vendor=entry.vendor,
            base_url=base_url or entry.base_url,
            auth=auth,
            model=entry.name,
            rules=self.rules,
            headers=entry.headers,
            query=entry.query,
        )

    @property
    def name(self) -> str:
        """The entry's name."""
        return self.entry.name

    @property
    def account(self) -> str:
        """The key's fingerprint."""
        return self.transport.account

    @property
    def identity(self) -> str:
        """What makes the same request give another clip: part of every key. No port, path or key is in it."""
        options = f" {key_of('options', self.entry.options)[:8]}" if self.entry.options else ""
        return f"{self.protocol}/1 {origin_of(self.transport.base_url)[1]} {self.entry.model}{options}"

    def adapt(self, request: VideoRequest) -> tuple[VideoRequest, tuple[str, ...]]:
        """Return the request as this model can honour it; see `VideoModel.adapt`.

        Raises:
            InvalidInput: too long, no start frame where one is needed, or a prompt longer than the model takes.
        """
        adapted, warnings = adapting.adapt(self.entry, request, options=self.takes)
        further: list[str] = []
        changes = self._settle(adapted, further)
        return adapted.model_copy(update=changes), (*warnings, *further)

    async def start(self, request: VideoRequest, *, idempotency_key: str) -> Ticket:
        """Start the job; see `VideoModel.start`."""
        adapted, warnings = self.adapt(request)
        return self._ticket(adapted, await self._submit(adapted, idempotency_key), warnings)

    async def poll(self, ticket: Ticket) -> Pending | Done | Failed:
        """Ask how the job stands; see `VideoModel.poll`."""
        self._check_home(ticket)
        try:
            return await self._ask(ticket)
        except ProviderError as error:
            if error.kind is not FailureKind.LOST:
                raise
            return self._lost(ticket, error)

    async def collect(self, ticket: Ticket, done: Done, into: Path) -> None:
        """Write the clip to the file `into`; see `VideoModel.collect`.

        Raises:
            ProviderError: `lost` when the vendor no longer keeps it.
        """
        self._check_home(ticket)
        fault = await self._fetch(ticket, done, into)
        if fault is not None and fault.status in _NOT_THERE:
            # The address may have died, and a new one is told to whoever asks.
            state = await self.poll(ticket)
            if isinstance(state, Done) and state.url != done.url:
                fault = await self._fetch(ticket, state, into)
            if fault is not None:
                fault = self._not_collected(fault, state)
        if fault is not None:
            raise fault

    async def cancel(self, ticket: Ticket) -> bool:
        """Stop the job; see `VideoModel.cancel`. A job that is done is left alone: its clip is paid for."""
        self._check_home(ticket)
        try:
            state = await self._ask(ticket)
        except ProviderError as error:
            if error.kind is not FailureKind.LOST:
                raise
            return False
        return await self._stop(ticket, state) if isinstance(state, Pending) else isinstance(state, Failed)

    async def find(
        self, request: VideoRequest, *, idempotency_key: str, since: datetime, others: frozenset[str] = frozenset()
    ) -> Ticket | None:
        """Look a lost start up; see `VideoModel.find`.

        Raises:
            NotImplementedError: the vendor has no way to.
        """
        del request, idempotency_key, since, others
        message = f"{self.name}: {self.transport.vendor} has no list in which a lost start could be looked up"
        raise NotImplementedError(message)

    async def check(self) -> None:
        """Ask the vendor for something free.

        Raises:
            ProviderError: the key is refused, or the vendor cannot be reached.
        """
        await self.transport.get(self.check_path, purpose="start")

    async def aclose(self) -> None:
        """Close the client."""
        await self.transport.aclose()

    @abstractmethod
    async def _submit(self, request: VideoRequest, idempotency_key: str) -> Started:
        """Send the one paid POST."""

    @abstractmethod
    async def _ask(self, ticket: Ticket) -> Pending | Done | Failed:
        """Read how a job stands.

        Raises:
            ProviderError: `lost` when the vendor does not know it.
        """

    async def _stop(self, ticket: Ticket, state: Pending) -> bool:
        """Stop a job that has not ended; return whether it is certain that it will not go on."""
        del ticket, state
        return False

    async def _fetch(self, ticket: Ticket, done: Done, into: Path) -> ProviderError | None:
        """Download the clip; return the refusal if it is not given."""
        del ticket
        try:
            await self.transport.download(done.url, into)
        except ProviderError as error:
            return error
        return None

    def _settle(self, request: VideoRequest, warnings: list[str]) -> dict[str, Any]:
        """Return further changes that this vendor's rules make to an adapted request."""
        changes: dict[str, Any] = {}
        starts = request.first_frame or request.continues
        last = request.last_frame
        if last is not None and starts is None and self.last_needs_first:
            warnings.append(f"{self.name} takes a last frame only together with a first one: it is left out")
            changes["last_frame"] = last = None
        if request.references and (starts or last) and self.frames_or_references:
            warnings.append(f"{self.name} takes frames or references: the references are left out")
            changes["references"] = ()
        return changes

    def _options(self, request: VideoRequest) -> dict[str, Any]:
        """Return the vendor's own options: those of the entry, and over them those of the shot."""
        return {name: value for name, value in self.entry.options.items() if name in self.takes} | dict(request.options)

    async def _frames(self, request: VideoRequest) -> tuple[Still | None, Still | None]:
        """Return the first and the last frame, fitted to the clip's size."""
        starts = request.first_frame or request.continues
        first = await self._picture(starts, request.size) if starts else None
        return first, await self._picture(request.last_frame, request.size) if request.last_frame else None

    async def _picture(self, asset: Asset, size: Size | None = None) -> Still:
        return await still(self._vault, asset, size, types=self.picture_types, most_bytes=self.picture_bytes)

    async def _media(self, asset: Asset) -> str:
        """Return a video or a sound as base64 text.

        Raises:
            InvalidInput: it is larger than the vendor takes.
        """
        if asset.size_bytes > self.media_bytes:
            raise InvalidInput(
                f"{self.name} takes references of {self.media_bytes >> 20} MiB; one has {asset.size_bytes >> 20} MiB.",
                hint="Use a shorter or smaller one.",
            )
        path = await asyncio.to_thread(self._vault.path, asset)
        return base64.b64encode(await asyncio.to_thread(path.read_bytes)).decode()

    def _named(self, answer: Answer, job_id: object) -> str:
        """Return the job's id as text.

        Raises:
            ProviderError: the answer is a refusal in disguise.
            StartAmbiguous: it accepts the start and names no job.
        """
        if isinstance(job_id, (str, int)) and not isinstance(job_id, bool) and job_id:
            return str(job_id)
        if answer.fields.get("error"):
            raise self.transport.error(answer)
        raise self.transport.ambiguous("an answer without a job in it")

    def _ticket(
        self, request: VideoRequest, started: Started, warnings: tuple[str, ...], at: datetime | None = None
    ) -> Ticket:
        now = datetime.now(UTC)
        return Ticket(
            protocol=self.protocol,
            entry=self.name,
            model=self.entry.model,
            base_url=self.transport.base_url,
            account=self.account,
            remote_id=started.remote_id,
            started_at=min(at, now) if at else now,
            seconds=request.seconds,
            size=request.size,
            warnings=warnings,
            extra=dict(started.extra),
        )

    def _check_home(self, ticket: Ticket) -> None:
        if ticket.protocol != self.protocol or origin_of(ticket.base_url) != origin_of(self.transport.base_url):
            raise InvalidInput(
                f"This ticket is of {ticket.base_url}, and {self.name} is at {self.transport.base_url}.",
                hint="Open the model with the entry that started the job.",
            )

    def _lost(self, ticket: Ticket, error: ProviderError) -> Failed:
        if ticket.account != self.account:
            raise ProviderError(
                f"{self.transport.vendor} shows this job to the key that started it, and this is another one.",
                provider=self.transport.vendor,
                model=self.name,
                kind=FailureKind.AUTH,
                status=error.status,
                hint="Use the key that started it.",
            ) from None
        return Failed(kind=FailureKind.LOST, reason=error.message)

    def _not_collected(self, fault: ProviderError, state: Pending | Done | Failed) -> ProviderError:
        """Return why a clip could not be fetched, after the job was asked once more."""
        match state:
            case Pending():
                kind, why = FailureKind.BUSY, f"is not ready to give the clip: {fault.message}"
            case Failed():
                kind, why = state.kind, f"has no clip: {state.reason}"
            case _:
                kind, why = FailureKind.LOST, f"no longer gives the clip: {fault.message}"
        vendor = self.transport.vendor
        return ProviderError(f"{vendor} {why}", provider=vendor, model=self.name, kind=kind, status=fault.status)


def objects(told: object) -> list[dict[str, Any]]:
    """Return the objects of what should be a list of them; empty where it is none."""
    return [item for item in told if isinstance(item, dict)] if isinstance(told, list) else []


def text(told: object) -> str:
    """Return what should be a text; empty where it is none."""
    return told if isinstance(told, str) else ""


def with_abilities(entry: Entry, abilities: Mapping[str, Any]) -> Entry:
    """Return the entry with what its kind of model can do, where the entry itself does not say."""
    missing = {name: value for name, value in abilities.items() if name not in entry.model_fields_set}
    return Entry.model_validate({**entry.model_dump(exclude_unset=True), **missing}) if missing else entry


def _check_options(entry: Entry, known: Collection[str]) -> None:
    unknown = sorted(set(entry.options) - set(known))
    if unknown:
        raise RecipeError(
            f"{entry.protocol} has no option {', '.join(map(repr, unknown))}",
            field=f"{entry.name}.options",
            hint=f"There are {', '.join(sorted(known))}.",
        )
