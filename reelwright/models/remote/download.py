"""Bytes from a vendor into a file: streamed, measured, resumed where the connection broke."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import anyio
import httpx
import stamina

from reelwright.errors import FailureKind, ProviderError
from reelwright.models.remote.answers import Answer, refusal_of, shortened

if TYPE_CHECKING:
    from reelwright.models.remote.transport import Transport

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_ERROR_BYTES = 64 << 10
_PARTIAL, _RANGE_REFUSED = 206, 416
_UNNAMED = frozenset({"", "application/octet-stream", "binary/octet-stream"})


@dataclass(frozen=True)
class Downloaded:
    """What lies in the file now."""

    size_bytes: int
    media_type: str
    """As the vendor named it; empty if it did not."""
    resumed: int
    """How often the connection broke and was taken up again."""


class Fetch:
    """One download."""

    def __init__(self, transport: Transport, url: str, into: Path, types: tuple[str, ...], most_bytes: int) -> None:
        self._transport, self._url, self._into = transport, url, into
        self._types, self._most_bytes = types, most_bytes
        self._have, self._total, self._validator, self._media_type = 0, -1, "", ""
        self._resumed = 0

    async def run(self) -> Downloaded:
        """Fetch until the file is whole; see `Transport.download`."""
        self._into.write_bytes(b"")
        patience = self._transport.patience
        async for attempt in stamina.retry_context(
            on=self._again, attempts=2 * patience.attempts, timeout=None, wait_initial=0.2
        ):
            with attempt:
                await self._attempt()
        return Downloaded(size_bytes=self._have, media_type=self._media_type, resumed=self._resumed)

    def _again(self, error: Exception) -> bool | float:
        return self._transport._again(error)  # noqa: SLF001 - one rule for all free reads

    async def _attempt(self) -> None:
        before, fault = self._have, None
        try:
            response = await self._open()
            try:
                await self._take(response)
            finally:
                await response.aclose()
        except httpx.RequestError as error:
            # Raised outside: the library's error holds the request, and so the key.
            fault = self._transport.unreachable(error)
        if fault is None and 0 <= self._total != self._have:
            fault = self._error(f"broke off after {self._have} of {self._total} bytes", FailureKind.BUSY)
        if fault is None and not self._have:
            fault = self._error("sends nothing in place of a clip", FailureKind.BUSY)
        if fault is not None:
            self._resumed += self._have > before
            raise fault

    async def _open(self) -> httpx.Response:
        """Ask for what is missing, following redirects; the key never leaves the vendor's own origin."""
        # Compressed, a range would count other bytes than the file's.
        headers = {"Accept-Encoding": "identity"}
        if self._have:
            headers |= {"Range": f"bytes={self._have}-"} | ({"If-Range": self._validator} if self._validator else {})
        url = self._url
        for _ in range(_MOST_REDIRECTS + 1):
            response = await self._transport.open(url, headers)
            if response.status_code not in _REDIRECTS:
                return response
            onward = urljoin(url, response.headers.get("location", ""))
            await response.aclose()
            if urlsplit(onward).scheme not in {"http", "https"} or (
                urlsplit(url).scheme == "https" and urlsplit(onward).scheme == "http"
            ):
                raise self._error(f"sends its clip over an unsafe way: {onward.partition('?')[0]}")
            url = onward
        raise self._error("redirects its clip without end")

    async def _take(self, response: httpx.Response) -> None:
        if response.status_code == _RANGE_REFUSED and self._have:
            # What lies here is no beginning of what lies there: once more from the start.
            self._restart()
            raise self._error("no longer has the bytes it began to send", FailureKind.BUSY)
        if not response.is_success:
            raise self._transport.error(await _read(response), "read")
        self._check_type(response)
        self._place(response)
        async with await anyio.open_file(self._into, "r+b") as file:
            await file.seek(self._have)
            await file.truncate()
            # No chunk size: pieces that wait to be joined are lost when the connection breaks.
            async for chunk in response.aiter_raw():
                if not self._have:
                    self._check_beginning(chunk)
                await file.write(chunk)
                self._have += len(chunk)
                if self._have > self._most_bytes:
                    raise self._error(f"sends more than {self._most_bytes} bytes")

    def _place(self, response: httpx.Response) -> None:
        """Find out where the answer's first byte belongs and how long the whole is."""
        headers = response.headers
        length = int(headers["content-length"]) if headers.get("content-length", "").isdigit() else None
        if response.status_code == _PARTIAL:
            span = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("content-range", ""))
            total = int(span[2]) if span and span[2] != "*" else -1
            if span is None or int(span[1]) != self._have or (self._total >= 0 <= total != self._total):
                self._restart()
                raise self._error("answers with other bytes than were asked for", FailureKind.BUSY)
            self._total = max(total, self._total)
        else:
            self._restart()
            self._total = -1 if length is None else length
        if self._total > self._most_bytes:
            raise self._error(f"sends {self._total} bytes, more than the {self._most_bytes} that are taken")
        tag = headers.get("etag", "")
        # Only a strong tag promises the same bytes.
        self._validator = tag if tag and not tag.startswith("W/") else ""

    def _restart(self) -> None:
        self._have, self._total, self._validator = 0, -1, ""

    def _check_type(self, response: httpx.Response) -> None:
        self._media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.headers.get("content-encoding", "identity") != "identity":
            raise self._error("sends its clip compressed")
        if self._media_type not in _UNNAMED and not self._media_type.startswith(self._types):
            raise self._error(f"sends {self._media_type!r} in place of a clip")

    def _check_beginning(self, chunk: bytes) -> None:
        if chunk.lstrip()[:1] in {b"<", b"{"}:
            told = refusal_of(chunk.decode("utf-8", "replace")).words
            raise self._error(f"sends a page in place of a clip: {shortened(told, 120)}")

    def _error(self, what: str, kind: FailureKind = FailureKind.UNKNOWN) -> ProviderError:
        transport = self._transport
        text = transport.clean(f"{transport.vendor} {what}")
        return ProviderError(text, provider=transport.vendor, model=transport.model, kind=kind)


async def _read(response: httpx.Response) -> Answer:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _ERROR_BYTES:
            break
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, bytes(body), str(response.url))
