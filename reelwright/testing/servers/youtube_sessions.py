"""Google's resumable uploads on loopback: sessions, chunks, the question how much arrived, the same answer ever after.

developers.google.com/youtube/v3/guides/using_resumable_upload_protocol says what is taken.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reelwright.testing.servers.strict import Call, Drop, Refused, Reply
from reelwright.testing.servers.youtube_fields import bad

GRANULE = 256 * 1024
"""Every chunk but the last is a multiple of it."""
_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


@dataclass
class Session:
    """One upload on its way."""

    what: str
    """`videos` or `captions`."""
    resource: dict[str, Any]
    total: int
    received: bytearray = field(default_factory=bytearray)
    answer: Reply | None = None
    """Given at its end, and ever after."""
    expired: bool = False
    slug: str = ""


class Sessions:
    """All sessions of one server."""

    def __init__(self) -> None:
        self.all: dict[str, Session] = {}
        self.misaligned = 0
        """How often bytes came that did not fit what was there: none of them were taken."""
        self.asked = 0
        """How often it was asked how much has arrived."""
        self._keep: list[tuple[int, Reply | Drop]] = []

    def keep_only(self, size: int, then: Reply | Drop | None = None) -> None:
        """Take no more than `size` bytes of the next upload, and then break the connection or answer as told."""
        self._keep.append((size, then or Drop()))

    def expire(self) -> None:
        """Forget every session."""
        for session in self.all.values():
            session.expired = True

    def begin(self, call: Call, what: str, resource: dict[str, Any], *, most: int, kinds: tuple[str, ...]) -> str:
        """Open a session; return its number.

        Raises:
            Refused: the announced file is not one that is taken.
        """
        kind = call.headers.get("x-upload-content-type", "")
        length = call.headers.get("x-upload-content-length", "")
        if not length.isdigit() or not 0 < int(length) <= most:
            raise bad("mediaBodyRequired", "The request does not include the video content.")
        if not kind.startswith(kinds):
            raise bad("badContent", f"Media type '{kind}' is not supported. Valid media types: {list(kinds)}")
        slug = call.headers.get("slug", "")
        if slug and (not slug.isprintable() or not slug.isascii() or set(slug) & set('/\\<>:"|?*')):
            raise bad("invalidFilename", "The video filename specified in the Slug header is invalid.")
        number = secrets.token_urlsafe(24)
        self.all[number] = Session(what, resource, int(length), slug=slug)
        return number

    def put(self, call: Call, finish: Callable[[Session], Reply]) -> Reply | Drop:
        """Take bytes, or tell how many there are. `finish` makes the resource when all are there.

        Raises:
            Refused: there is no such session, or the bytes are not what was announced.
        """
        session = self.all.get(call.query.get("upload_id", ""))
        if session is None or session.expired:
            raise Refused(404, "Not Found", code="notFound")
        if len(call.body) < int(call.headers.get("content-length", "0")):
            return self._cut_off(session, call)
        first, last, total = self._range(call, session)
        if session.answer is not None:
            return session.answer
        if first is None:
            self.asked += 1
            return self._incomplete(session)
        if total != session.total or last - first + 1 != len(call.body):
            raise bad("badRequest", "Content-Range does not fit the body or the announced size.")
        if first != len(session.received):
            self.misaligned += 1
            return self._incomplete(session)
        if last + 1 < total and len(call.body) % GRANULE:
            raise bad("badRequest", f"A chunk must be a multiple of {GRANULE} bytes.")
        return self._take(session, call.body, finish)

    @staticmethod
    def _cut_off(session: Session, call: Call) -> Drop:
        """Keep the whole granules of a body whose sender died; there is nobody to answer."""
        found = _RANGE.fullmatch(call.headers.get("content-range", f"bytes 0-0/{session.total}"))
        if found and found[1] is not None and int(found[1]) == len(session.received) and session.answer is None:
            session.received += call.body[: len(call.body) // GRANULE * GRANULE]
        return Drop()

    def _take(self, session: Session, body: bytes, finish: Callable[[Session], Reply]) -> Reply | Drop:
        if self._keep:
            size, outcome = self._keep.pop(0)
            session.received += body[:size]
            if len(session.received) >= session.total:
                session.answer = finish(session)
            return outcome
        session.received += body
        if len(session.received) < session.total:
            return self._incomplete(session)
        session.answer = finish(session)
        return session.answer

    @staticmethod
    def _range(call: Call, session: Session) -> tuple[int | None, int, int]:
        given = call.headers.get("content-range")
        if given is None:
            return 0, len(call.body) - 1, len(call.body)
        found = _RANGE.fullmatch(given)
        if not found or (found[1] is None and call.body):
            raise bad("badRequest", f"Invalid Content-Range {given!r}.")
        total = session.total if found[3] == "*" else int(found[3])
        if total != session.total:
            raise bad("badRequest", "Content-Range names another size than the one announced.")
        return (None, 0, total) if found[1] is None else (int(found[1]), int(found[2]), total)

    @staticmethod
    def _incomplete(session: Session) -> Reply:
        there = len(session.received)
        return Reply(308, None, {"Range": f"bytes=0-{there - 1}"} if there else {})
