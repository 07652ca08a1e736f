"""A model behind `/v1/videos`: start, poll, collect, cancel, find."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from reelwright.canonical import key_of
from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput, ProviderError
from reelwright.models.remote.addresses import origin_of
from reelwright.models.remote.answers import Answer, Refusal
from reelwright.models.remote.auth import auth_of
from reelwright.models.remote.patience import Patience
from reelwright.models.remote.pictures import still
from reelwright.models.remote.transport import Transport, segment
from reelwright.models.video import adapting
from reelwright.models.video.contract import Done, Failed, Pending, Ticket, VideoRequest
from reelwright.models.video.openai_videos import characters, results, served
from reelwright.models.video.openai_videos.bodies import Body, Pictures, change_body, create_body
from reelwright.models.video.openai_videos.dialects import dialect_of, is_open, with_abilities
from reelwright.models.video.openai_videos.jobs import Job, job_in
from reelwright.models.video.openai_videos.listing import find_job
from reelwright.models.video.openai_videos.tickets import PROTOCOL, ticket_for
from reelwright.vault import Vault

_CHANGES = ("remix", "edit", "extend")
_SOON = timedelta(days=30)
_NOT_THERE = frozenset({400, 403, 404, 409, 410, 422, 425})


class OpenAIVideos:
    """One model at one server that speaks `/v1/videos`."""

    def __init__(
        self, entry: Entry, vault: Vault, credential: SecretStr | None, *, patience: Patience | None = None
    ) -> None:
        """Take the entry and its key.

        Raises:
            InvalidInput: its address or its options are none.
        """
        self._dialect = dialect_of(entry)
        self._is_open = is_open(entry)
        self.entry = with_abilities(entry, self._dialect)
        self._vault = vault
        self.transport = Transport(
            vendor=entry.vendor,
            base_url=entry.base_url,
            auth=auth_of(self._dialect.auth, credential),
            model=entry.name,
            rules=results.RULES,
            headers=entry.headers,
            query=entry.query,
            patience=patience,
        )

    @property
    def account(self) -> str:
        """See `VideoModel`."""
        return self.transport.account

    @property
    def name(self) -> str:
        """The entry's name."""
        return self.entry.name

    @property
    def identity(self) -> str:
        """What makes the same request give another clip: part of every key. No port, path or key is in it."""
        host = origin_of(self.transport.base_url)
        # A server of one model may not name it: then its port tells it from its neighbours.
        where = host[1] if self.entry.model else f"{host[1]}:{host[2]}"
        fixed = f" {key_of('body', self._dialect.body)[:8]}" if self._dialect.body else ""
        return f"{PROTOCOL}/1 {where} {self.entry.model}{fixed}"

    def adapt(self, request: VideoRequest) -> tuple[VideoRequest, tuple[str, ...]]:
        """Return the request as this model can honour it; see `VideoModel.adapt`.

        Raises:
            InvalidInput: too long, or a character whose name does not stand in the prompt.
        """
        adapted, warnings = adapting.adapt(self.entry, request, options=self._dialect.known_options)
        if self._dialect.characters:
            characters.check_names(adapting.prompt_of(adapted), adapted.references)
        return adapted, warnings

    async def start(self, request: VideoRequest, *, idempotency_key: str) -> Ticket:
        """Start the job; see `VideoModel.start`."""
        adapted, warnings = self.adapt(request)
        ending = await self._meet()
        body = await self._body(adapted)
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        try:
            answer = await self.transport.paid(body.path, headers=headers, **body.content)
        except ProviderError as error:
            if "characters" in body.fields and error.kind is FailureKind.INVALID_REQUEST:
                characters.forget(self.transport, self._vault, adapted.references)
            raise
        job = job_in(answer)
        if job is None or not (job.id or job.urls or job.inline):
            raise self._unclear(answer)
        return await self._ticket(adapted, job, answer, (*warnings, *ending))

    async def poll(self, ticket: Ticket) -> Pending | Done | Failed:
        """Ask how the job stands; see `VideoModel.poll`."""
        self._check_home(ticket)
        if ticket.extra.get("finished"):
            return results.finished(ticket)
        try:
            answer = await self._ask(ticket)
        except ProviderError as error:
            if error.kind is not FailureKind.LOST:
                raise
            return self._lost(ticket, error)
        job = job_in(answer, ticket.remote_id)
        if job is None:
            raise self.transport.refused(Refusal(answer.status, message="the answer tells of no job"), "read")
        return results.result_of(job, answer, ticket, self.transport, poll_seconds=self._dialect.poll_seconds)

    async def collect(self, ticket: Ticket, done: Done, into: Path) -> None:
        """Write the clip to the file `into`; see `VideoModel.collect`.

        Raises:
            ProviderError: `lost` when the server no longer keeps it, `busy` when it does not yet give it.
        """
        self._check_home(ticket)
        if done.inline is not None:
            source = await asyncio.to_thread(self._vault.path, done.inline)
            await asyncio.to_thread(lambda: into.write_bytes(source.read_bytes()))
            return
        fault = await self._fetch(ticket, done, into)
        if fault is None:
            return
        if fault.status not in _NOT_THERE:
            raise fault
        # A clip that is not there may be late, have a new address, have expired, or be gone with its job.
        state = await self.poll(ticket)
        if isinstance(state, Done) and state.url != done.url:
            fault = await self._fetch(ticket, state, into)
        if fault is not None:
            raise results.not_collected(fault, state, self.transport)

    async def cancel(self, ticket: Ticket) -> bool:
        """Stop the job; see `VideoModel.cancel`. A job that is done is left alone: its clip is paid for.

        Deleting a running job is the one stop the protocol has; a server that confirms it has no job any more.
        """
        state = await self.poll(ticket)
        if isinstance(state, Pending):
            await self._meet(strict=False)
        else:
            return isinstance(state, Failed) and state.kind is not FailureKind.LOST
        path = f"videos/{segment(ticket.remote_id)}"
        if self._dialect.cancel == "none":
            return False
        if self._dialect.cancel == "post":
            stopped = await self._stop("POST", f"{path}/cancel")
            # It stops at its next step; until then it says "cancelling".
            return stopped is not None and stopped.fields.get("status") in {"cancelled", "canceled", "cancelling"}
        deleted = await self._stop("DELETE", path)
        return deleted is not None and (
            deleted.fields.get("deleted") is True or deleted.fields.get("status") in {"deleted", "cancelled"}
        )

    async def find(
        self, request: VideoRequest, *, idempotency_key: str, since: datetime, others: frozenset[str] = frozenset()
    ) -> Ticket | None:
        """Look a lost start up in the server's list; see `VideoModel.find`.

        Raises:
            NotImplementedError: the list is not complete or does not tell jobs apart.
        """
        del idempotency_key  # the list does not show it
        adapted, warnings = self.adapt(request)
        await self._meet(strict=False)
        if not self._dialect.listing or set(_CHANGES) & set(adapted.options):
            message = f"{self.name}: {self.transport.vendor} has no list in which a lost start could be looked up"
            raise NotImplementedError(message)
        prompt = adapting.prompt_of(adapted)
        found = await find_job(
            self.transport, self._dialect, prompt=prompt, size=adapted.size, since=since, others=others
        )
        return await self._ticket(adapted, *found, warnings) if found else None

    async def variant(self, ticket: Ticket, name: str, into: Path) -> None:
        """Write a preview, `thumbnail` (WebP) or `spritesheet`, of a finished clip to the file `into`."""
        path = f"videos/{segment(ticket.remote_id)}/content"
        await self.transport.download(path, into, query={"variant": name}, types=("image/",), most_bytes=32 << 20)

    async def delete(self, ticket: Ticket) -> bool:
        """Delete a finished clip at the server; return whether it is gone."""
        answer = await self._stop("DELETE", f"videos/{segment(ticket.remote_id)}")
        return answer is not None

    async def check(self) -> served.Served:
        """Ask the server who it is and whether it serves the model: free.

        Raises:
            ProviderError: the key is refused.
        """
        return await served.ask(self.transport, self.entry.model, fresh=True)

    async def aclose(self) -> None:
        """Close the client."""
        await self.transport.aclose()

    async def _meet(self, *, strict: bool = True) -> tuple[str, ...]:
        """Learn the dialect where it is open, and refuse a model that is no longer served; return warnings."""
        said = await served.ask(self.transport, self.entry.model)
        if self._is_open and said.dialect is not None:
            self._dialect = dialect_of(self.entry, said.dialect)
        today = datetime.now(UTC).date()
        if said.ends_on is None or not strict:
            return ()
        if said.ends_on <= today:
            raise self._ended(said.ends_on)
        if said.ends_on - today <= _SOON:
            return (f"{self.name} is served until {said.ends_on}",)
        return ()

    async def _body(self, request: VideoRequest) -> Body:
        if set(_CHANGES) & set(request.options):
            return change_body(request, self.entry.model, await self._uploaded_clip(request))
        ids = tuple(str(given["id"]) for given in request.options.get("characters", ()))
        if self._dialect.characters:
            ids += await characters.uploaded(self.transport, self._vault, request.references)
        return create_body(self._dialect, self.entry.model, request, await self._pictures(request), ids)

    async def _pictures(self, request: VideoRequest) -> Pictures:
        starts = request.first_frame or request.continues
        references = [reference.asset for reference in request.references if reference.role == "image"]
        if self._dialect.image_style == "none":
            return Pictures()
        return Pictures(
            first=await still(self._vault, starts, request.size) if starts else None,
            last=await still(self._vault, request.last_frame, request.size) if request.last_frame else None,
            references=tuple([await still(self._vault, asset, None) for asset in references]),
        )

    async def _uploaded_clip(self, request: VideoRequest) -> tuple[str, bytes, str] | None:
        if True not in (request.options.get("edit"), request.options.get("extend")):
            return None
        if request.continues is None:
            raise InvalidInput(f"{self.name} has no clip to change.", hint="Give its id, or a clip to continue.")
        path = await asyncio.to_thread(self._vault.path, request.continues)
        return "clip.mp4", await asyncio.to_thread(path.read_bytes), request.continues.media_type

    async def _fetch(self, ticket: Ticket, done: Done, into: Path) -> ProviderError | None:
        """Download from the first place that gives the clip; return the last refusal if none does."""
        fault = None
        for url in results.sources(done, ticket, self.transport):
            query = self._dialect.content_query if url.endswith("/content") else None
            try:
                await self.transport.download(url, into, query=query)
            except ProviderError as error:
                fault = error
            else:
                return None
        return fault

    async def _ask(self, ticket: Ticket) -> Answer:
        url = str(ticket.extra.get("polling_url") or "")
        path = url if url and self.transport.is_own(url) else f"videos/{segment(ticket.remote_id)}"
        return await self.transport.get(path, accept=lambda answer: job_in(answer, ticket.remote_id) is not None)

    async def _stop(self, method: str, path: str) -> Answer | None:
        try:
            return await self.transport.free(method, path)
        except ProviderError as error:
            if error.retryable or error.kind is FailureKind.AUTH:
                raise
            return None

    async def _ticket(self, request: VideoRequest, job: Job, answer: Answer, warnings: tuple[str, ...]) -> Ticket:
        return await ticket_for(job, answer, request, self.entry, self.transport, self._vault, warnings=warnings)

    def _check_home(self, ticket: Ticket) -> None:
        if ticket.protocol != PROTOCOL or origin_of(ticket.base_url) != origin_of(self.transport.base_url):
            raise InvalidInput(
                f"This ticket is of {ticket.base_url}, and {self.name} is at {self.transport.base_url}.",
                hint="Open the model with the entry that started the job.",
            )

    def _lost(self, ticket: Ticket, error: ProviderError) -> Failed:
        if ticket.account != self.transport.account:
            raise ProviderError(
                f"{self.transport.vendor} shows this job to the key that started it, and this is another one.",
                provider=self.transport.vendor,
                model=self.name,
                kind=FailureKind.AUTH,
                status=error.status,
                hint="Use the key that started it.",
            ) from None
        return Failed(kind=FailureKind.LOST, reason=error.message)

    def _unclear(self, answer: Answer) -> ProviderError:
        """Return the error of a 2xx answer without a job: an error in disguise, or a job without a handle."""
        if answer.fields.get("error") or answer.fields.get("detail"):
            return self.transport.error(answer)
        return self.transport.ambiguous("an answer without a job in it")

    def _ended(self, day: date) -> ProviderError:
        return ProviderError(
            f"{self.transport.vendor} stopped serving {self.entry.model} on {day}.",
            provider=self.transport.vendor,
            model=self.name,
            kind=FailureKind.RETIRED,
            hint="`reelwright models` lists what is alive.",
        )
