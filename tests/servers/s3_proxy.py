"""A proxy in front of a real S3 server that does to its traffic what bad stores and bad networks do."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

_LARGEST_HEAD = 64


@dataclass
class Faults:
    """What goes wrong from now on; a count goes down with each time."""

    ignores: Callable[[Seen], bool] = lambda _: False
    """Whether the conditions of a request are dropped: the store behaves as if it did not know them."""
    forgets_checksums: bool = False
    """Tell no checksum of what is kept, as a store that keeps none."""
    cut_uploads: int = 0
    """Break the connection in the middle of so many bodies."""
    cut_downloads: int = 0
    """Break the connection in the middle of so many answers to GET."""
    refuses: tuple[int, str] | None = None
    """Answer every write with this status and error code."""
    lost_answers: int = 0
    """Pass so many writes on, and break the connection instead of answering."""


@dataclass(frozen=True)
class Seen:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""

    @property
    def writes(self) -> bool:
        """Whether it creates or replaces an object, or completes a multipart upload."""
        return (self.method == "PUT" and "partNumber" not in self.path) or (
            self.method == "POST" and "uploadId" in self.path
        )


@dataclass
class S3Proxy:
    """Stands between a client and the server at `upstream`; `url` is its own endpoint."""

    upstream: str
    faults: Faults = field(default_factory=Faults)
    seen: list[Seen] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The endpoint that clients are given."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def takes(self, fault: str) -> bool:
        """Whether a fault is due; it is counted down."""
        left = getattr(self.faults, fault)
        if left:
            setattr(self.faults, fault, left - 1)
        return bool(left)


def _refusal(status: int, code: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """An error as the S3 API words it: "Error responses" in its reference."""
    told = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>No.</Message></Error>'.encode()
    return status, [("Content-Type", "application/xml"), ("Content-Length", str(len(told)))], told


def _handler(proxy: S3Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Be silent."""

        def _pass(self) -> None:
            seen = Seen(self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
            proxy.seen.append(seen)
            length = int(seen.headers.get("content-length", 0))
            if length > _LARGEST_HEAD and self.command == "PUT" and proxy.takes("cut_uploads"):
                self.rfile.read(length // 2)
                return self._break()
            asked = self.rfile.read(length)
            refused = proxy.faults.refuses if seen.writes else None
            status, headers, body = _refusal(*refused) if refused else _ask(proxy, seen, asked)
            if seen.writes and proxy.takes("lost_answers"):
                return self._break()
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET" and len(body) > _LARGEST_HEAD and proxy.takes("cut_downloads"):
                self.wfile.write(body[: len(body) // 2])
                return self._break()
            self.wfile.write(body)
            return None

        def _break(self) -> None:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _pass  # noqa: N815 - the server's names

    return Handler


def _ask(proxy: S3Proxy, seen: Seen, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
    dropped = {"expect", "connection"}
    if proxy.faults.ignores(seen):
        dropped |= {"if-none-match", "if-match"}
    upstream = http.client.HTTPConnection(urlsplit(proxy.upstream).netloc, timeout=60)
    with contextlib.closing(upstream):
        # The host's name is signed: it stays the proxy's.
        upstream.putrequest(seen.method, seen.path, skip_host=True, skip_accept_encoding=True)
        for name, value in seen.headers.items():
            if name not in dropped:
                upstream.putheader(name, value)
        upstream.endheaders(body)
        answer = upstream.getresponse()
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _PER_CONNECTION]
        if proxy.faults.forgets_checksums:
            headers = [(name, value) for name, value in headers if not name.lower().startswith("x-amz-checksum")]
        data = answer.read()
    if seen.method != "HEAD":
        headers.append(("Content-Length", str(len(data))))
    else:
        headers.append(("Content-Length", answer.getheader("Content-Length", "0")))
    return answer.status, headers, data


_PER_CONNECTION = {"connection", "transfer-encoding", "content-length", "server", "date"}
