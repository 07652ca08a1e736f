"""One request to a platform, sent exactly once: either an answer, or whether anything may have arrived."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from reelwright.models.remote.answers import Answer
from reelwright.models.remote.transport import Transport


class Sender(Transport):
    """A vendor's transport whose caller reads every status itself: 308, 412, or an error in a 200.

    `auth` may be set anew when a token has been refreshed: the next request carries the new one.
    """

    async def once(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        body: Any = None,
        wait_seconds: float | None = None,
    ) -> Answer:
        """Send one request, never again by itself, and return the answer whatever its status; no redirect is followed.

        Args:
            method: The HTTP method.
            path: Under the base URL, or a whole URL that the platform gave; only the own origin gets the token.
            query: Query fields.
            headers: Further headers.
            json: A JSON body.
            form: A form body.
            body: A raw body: bytes, or an asynchronous iterator of them with a `Content-Length` among the headers.
            wait_seconds: How long to wait between two pieces of the answer; `None`: as `patience.start_seconds` says.

        Raises:
            ProviderError: the platform was not reached; not a byte of the request went out (`busy`).
            StartAmbiguous: the request went out, whole or in part, and no answer came back.
        """
        sent, fault = False, ""

        async def watch(event: str, info: Mapping[str, Any]) -> None:
            nonlocal sent
            # A proxy's CONNECT is no request of ours.
            sent = sent or (event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT")

        given = (("json", json), ("data", form), ("content", body))
        content = {name: value for name, value in given if value is not None}
        wait = self.patience.start_seconds if wait_seconds is None else wait_seconds
        try:
            return await self._exchange(method, self._url(path, query), headers, content, wait=wait, watch=watch)
        except httpx.RequestError as error:
            # Raised outside: the library's error holds the request, and so the token.
            fault = str(error) or type(error).__name__
        raise self.ambiguous(fault) if sent else self._unreachable(fault)
