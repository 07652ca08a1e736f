"""The calls of one channel, told in three ways: nothing happened, here is the answer, or nobody can tell."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import anyio
from pydantic import SecretStr

from reelwright.errors import InvalidInput, ProviderError, StartAmbiguous
from reelwright.models.remote.answers import Answer, shortened
from reelwright.models.remote.auth import NO_AUTH, Auth, bearer
from reelwright.models.remote.patience import Patience
from reelwright.publishing.contract import ChannelRefused, MediaFile, OutcomeUnknown, Refused
from reelwright.publishing.refusals import refusal_of
from reelwright.publishing.rules import KnownError, RefusalKind
from reelwright.publishing.sender import Sender
from reelwright.publishing.signing import Signer

_BLOCK = 1 << 20
_SERVER_ERRORS = 500
_BUSY_AFTER_SECONDS = 60.0
Named = Callable[[Answer], tuple[tuple[str, ...], str]]
"""Reads a platform's error from an answer: its names, the most exact first (none: it is good), and its words.

An answer that cannot be read is `UNREADABLE`.
"""
UNREADABLE = "unreadable"
"""The name of an answer that is none: after a final call nobody can tell."""


class Calls:
    """A channel's client. Closed with `aclose`; belongs to one event loop."""

    def __init__(
        self,
        channel: str,
        platform: str,
        base_url: str,
        signer: Signer,
        *,
        errors: tuple[KnownError, ...],
        named: Named,
        named_bytes: Named,
        unsure: frozenset[str] = frozenset(),
        patience: Patience | None = None,
    ) -> None:
        """Take who calls whom, who signs, and how errors are read: the API's, and those of the host that takes bytes.

        `unsure` are names of errors after which the final call may have worked all the same.
        """
        self.channel, self.platform, self._signer = channel, platform, signer
        self._errors, self._unsure = errors, unsure | {UNREADABLE}
        self._named, self._named_bytes = named, named_bytes
        self._sender = Sender(vendor=platform, base_url=base_url, patience=patience)

    async def token(self) -> SecretStr:
        """Return an access token that is good now; see `Signer.token`."""
        return await self._signer.token()

    async def send(self, method: str, path: str, *, final: bool = False, **content: Any) -> Answer:
        """Send a signed call once and return its answer, which is a good one.

        `final` says that a post may come of it; `content` is `json`, `form`, `query` or `headers`, see `Sender.once`.

        Raises:
            ChannelRefused: refused, or not reached: nothing happened.
            OutcomeUnknown: no answer came, or none that tells.
        """
        answer = await self._signed(method, path, content)
        return self.checked(answer, final=final)

    async def send_bytes(
        self,
        method: str,
        url: str,
        file: MediaFile,
        start: int,
        end: int,
        *,
        headers: Mapping[str, str],
        auth: Auth = NO_AUTH,
        final: bool = False,
    ) -> Answer:
        """Send the bytes of a file from `start` up to `end` once, to another host than the API's; see `send`.

        `auth` is the token that goes there, if one does.

        Raises:
            InvalidInput: the file is not there, or has another size than the one that was checked.
        """
        _check_file(file)
        self._sender.auth = auth
        sized = {"Content-Length": str(end - start), **auth.headers(), **headers}
        answer = await self._once(method, url, {"body": part_of(file, start, end), "headers": sized})
        return self.checked(answer, final=final, named=self._named_bytes)

    async def read(self, method: str, path: str, **content: Any) -> Answer:
        """Make a signed call that changes nothing: repeated while answers are lost. Returns a good answer.

        Raises:
            ChannelRefused: refused, or not reached.
        """
        auth = bearer(await self._signer.token())
        answer = await self._free(auth, method, path, content)
        if self._signer.can_renew and self.refusal(answer).kind == RefusalKind.SIGN_IN:
            auth = bearer(await self._signer.token(refused=_plain(auth)))
            answer = await self._free(auth, method, path, content)
        return self.checked(answer)

    def checked(self, answer: Answer, *, final: bool = False, named: Named | None = None) -> Answer:
        """Return an answer that is a good one.

        Raises:
            ChannelRefused: it is not: nothing happened.
            OutcomeUnknown: it does not tell, and a post may have come of it.
        """
        names, words = (named or self._named)(answer)
        if answer.ok and not names:
            return answer
        if final and (answer.status >= _SERVER_ERRORS or self._unsure.intersection(names)):
            said = ", ".join(part for part in (*names[:1], words) if part) or "nothing that tells"
            what = f"{self.platform} was sent the final call and said {shortened(said)} (HTTP {answer.status})."
            raise OutcomeUnknown(self.channel, self._sender.clean(what))
        raise self.refuse(self.refusal(answer, named))

    def refusal(self, answer: Answer, named: Named | None = None) -> Refused:
        """Return what an answer refuses; of kind `unknown` for a good one."""
        names, words = (named or self._named)(answer)
        return refusal_of(
            self._errors,
            names,
            self._sender.clean(words),
            status=answer.status,
            retry_after_seconds=answer.retry_after_seconds,
        )

    def refused_by(self, name: str, words: str = "", *, remote_id: str = "") -> Refused:
        """Return the refusal of a documented error, by its name."""
        return refusal_of(self._errors, (name,), words or name, remote_id=remote_id)

    def refuse(self, refused: Refused) -> ChannelRefused:
        """Return the error of a refusal."""
        return ChannelRefused(self.channel, refused)

    async def aclose(self) -> None:
        """Close the client."""
        await self._sender.aclose()

    async def _signed(self, method: str, path: str, content: Mapping[str, Any]) -> Answer:
        self._sender.auth = bearer(await self._signer.token())
        answer = await self._once(method, path, content)
        if self._signer.can_renew and not answer.ok and self.refusal(answer).kind == RefusalKind.SIGN_IN:
            # Refused at the door: nothing happened, and a newer token may pass.
            self._sender.auth = bearer(await self._signer.token(refused=_plain(self._sender.auth)))
            answer = await self._once(method, path, content)
        return answer

    async def _once(self, method: str, path: str, content: Mapping[str, Any]) -> Answer:
        try:
            return await self._sender.once(method, path, **content)
        except StartAmbiguous as error:
            unknown = error.message
        except ProviderError as error:
            raise self._not_reached(error) from None
        raise OutcomeUnknown(self.channel, unknown)

    async def _free(self, auth: Auth, method: str, path: str, content: Mapping[str, Any]) -> Answer:
        self._sender.auth = auth
        try:
            return await self._sender.free(method, path, accept=_is_said, **content)
        except ProviderError as error:
            raise self._not_reached(error) from None

    def _not_reached(self, error: ProviderError) -> ChannelRefused:
        wait = error.retry_after_seconds
        return self.refuse(
            Refused(
                kind=RefusalKind.BUSY,
                reason=error.message,
                person_should="Nothing: it is tried again later. If it stays so, look after this machine's network.",
                retry_after_seconds=_BUSY_AFTER_SECONDS if wait is None else wait,
            )
        )


async def part_of(file: MediaFile, start: int, end: int) -> AsyncIterator[bytes]:
    """Read the bytes of a file from `start` up to `end`, block by block."""
    async with await anyio.open_file(file.path, "rb") as source:
        await source.seek(start)
        left = end - start
        while left and (block := await source.read(min(_BLOCK, left))):
            left -= len(block)
            yield block


def _check_file(file: MediaFile) -> None:
    found = file.path.stat().st_size if file.path.is_file() else -1
    if found != file.size_bytes:
        what = "is not there" if found < 0 else f"has {found} bytes instead of {file.size_bytes}"
        raise InvalidInput(f"The file {file.path.name!r} {what}.", hint="Make the episode again, then publish it.")


def _is_said(answer: Answer) -> bool:
    """Whether an answer is the platform's word, not a stumble that passes."""
    return answer.status < _SERVER_ERRORS


def _plain(auth: Auth) -> str:
    return auth.secret.get_secret_value() if auth.secret else ""
