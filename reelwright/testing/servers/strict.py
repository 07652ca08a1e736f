"""A strict HTTP server on loopback: it writes down every call, refuses what its vendor would, and fails as it is told.

A vendor's server is a subclass that answers `answer`. A test looks at `calls` and tells it what to do next with `then`:

```python
with OpenAiText() as server:
    server.then(Reply(429, {"error": {...}}, {"Retry-After": "1"}), Drop())
```
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import MIMEPart
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from reelwright.testing.missing import missing

try:
    from jsonschema import Draft202012Validator
except ModuleNotFoundError as error:
    raise missing(error) from error


@dataclass(frozen=True)
class Part:
    """One part of a multipart body."""

    name: str
    data: bytes
    filename: str = ""
    media_type: str = ""

    @property
    def text(self) -> str:
        """The part as text."""
        return self.data.decode()


@dataclass(frozen=True)
class Call:
    """One request as it came over the wire."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        """The JSON value of the body.

        Raises:
            Refused: it is none, or says it is something else.
        """
        if self.headers.get("content-type", "").partition(";")[0] != "application/json":
            raise Refused(415, "the body must be application/json")
        try:
            return json.loads(self.body)
        except ValueError:
            raise Refused(400, "the body is not JSON") from None

    @property
    def parts(self) -> list[Part]:
        """The parts of a multipart body.

        Raises:
            Refused: it is no multipart/form-data.
        """
        kind = self.headers.get("content-type", "")
        if not kind.startswith("multipart/form-data"):
            raise Refused(415, "the body must be multipart/form-data")
        message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + self.body)
        return [
            Part(
                name=str(part.get_param("name", header="content-disposition")),
                data=_bytes_of(part),
                filename=part.get_filename() or "",
                media_type=part.get_content_type() if part.get_filename() else "",
            )
            for part in message.iter_parts()
        ]


def _bytes_of(part: MIMEPart) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


@dataclass(frozen=True)
class Reply:
    """An answer: JSON, or bytes with a media type."""

    status: int = 200
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    media_type: str = "application/json"
    after_seconds: float = 0
    cut_after: int | None = None
    """The connection breaks after so many bytes of the body, though all of them were announced."""


@dataclass(frozen=True)
class Drop:
    """The connection breaks: before an answer, or in the middle of one."""

    halfway: bool = False


class Refused(Exception):
    """A request that the vendor would not take."""

    def __init__(self, status: int, message: str, *, code: str = "", param: str = "", type: str = "") -> None:  # noqa: A002
        super().__init__(message)
        self.status, self.message, self.code, self.param, self.type = status, message, code, param, type


class StrictServer:
    """A vendor on loopback. Use it as a context manager."""

    def __init__(self, port: int = 0) -> None:
        self.calls: list[Call] = []
        self._next: deque[Reply | Drop] = deque()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"owner": self}))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """The address, without a path."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def then(self, *replies: Reply | Drop) -> None:
        """Give the next calls these answers, whatever they ask."""
        self._next.extend(replies)

    def answer(self, call: Call) -> Reply:
        """Answer a call; a subclass does.

        Raises:
            Refused: the vendor would not take it.
        """
        raise NotImplementedError

    def refusal(self, refused: Refused) -> Reply:
        """Return the refusal in the vendor's own shape."""
        return Reply(refused.status, {"error": {"message": refused.message}})

    def handle(self, call: Call) -> Reply | Drop:
        """Write a call down and answer it."""
        self.calls.append(call)
        if self._next:
            return self._next.popleft()
        try:
            return self.answer(call)
        except Refused as refused:
            return self.refusal(refused)

    def reset(self) -> None:
        """Forget calls and plans."""
        self.calls.clear()
        self._next.clear()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the acknowledgement of its own header
    owner: StrictServer

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing on the terminal."""

    def _serve(self) -> None:
        address = urlsplit(self.path)
        call = Call(
            method=self.command,
            path=address.path,
            query=dict(parse_qsl(address.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self._body(),
        )
        outcome = self.owner.handle(call)
        if isinstance(outcome, Drop):
            self._break(halfway=outcome.halfway)
            return
        time.sleep(outcome.after_seconds)
        body = outcome.body or (b"" if outcome.json is None else json.dumps(outcome.json).encode())
        with contextlib.suppress(OSError):  # the client may have given up
            self.send_response(outcome.status)
            for name, value in {"Content-Type": outcome.media_type, **outcome.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: outcome.cut_after])
        if outcome.cut_after is not None:
            self._break(halfway=False)

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _break(self, *, halfway: bool) -> None:
        if halfway:
            self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"id"')
            self.wfile.flush()
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the library's names


def require_schema(value: object, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
    """Refuse a value that does not fit a JSON schema, and fields of its first level that the schema does not know.

    Raises:
        Refused: with the first finding; `param` names the field.
    """
    validator = Draft202012Validator({**schema, "$defs": dict(definitions)})
    for found in sorted(validator.iter_errors(value), key=lambda error: len(error.absolute_path)):
        param = ".".join(map(str, found.absolute_path))
        raise Refused(
            400, found.message[:300], param=param, type="invalid_request_error", code=f"invalid_{found.validator}"
        )
    unknown = sorted(set(value) - set(schema.get("properties", {}))) if isinstance(value, dict) else []
    if unknown:
        raise Refused(
            400,
            f"Unknown parameter: '{unknown[0]}'.",
            param=unknown[0],
            type="invalid_request_error",
            code="unknown_parameter",
        )
