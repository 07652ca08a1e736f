# ruff: noqa: INP001, S101 - a test, not a package
"""The intranet of `own_channel.py` has every episode once, and whole: `pytest examples/test_own_channel.py`.

The server below stands in for the intranet. Of a PUT that breaks it keeps one half, as many do.
"""

from __future__ import annotations

import hashlib
import json
import threading
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from typing import Self
from urllib.parse import unquote, urlsplit

import pytest

from reelwright.publishing.contract import ChannelEntry, ChannelRefused
from reelwright.testing import ChannelContract, ChannelHarness, KilledChannelContract, Newsroom

TOKEN = "token-0123456789abcdef"  # noqa: S105 - of the server below


class IntranetServer(ThreadingHTTPServer):
    """The folder `/videos`, over WebDAV (RFC 4918)."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.files: dict[str, bytes] = {}
        """What was written there."""
        self.calls: list[str] = []
        """What was asked of it: `PUT .mp4`, `GET .json`."""
        self.faults: dict[str, str | int] = {}
        """What comes of the next such call: an HTTP status, or no answer, `before` it is done or `after`."""

    @property
    def url(self) -> str:
        """The address, without a path."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def shown(self) -> list[str]:
        """The episodes that people see: what has a description. All of it is whole."""
        told = {name: json.loads(data) for name, data in self.files.items() if name.endswith(".json")}
        for name, description in told.items():
            video = self.files[name.replace(".json", ".mp4")]
            assert hashlib.sha256(video).hexdigest() == description["sha256"]
        return list(told)

    def serve(self, method: str, path: PurePosixPath, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Do what is asked; return the status and the answer's body."""
        name, to = path.name, PurePosixPath(unquote(urlsplit(headers.get("destination", "")).path))
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, b""
        if str(path.parent) != "/videos":
            return (409 if method == "PUT" else 404), b""
        if method == "PUT":
            self.files[name] = body
            return 201, b""
        if name not in self.files:
            return 404, b""
        if method != "MOVE":
            return 200, self.files[name]
        if str(to.parent) != "/videos":
            return 409, b""
        if to.name in self.files and headers.get("overwrite") == "F":
            return 412, b""
        self.files[to.name] = self.files.pop(name)
        return 201, b""

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.005,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Request(BaseHTTPRequestHandler):
    server: IntranetServer
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing on the terminal."""

    def _serve(self) -> None:
        path, body = PurePosixPath(unquote(self.path)), self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.calls.append(f"{self.command} {''.join(path.suffixes[:1])}")
        fault = self.server.faults.pop(self.server.calls[-1], None)
        if fault == "before" and self.command == "PUT":
            self.server.files[path.name] = body[: len(body) // 2]
        if fault == "before":
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        done = (fault, b"") if isinstance(fault, int) else self.server.serve(self.command, path, headers, body)
        if fault == "after":
            return
        self.send_response(done[0])
        self.send_header("Content-Length", str(len(done[1])))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else done[1])

    do_GET = do_HEAD = do_PUT = do_MOVE = _serve  # noqa: N815 - the library's names


class IntranetHarness(ChannelHarness):
    """The channel of `own_channel.py` at that server."""

    kind = str(Path(__file__).with_name("own_channel.py"))
    losses = ("HEAD .mp4", "PUT .mp4", "MOVE .mp4", "PUT .json", "MOVE .json", "GET .json")

    def platform(self, folder: Path) -> AbstractContextManager[IntranetServer]:
        """Lend an empty intranet."""
        del folder
        return IntranetServer()

    def entry(self, platform: IntranetServer) -> ChannelEntry:
        """Name the folder, as a recipe does."""
        return ChannelEntry(kind=self.kind, name="intranet", settings={"url": f"{platform.url}/videos"})

    def environment(self, platform: IntranetServer) -> dict[str, str]:
        """Set the token."""
        del platform
        return {"INTRANET_TOKEN": TOKEN}

    def posts(self, platform: IntranetServer) -> int:
        """What has a description is shown."""
        return len(platform.shown)

    def lose(self, platform: IntranetServer, loss: str, *, after: bool) -> None:
        """Break the next such request's connection: with nothing done, or half a file, or when all is."""
        platform.faults[loss] = "after" if after else "before"

    def __repr__(self) -> str:
        return "intranet"


class TestIntranet(ChannelContract):
    """Everything that a publication relies on."""

    harnesses = (IntranetHarness(),)

    @pytest.mark.parametrize("broken", ["PUT .mp4", "PUT .json"])
    def test_half_a_file_is_never_shown(self, room: Newsroom, broken: str) -> None:
        """It stays a part; what people see was sent again from its beginning."""
        room.platform.faults[broken] = "before"
        assert room.settle() == "published"
        (half,) = [name for name in room.platform.files if name.endswith(".part")]
        whole = room.platform.files[half.rsplit(".", 2)[0]]
        assert 0 < len(room.platform.files[half]) < len(whole)
        assert room.posts == 1

    def test_what_is_there_is_not_sent_again(self, room: Newsroom) -> None:
        """The answer was lost, and the video is found; nobody downloads it for that."""
        room.platform.faults["MOVE .mp4"] = "after"
        assert room.settle() == "published"
        assert [room.platform.calls.count(f"{method} .mp4") for method in ("PUT", "MOVE", "GET")] == [1, 1, 0]

    def test_a_full_disk_is_tried_again(self, room: Newsroom) -> None:
        """The run lets go of it; a later one finishes it."""
        room.platform.faults["PUT .mp4"] = 507
        assert room.publish(patience_seconds=0).waits
        assert room.posts == 0

    def test_a_token_that_ended_is_said(self, room: Newsroom) -> None:
        """To somebody who can ask for a new one."""
        room.platform.faults["PUT .mp4"] = 401
        with pytest.raises(ChannelRefused) as raised:
            room.publish()
        assert "INTRANET_TOKEN" in raised.value.hint


class TestIntranetKilled(KilledChannelContract):
    """Also when its process is killed: some seconds."""

    harnesses = (IntranetHarness(),)
