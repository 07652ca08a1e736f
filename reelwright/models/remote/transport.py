"""One HTTP transport for all vendors: free reads are repeated, a paid start is sent exactly once."""

from __future__ import annotations

import functools
import re
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urljoin

import httpx
import stamina

from reelwright.errors import FailureKind, ProviderError, StartAmbiguous
from reelwright.models.remote.addresses import checked_base_url, origin_of
from reelwright.models.remote.answers import Answer, Refusal, refusal_in, shortened
from reelwright.models.remote.auth import NO_AUTH, Auth
from reelwright.models.remote.download import Downloaded, Fetch
from reelwright.models.remote.kinds import Purpose, Rule, judge
from reelwright.models.remote.logs import keep_signatures_out_of_logs
from reelwright.models.remote.patience import Patience

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_MOST_BYTES = 256 << 20
_UNSURE = frozenset({502, 504, 520, 522, 524})
"""A gateway's statuses that say nothing of what the vendor behind it did with a start."""

_HINTS = {
    FailureKind.AUTH: "Check the key, and that it may use this model.",
    FailureKind.BILLING: "Add money or quota to this account; other models go on.",
    FailureKind.MODERATED: "Change the prompt or the pictures: the same ones will be blocked again.",
    FailureKind.RETIRED: "`reelwright models` lists what is alive; at your own host, check `base_url` and `model`.",
    FailureKind.RATE_LIMITED: "It may pass later.",
    FailureKind.BUSY: "It may pass later.",
    FailureKind.LOST: "The vendor no longer knows this job.",
}


class Transport:
    """The HTTP client of one vendor at one account. Closed with `aclose`; belongs to one event loop."""

    def __init__(
        self,
        *,
        vendor: str,
        base_url: str,
        auth: Auth = NO_AUTH,
        model: str = "",
        rules: Sequence[Rule] = (),
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        patience: Patience | None = None,
        unsure: Iterable[int] = _UNSURE,
    ) -> None:
        """Take the vendor's name, address, key and its own `rules` for failures.

        Args:
            vendor: The name that errors carry.
            base_url: Paths are added to it; the key goes to its origin only.
            auth: The key.
            model: The entry's name, for errors.
            rules: The vendor's own failure table, before the general one.
            headers: Sent with every call to the vendor's own origin, e.g. a version.
            query: Sent with every call to the vendor's own origin, e.g. `api-version`.
            patience: How long to wait.
            unsure: HTTP statuses of a paid start after which the job may exist all the same.

        Raises:
            InvalidInput: the address is no http(s) URL, or carries a user, password or query.
        """
        self.base_url = checked_base_url(base_url)
        self.vendor, self.model, self.auth, self.rules = vendor, model, auth, tuple(rules)
        self.patience = patience or Patience()
        self._headers, self._query, self._unsure = dict(headers or {}), dict(query or {}), frozenset(unsure)
        self._origin = origin_of(self.base_url)
        keep_signatures_out_of_logs()
        # A start never travels on a connection that may have died unseen: it would not be known whether it arrived.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.AsyncClient(verify=_ssl_context(), follow_redirects=False, limits=limits)

    def __repr__(self) -> str:
        return f"Transport({self.vendor!r}, {self.base_url!r})"

    @property
    def account(self) -> str:
        """The key's fingerprint, for `Ticket.account`."""
        return self.auth.account

    async def get(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: Callable[[Answer], bool] | None = None,
        purpose: Purpose = "read",
    ) -> Answer:
        """Read something; repeated on 429, 5xx and transport faults.

        Args:
            path: Under the base URL, or a whole URL that the vendor gave.
            query: Query fields.
            headers: Further headers.
            accept: Says of an answer with an error status that it is one all the same (a failed job sent as 4xx).
            purpose: What a 404 means: `read` a job that is lost, `start` a model or service that is not there.

        Raises:
            ProviderError: the vendor refused, or could not be reached.
        """
        return await self.free("GET", path, query=query, headers=headers, accept=accept, purpose=purpose)

    async def free(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: Callable[[Answer], bool] | None = None,
        purpose: Purpose = "read",
    ) -> Answer:
        """Make a call that costs nothing and may be repeated, e.g. a cancel; see `get`."""
        patience = self.patience
        content = {"json": json} if json is not None else {}
        async for attempt in stamina.retry_context(
            on=self._again, attempts=patience.attempts, timeout=patience.total_seconds, wait_initial=0.5
        ):
            with attempt:
                answer = await self._followed(method, path, query, headers, content)
                if not answer.ok and not (accept and accept(answer)):
                    raise self.error(answer, purpose)
        return answer

    async def paid(
        self,
        path: str,
        *,
        json: Any = None,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        expect: Literal["json", "bytes"] = "json",
        most_bytes: int = _MOST_BYTES,
    ) -> Answer:
        """Send a POST that can cost money, exactly once. A 2xx answer comes back; `expect` says what it must hold.

        Raises:
            ProviderError: refused, or not reached: then not a byte of it went out (`busy`).
            StartAmbiguous: no answer, or one that does not tell: the job may exist.
        """
        sent, fault = False, ""

        async def watch(event: str, info: Mapping[str, Any]) -> None:
            nonlocal sent
            # A proxy's CONNECT is no start.
            sent = sent or (event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT")

        content = {name: value for name, value in (("json", json), ("data", data), ("files", files)) if value}
        try:
            answer = await self._exchange(
                "POST",
                self._url(path, query),
                headers,
                content,
                wait=self.patience.start_seconds,
                most_bytes=most_bytes,
                watch=watch,
            )
        except (httpx.RequestError, _TooLarge) as error:
            # Raised outside: the library's error holds the request, and so the key.
            fault = _fault(error)
        if fault:
            raise self.ambiguous(fault) if sent else self._unreachable(fault)
        if not answer.ok:
            raise self.ambiguous(f"HTTP {answer.status}") if answer.status in self._unsure else self.error(answer)
        if expect == "json" and not answer.fields:
            raise self.ambiguous(f"an answer that is no JSON object (HTTP {answer.status}, {answer.media_type!r})")
        return answer

    async def download(
        self,
        url: str,
        into: Path,
        *,
        query: Mapping[str, str] | None = None,
        types: Sequence[str] = ("video/",),
        most_bytes: int = 2 << 30,
    ) -> Downloaded:
        """Write the bytes at `url` (or under the base URL) to the file `into`, resuming where a connection broke.

        Args:
            url: Where they lie. The key goes along to the vendor's own origin only, redirects included.
            into: The file to write; what it held is replaced.
            query: Query fields.
            types: Beginnings of content types to expect; an unnamed type passes, a page or JSON never does.
            most_bytes: More than this is refused.

        Raises:
            ProviderError: refused (`status` says how), broken off again and again, too large, or no media.
        """
        return await Fetch(self, self._url(url, query), into, tuple(types), most_bytes).run()

    async def aclose(self) -> None:
        """Close the client."""
        await self._client.aclose()

    def error(self, answer: Answer, purpose: Purpose = "start") -> ProviderError:
        """Return the error that an answer stands for."""
        if answer.status in _REDIRECTS:
            where = self.clean(urljoin(answer.url, answer.headers.get("location", "")))
            refusal = Refusal(status=answer.status, type="redirect", message=f"it sends us on to {where}")
        else:
            refusal = refusal_in(answer)
        return self.refused(refusal, purpose, retry_after_seconds=answer.retry_after_seconds)

    def refused(
        self, refusal: Refusal, purpose: Purpose = "start", *, retry_after_seconds: float | None = None
    ) -> ProviderError:
        """Return the error that a vendor's words stand for."""
        verdict = judge(refusal, self.rules, purpose=purpose)
        tags = dict.fromkeys(
            text for text in (f"HTTP {refusal.status}" if refusal.status else "", refusal.code, refusal.type) if text
        )
        told = f" ({', '.join(tags)})" if tags else ""
        return ProviderError(
            self.clean(f"{self.vendor}: {shortened(refusal.words)}{told}"),
            provider=self.vendor,
            model=self.model,
            kind=verdict.kind,
            status=refusal.status,
            retry_after_seconds=retry_after_seconds,
            billed=verdict.billed,
            hint=_HINTS.get(verdict.kind, ""),
        )

    def ambiguous(self, what: str) -> StartAmbiguous:
        """Return the error of a start that went out and was not answered in a way that tells."""
        return StartAmbiguous(
            self.clean(
                f"{self.vendor} was sent a start and gave {shortened(what)}: the job may exist and may be billed."
            ),
            provider=self.vendor,
            model=self.model,
            hint="It is looked up before anything is paid again.",
        )

    def clean(self, text: str) -> str:
        """Return `text` without secrets."""
        return self.auth.clean(text)

    def is_own(self, url: str) -> bool:
        """Whether the key may go to `url`."""
        try:
            return origin_of(url) == self._origin
        except ValueError:
            return False  # an address that is none

    async def open(self, url: str, headers: Mapping[str, str]) -> httpx.Response:
        """Send a GET and return the answer unread; the key goes along only to the own origin. For downloads."""
        request = self._request("GET", url, headers, {}, self.patience.read_seconds, {})
        return await self._client.send(request, stream=True)

    def unreachable(self, error: Exception) -> ProviderError:
        """Return the error of a vendor that could not be reached."""
        return self._unreachable(_fault(error))

    async def _followed(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        content: Mapping[str, Any],
    ) -> Answer:
        """Make a call and follow redirects that stay with the vendor."""
        url, fault = self._url(path, query), ""
        try:
            for _ in range(_MOST_REDIRECTS):
                answer = await self._exchange(method, url, headers, content, wait=self.patience.read_seconds)
                onward = urljoin(url, answer.headers.get("location", ""))
                if answer.status not in _REDIRECTS or method != "GET" or not self.is_own(onward):
                    break
                url = onward
        except (httpx.RequestError, _TooLarge) as error:
            fault = _fault(error)
        if fault:
            raise self._unreachable(fault)
        return answer

    async def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        content: Mapping[str, Any],
        *,
        wait: float,
        most_bytes: int = _MOST_BYTES,
        watch: Callable[..., Any] | None = None,
    ) -> Answer:
        request = self._request(method, url, headers or {}, content, wait, {"trace": watch} if watch else {})
        response = await self._client.send(request, stream=True)
        try:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > most_bytes:
                    raise _TooLarge
        finally:
            await response.aclose()
        named = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, named, bytes(body), url)

    def _request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: Mapping[str, Any],
        wait: float,
        extensions: Mapping[str, Any],
    ) -> httpx.Request:
        own = {**self._headers, **self.auth.headers()} if self.is_own(url) else {}
        timeout = httpx.Timeout(wait, connect=self.patience.connect_seconds)
        try:
            return self._client.build_request(
                method,
                url,
                headers={"User-Agent": "reelwright", "Accept": "*/*", **own, **headers},
                timeout=timeout,
                extensions=dict(extensions),
                **content,
            )
        except (httpx.InvalidURL, UnicodeError):
            pass
        raise ProviderError(
            self.clean(f"{self.vendor} gave an address that is none: {url!r}"),
            provider=self.vendor,
            model=self.model,
            kind=FailureKind.INVALID_REQUEST,
        )

    def _url(self, path: str, query: Mapping[str, str] | None = None) -> str:
        url = path if re.match(r"https?://", path, re.IGNORECASE) else f"{self.base_url}/{path.lstrip('/')}"
        wanted = {**(self._query if self.is_own(url) else {}), **(query or {})}
        return str(httpx.URL(url).copy_merge_params(wanted)) if wanted else url

    def _again(self, error: Exception) -> bool | float:
        if not isinstance(error, ProviderError) or not error.retryable:
            return False
        wait = error.retry_after_seconds
        return True if wait is None else max(wait, 0.05) if wait <= self.patience.longest_wait_seconds else False

    def _unreachable(self, fault: str) -> ProviderError:
        return ProviderError(
            self.clean(f"{self.vendor} could not be reached: {shortened(fault)}"),
            provider=self.vendor,
            model=self.model,
            kind=FailureKind.BUSY,
            hint=_HINTS[FailureKind.BUSY],
        )


class _TooLarge(Exception):
    """An answer that would fill the memory."""


def segment(text: str) -> str:
    """Return `text` (a vendor's id) as one segment of a path."""
    return quote(text, safe="")


def _fault(error: Exception) -> str:
    if isinstance(error, _TooLarge):
        return "an answer without end"
    if isinstance(error, httpx.TimeoutException):
        return f"no answer in time ({type(error).__name__})"
    return str(error) or type(error).__name__


@functools.cache
def _ssl_context() -> ssl.SSLContext:
    # Reading the certificates takes longer than many calls: once a process.
    return httpx.create_ssl_context()
