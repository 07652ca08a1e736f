"""YouTube's calls: the resumable upload, and what belongs to a video. A refusal is read by its documented reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import anyio
from pydantic import SecretStr

from reelwright.models.remote.answers import Answer
from reelwright.models.remote.auth import bearer
from reelwright.models.remote.patience import Patience
from reelwright.publishing.calls import Calls, Named, part_of
from reelwright.publishing.contract import ChannelRefused, MediaFile, OutcomeUnknown, Progress, Refused, now
from reelwright.publishing.rules import LATER, RefusalKind
from reelwright.publishing.signing import Signer
from reelwright.publishing.youtube_facts import ERRORS, GOOGLES_ZONE

API, UPLOAD = "youtube/v3", "upload/youtube/v3"
_INCOMPLETE, _GONE, _UNAUTHORIZED = 308, frozenset({404, 410}), 401
_STUMBLES = frozenset({408, 429})
_SERVER_ERRORS = 500
_MOST_VAIN = 6
"""How often in a row the platform may take nothing before the upload rests."""
_LONGEST_WAIT_SECONDS = 20.0
_RANGE = re.compile(r"bytes=0-(\d+)")


_DAILY = frozenset({"quotaExceeded", "dailyLimitExceeded"})


class Arrived(NamedTuple):
    """How far an upload has come."""

    size_bytes: int
    """How many bytes the session has taken."""
    resource: Mapping[str, Any] | None = None
    """What came of it; `None`: it waits for more bytes."""


class SessionGone(Exception):
    """The session is not known any more: it has ended, or what came of it was forgotten."""


def seconds_to_midnight(moment: datetime) -> float:
    """Return how long Google's day still lasts at a moment, in seconds; it is 23 or 25 hours long twice a year."""
    zone = ZoneInfo(GOOGLES_ZONE)
    tomorrow = moment.astimezone(zone).date() + timedelta(days=1)
    return (datetime.combine(tomorrow, time.min, zone).astimezone(UTC) - moment).total_seconds()


def named(answer: Answer) -> tuple[tuple[str, ...], str]:
    """Read an error of Google's APIs: its reasons, the most exact first, and its words."""
    if answer.status < 400:  # noqa: PLR2004 - 308 is an answer too
        return (), ""
    error = answer.fields.get("error")
    if not isinstance(error, Mapping):
        return (), str(error or "")
    listed = [one for one in error.get("errors", ()) if isinstance(one, Mapping)]
    details = [one for one in error.get("details", ()) if isinstance(one, Mapping)]
    reasons = [str(one["reason"]) for one in (*listed, *details) if one.get("reason")]
    return (*reasons, str(error.get("status", ""))), str(error.get("message", ""))


class YouTubeCalls(Calls):
    """One channel's client."""

    def __init__(self, channel: str, base_url: str, signer: Signer, *, patience: Patience | None = None) -> None:
        super().__init__(
            channel, "YouTube", base_url, signer, errors=ERRORS, named=named, named_bytes=named, patience=patience
        )

    def refusal(self, answer: Answer, named: Named | None = None) -> Refused:
        """Return what an answer refuses; a quota of the day comes back at midnight, Pacific time."""
        refused = super().refusal(answer, named)
        if _DAILY.isdisjoint((named or self._named)(answer)[0]) or answer.retry_after_seconds is not None:
            return refused
        return refused.model_copy(update={"retry_after_seconds": seconds_to_midnight(now())})

    # The resumable upload

    async def begin(
        self, what: str, resource: Mapping[str, Any], file: MediaFile, *, part: str, query: Mapping[str, str], slug: str
    ) -> str:
        """Open a session for a file and return its address. Nothing comes of a session without bytes.

        Raises:
            ChannelRefused: YouTube does not take what is said of the file.
            OutcomeUnknown: no answer came; the session that may exist does no harm.
        """
        answer = await self.send(
            "POST",
            f"{UPLOAD}/{what}",
            query={"uploadType": "resumable", "part": part, **query},
            json=resource,
            headers={
                "X-Upload-Content-Type": file.media_type if what == "videos" else "application/octet-stream",
                "X-Upload-Content-Length": str(file.size_bytes),
                **({"Slug": slug} if slug else {}),
            },
        )
        session = answer.headers.get("location", "")
        if not session:
            raise OutcomeUnknown(self.channel, "YouTube opened an upload and did not say where.")
        return session

    async def arrived(self, session: str, total: int) -> Arrived:
        """Ask a session how much it has. Changes nothing.

        Raises:
            SessionGone: it is not known.
            ChannelRefused: YouTube does not tell, or the upload ended with a refusal.
        """
        auth = bearer(await self.token())
        for again in (True, False):
            headers = {"Content-Range": f"bytes */{total}"}
            answer = await self._free(auth, "PUT", session, {"headers": headers})
            if answer.status != _UNAUTHORIZED or not again:
                break
            auth = bearer(await self._signer.token(refused=_plain(auth.secret)))
        try:
            return self._progress(answer, total)
        except ChannelRefused as error:
            # A session repeats its last word for ever: after a limit, only a new one can help.
            again = error.refused.kind is RefusalKind.QUOTA
            kind = RefusalKind.EXPIRED if again else error.refused.kind
            raise self.refuse(error.refused.model_copy(update={"kind": kind})) from None

    async def send_file(self, session: str, file: MediaFile, start: Arrived, progress: Progress) -> Arrived:
        """Send what a session has not yet, in one request; ask and go on wherever a connection breaks.

        No byte is sent again that YouTube has: each attempt begins where the session says that the last one ended.

        Raises:
            SessionGone: the session is not known any more.
            ChannelRefused: YouTube refuses the file, or takes nothing for now; surely nothing has come of it.
            OutcomeUnknown: the bytes went out, and YouTube does not tell what became of them.
        """
        reached, vain = start, 0
        while reached.resource is None:
            before = reached.size_bytes
            reached, wait = await self._sent(session, file, before, progress)
            progress(reached.size_bytes, file.size_bytes)
            vain = 0 if reached.size_bytes > before else vain + 1
            if reached.resource is None and (vain >= _MOST_VAIN or wait > _LONGEST_WAIT_SECONDS):
                raise self._rests(wait)
            if reached.resource is None:
                await anyio.sleep(max(wait, 0.1 * 2**vain if vain else 0))
        return reached

    async def _sent(self, session: str, file: MediaFile, first: int, progress: Progress) -> tuple[Arrived, float]:
        """Send the rest of a file once; return how far it came, and how long YouTube asks to wait."""
        total = file.size_bytes
        self._sender.auth = bearer(await self.token())
        headers = {"Content-Type": file.media_type, "Content-Length": str(total - first)}
        if first:
            headers["Content-Range"] = f"bytes {first}-{total - 1}/{total}"
        wait = 0.0
        try:
            answer = await self._once("PUT", session, {"body": _told(file, first, progress), "headers": headers})
        except OutcomeUnknown:
            pass  # ask
        else:
            if answer.status == _UNAUTHORIZED:
                await self._signer.token(refused=_plain(self._sender.auth.secret))
            elif answer.status < _SERVER_ERRORS and answer.status not in _STUMBLES:
                return self._progress(answer, total), 0.0
            wait = answer.retry_after_seconds or 0.0
        try:
            return await self.arrived(session, total), wait
        except ChannelRefused as error:
            if error.refused.kind not in LATER | {RefusalKind.SIGN_IN}:
                raise  # the session's own last word
            what = f"the bytes went out, and YouTube cannot be asked what became of them: {error.refused.reason}"
        raise OutcomeUnknown(self.channel, what)

    def _progress(self, answer: Answer, total: int) -> Arrived:
        if answer.status == _INCOMPLETE:
            found = _RANGE.fullmatch(answer.headers.get("range", ""))
            return Arrived(int(found[1]) + 1 if found else 0)
        if answer.status in _GONE:
            raise SessionGone
        if answer.ok and not answer.fields.get("id"):
            raise OutcomeUnknown(self.channel, "YouTube has all bytes and did not say what came of them.")
        return Arrived(total, self.checked(answer).fields)

    def _rests(self, wait: float) -> ChannelRefused:
        refused = Refused(
            kind=RefusalKind.BUSY,
            reason="YouTube takes no bytes for now; what it has is kept",
            person_should="Nothing: it goes on where it stopped.",
            retry_after_seconds=wait or 60.0,
        )
        return self.refuse(refused)

    # What belongs to a video

    async def video(self, number: str, parts: str = "snippet,status") -> Mapping[str, Any] | None:
        """Return a video; `None`: there is none of this number."""
        found = await self.videos((number,), parts)
        return found[0] if found else None

    async def videos(self, numbers: tuple[str, ...], parts: str) -> list[Mapping[str, Any]]:
        """Return up to 50 videos by their numbers."""
        answer = await self.read("GET", f"{API}/videos", query={"part": parts, "id": ",".join(numbers)})
        return _items(answer)

    async def update_status(self, number: str, status: Mapping[str, Any]) -> None:
        """Replace a video's whole status: what is not sent is deleted, so all of it is sent."""
        body = {"id": number, "status": dict(status)}
        await self.send("PUT", f"{API}/videos", query={"part": "status"}, json=body)

    async def set_thumbnail(self, number: str, picture: MediaFile) -> None:
        """Set a video's thumbnail. Doing it again does no harm."""
        content = await anyio.Path(picture.path).read_bytes()
        await self.send(
            "POST",
            f"{UPLOAD}/thumbnails/set",
            query={"videoId": number, "uploadType": "media"},
            headers={"Content-Type": picture.media_type},
            body=content,
        )

    async def add_captions(self, number: str, language: str, captions: MediaFile) -> None:
        """Add a track of captions. YouTube refuses a second one of the same language and name: then it is there."""
        resource = {"snippet": {"videoId": number, "language": language, "name": ""}}
        try:
            session = await self.begin("captions", resource, captions, part="snippet", query={}, slug="")
            await self.send_file(session, captions, Arrived(0), _quietly)
        except SessionGone:
            raise OutcomeUnknown(self.channel, "the upload of the captions was forgotten") from None
        except ChannelRefused as error:
            if error.refused.kind is not RefusalKind.DUPLICATE:
                raise

    async def add_to_playlist(self, number: str, playlist: str) -> None:
        """Put a video into a playlist, unless it is there."""
        query = {"part": "id", "playlistId": playlist, "videoId": number}
        if _items(await self.read("GET", f"{API}/playlistItems", query=query)):
            return
        item = {"playlistId": playlist, "resourceId": {"kind": "youtube#video", "videoId": number}}
        await self.send("POST", f"{API}/playlistItems", query={"part": "snippet"}, json={"snippet": item})

    async def uploads(self) -> str:
        """Return the playlist that holds all uploads of the channel."""
        answer = await self.read("GET", f"{API}/channels", query={"part": "contentDetails", "mine": "true"})
        channels = _items(answer)
        return str(channels[0]["contentDetails"]["relatedPlaylists"]["uploads"]) if channels else ""

    async def page(self, playlist: str, token: str) -> tuple[list[Mapping[str, Any]], str]:
        """Return a page of a playlist, newest first, and the token of the next one; empty: it was the last."""
        query = {"part": "snippet,contentDetails", "playlistId": playlist, "maxResults": "50"}
        answer = await self.read("GET", f"{API}/playlistItems", query=query | ({"pageToken": token} if token else {}))
        return _items(answer), str(answer.fields.get("nextPageToken", ""))


async def _told(file: MediaFile, first: int, progress: Progress) -> Any:
    """Read a file from a byte on, and tell how much is on its way; the last byte is told by the platform only."""
    done = first
    async for block in part_of(file, first, file.size_bytes):
        yield block
        done += len(block)
        progress(min(done, file.size_bytes - 1), file.size_bytes)


def _items(answer: Answer) -> list[Mapping[str, Any]]:
    found = answer.fields.get("items")
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def _quietly(_sent: int, _of: int) -> None:
    """Tell nobody."""
