"""YouTube's Data API v3 on loopback, with Google's token end-point: fields, quota, scopes, sessions, errors.

`google-api-python-client` drives it in a test of its own, so that it is no echo of our client.
"""

from __future__ import annotations

import io
import itertools
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from reelwright.testing.servers import oauth
from reelwright.testing.servers.jobs import JobServer, Operation
from reelwright.testing.servers.oauth import Issuer
from reelwright.testing.servers.strict import Call, Refused, Reply
from reelwright.testing.servers.youtube_fields import bad, checked_caption, checked_srt, checked_video, parts_of
from reelwright.testing.servers.youtube_sessions import Session, Sessions

SCOPE = "https://www.googleapis.com/auth/"
UPLOAD, READ, ALL, FORCE = (
    SCOPE + name for name in ("youtube.upload", "youtube.readonly", "youtube", "youtube.force-ssl")
)
_ANY = {UPLOAD, ALL, FORCE}
_READING, _WRITING = {READ, ALL, FORCE}, {ALL, FORCE}
CHANNEL, UPLOADS = "UC0123456789abcdefghijkl", "UU0123456789abcdefghijkl"
PLAYLIST = "PL0123456789abcdef"
REFRESH_TOKEN = "refresh-0-0123456789SECRET"
"""Of a sign-in that was there before the server began."""
SIGN_IN = json.dumps(
    {
        "client_id": oauth.CLIENT_ID,
        "client_secret": oauth.CLIENT_SECRET,
        "refresh_token": REFRESH_TOKEN,
        "account_id": CHANNEL,
    }
)
"""That sign-in, as people keep it."""
_COSTS = {
    "videos.insert": ("inserts", 1), "search.list": ("searches", 1), "videos.list": ("units", 1),
    "videos.update": ("units", 50), "videos.delete": ("units", 50), "thumbnails.set": ("units", 50),
    "captions.insert": ("units", 400), "captions.list": ("units", 50), "playlistItems.insert": ("units", 50),
    "playlistItems.list": ("units", 1), "channels.list": ("units", 1),
}  # fmt: skip
"""Bucket and cost of a call, since 1 June 2026."""
_SCOPES = {
    "videos.insert": _ANY, "thumbnails.set": _ANY, "videos.list": _READING, "playlistItems.list": _READING,
    "channels.list": _READING, "search.list": _READING, "videos.update": _WRITING, "videos.delete": _WRITING,
    "playlistItems.insert": _WRITING, "captions.insert": {FORCE}, "captions.list": {FORCE},
}  # fmt: skip
_ROUTES = {
    ("POST", "videos"): "videos.insert", ("GET", "videos"): "videos.list", ("PUT", "videos"): "videos.update",
    ("DELETE", "videos"): "videos.delete", ("POST", "thumbnails/set"): "thumbnails.set",
    ("POST", "captions"): "captions.insert", ("GET", "captions"): "captions.list",
    ("POST", "playlistItems"): "playlistItems.insert", ("GET", "playlistItems"): "playlistItems.list",
    ("GET", "channels"): "channels.list", ("GET", "search"): "search.list",
}  # fmt: skip


@dataclass
class Video:
    """One video of the channel."""

    id: str
    parts: dict[str, dict[str, Any]]
    size_bytes: int
    file_name: str
    published_at: str
    polls: int = 0
    thumbnail: bytes = b""
    captions: list[dict[str, Any]] = field(default_factory=list)
    content: bytes = b""


class YouTubeServer(JobServer):
    """One Google project and one channel. `jobs` are not used; `created` counts videos."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.issuer = Issuer(needs_offline=True)
        self.issuer.issue(FORCE)
        self.issuer.grants[0].refresh_token = REFRESH_TOKEN
        self.sessions = Sessions()
        self.videos: dict[str, Video] = {}
        self.playlists: dict[str, list[str]] = {PLAYLIST: []}
        self.used: Counter[str] = Counter()
        self.limits = {"inserts": 100, "searches": 100, "units": 10_000}
        self.upload_limit = 1000
        """How many videos the channel may get in 24 hours."""
        self.processing_polls = 0
        self.outcome: dict[str, str] = {"uploadStatus": "processed"}
        """How processing ends: e.g. `{"uploadStatus": "failed", "failureReason": "codec"}`."""
        self.may_set_thumbnails = True
        self.forgets: set[str] = set()
        """Fields of a new video's status that get lost on the way."""
        self.refuses_at_the_end: Refused | None = None
        self._ids = itertools.count(1)

    @property
    def live(self) -> list[Video]:
        """The channel's videos, newest first."""
        return list(reversed(self.videos.values()))

    # Routes

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        path = call.path.strip("/")
        if path in {"token", "o/oauth2/v2/auth"}:
            return {"token": "token"}.get(path, "authorize")
        for before in ("upload/youtube/v3/", "resumable/upload/youtube/v3/", "youtube/v3/"):
            if path.startswith(before):
                name = path.removeprefix(before)
                if "upload_id" in call.query:
                    return "status" if call.headers.get("content-range", "").startswith("bytes */") else f"put {name}"
                if (call.method, name) in _ROUTES:
                    return _ROUTES[call.method, name]
        raise Refused(404, f"Not Found: {call.method} {call.path}", code="notFound")

    def serve(self, operation: Operation, call: Call) -> Any:
        """Do what the end-point does."""
        if operation == "token":
            return self._oauth(self.issuer.token, call)
        if operation == "authorize":
            return self._oauth(self.issuer.authorize, call)
        scopes = set(self.issuer.scopes_of(call))
        if operation == "status" or operation.startswith("put "):
            return self.sessions.put(call, self._finished)
        self._count(operation, scopes)
        method: Callable[[Call], Reply] = getattr(self, "_" + operation.replace(".", "_").lower())
        return method(call)

    def refusal(self, refused: Refused) -> Reply:
        """Return an error as Google's APIs send it."""
        reason = refused.code or "badRequest"
        one = {"message": refused.message, "domain": "youtube.video", "reason": reason}
        body = {"error": {"code": refused.status, "message": refused.message, "errors": [one]}}
        return Reply(refused.status, body)

    @staticmethod
    def _oauth(handler: Callable[[Call], Reply], call: Call) -> Reply:
        try:
            return handler(call)
        except Refused as refused:
            return oauth.refusal(refused)

    def _count(self, operation: str, scopes: set[str]) -> None:
        """Take the call's cost from its bucket; an invalid request costs at least one unit too."""
        if not scopes & _SCOPES[operation]:
            raise Refused(403, "Request had insufficient authentication scopes.", code="insufficientPermissions")
        bucket, cost = _COSTS[operation]
        if self.used[bucket] + cost > self.limits[bucket]:
            raise Refused(
                403, "The request cannot be completed because you have exceeded your quota.", code="quotaExceeded"
            )
        self.used[bucket] += cost

    # Uploads

    def _videos_insert(self, call: Call) -> Reply:
        self._need_resumable(call)
        if call.query.get("notifySubscribers", "true") not in {"true", "false"}:
            raise bad("badRequest", "Invalid value for notifySubscribers")
        resource = checked_video(call.json, parts_of(call.query))
        if len(self.videos) >= self.upload_limit:
            raise bad("uploadLimitExceeded", "The user has exceeded the number of videos they may upload.")
        kinds = ("video/", "application/octet-stream")
        return self._session(call, "videos", resource, most=256 << 30, kinds=kinds)

    def _captions_insert(self, call: Call) -> Reply:
        self._need_resumable(call)
        if "sync" in call.query:
            raise bad("badRequest", "The sync parameter is no longer supported.")
        snippet = checked_caption(call.json)
        video = self._video(snippet["videoId"])
        if any((one["language"], one["name"]) == (snippet["language"], snippet["name"]) for one in video.captions):
            raise bad("captionExists", "The specified video already has a caption track with this name.", 409)
        return self._session(call, "captions", snippet, most=100 << 20, kinds=("text/", "application/", "*/*"))

    def _session(self, call: Call, what: str, resource: dict[str, Any], *, most: int, kinds: tuple[str, ...]) -> Reply:
        number = self.sessions.begin(call, what, resource, most=most, kinds=kinds)
        where = f"{self.url}/upload/youtube/v3/{what}?uploadType=resumable&part={call.query['part']}&upload_id={number}"
        return Reply(200, None, {"Location": where, "X-GUploader-UploadID": number})

    @staticmethod
    def _need_resumable(call: Call) -> None:
        if call.query.get("uploadType") != "resumable":
            raise bad("badRequest", "This server takes resumable uploads only.")

    def _finished(self, session: Session) -> Reply:
        if session.what == "captions":
            return self._caption_finished(session)
        if self.refuses_at_the_end is not None:
            return self.refusal(self.refuses_at_the_end)
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        parts = {name: dict(value) for name, value in session.resource.items()}
        for name in self.forgets:
            parts.get("status", {}).pop(name, None)
        number = f"vid{next(self._ids):08d}"
        video = Video(number, parts, len(session.received), session.slug, now, content=bytes(session.received))
        self.videos[number] = video
        self.created += 1
        return Reply(201, self._show(video, ["snippet", "status"]))

    def _caption_finished(self, session: Session) -> Reply:
        try:
            checked_srt(bytes(session.received))
        except Refused as refused:
            return self.refusal(refused)
        track = {**session.resource, "text": session.received.decode()}
        self._video(session.resource["videoId"]).captions.append(track)
        return Reply(
            201, {"kind": "youtube#caption", "id": f"cap{len(self.sessions.all)}", "snippet": session.resource}
        )

    def _thumbnails_set(self, call: Call) -> Reply:
        video = self._video(call.query.get("videoId", ""))
        if not self.may_set_thumbnails:
            message = "The authenticated user doesn't have permissions to upload and set custom video thumbnails."
            raise bad("forbidden", message, 403)
        if not call.body or len(call.body) > 52_428_800:
            raise bad("mediaBodyRequired", "The request does not include the image content.")
        kind = call.headers.get("content-type", "")
        try:
            with Image.open(io.BytesIO(call.body)) as picture:
                fits = {"JPEG": "image/jpeg", "PNG": "image/png"}.get(str(picture.format)) == kind
        except OSError:
            fits = False
        if not fits:
            raise bad("invalidImage", "The provided image content is invalid.")
        video.thumbnail = call.body
        return Reply(
            200, {"kind": "youtube#thumbnailSetResponse", "items": [{"default": {"url": f"{self.url}/t.jpg"}}]}
        )

    # Resources

    def _videos_list(self, call: Call) -> Reply:
        parts = parts_of(call.query)
        wanted = call.query.get("id", "").split(",")
        if not call.query.get("id") or len(wanted) > 50:
            raise bad("missingRequiredParameter", "No filter selected. Expected one of: id, chart, myRating")
        found = [self.videos[number] for number in wanted if number in self.videos]
        for video in found:
            video.polls += 1
        return self._listed("video", [self._show(video, parts) for video in found])

    def _videos_update(self, call: Call) -> Reply:
        parts = parts_of(call.query)
        body = call.json
        video = self._video(body.get("id", ""))
        given = checked_video(body, parts, updates=True)
        for name in parts:
            video.parts[name] = dict(given.get(name, {}))  # what is not sent is deleted
        return Reply(200, self._show(video, parts))

    def _videos_delete(self, call: Call) -> Reply:
        del self.videos[self._video(call.query.get("id", "")).id]
        return Reply(204)

    def _captions_list(self, call: Call) -> Reply:
        video = self._video(call.query.get("videoId", ""))
        parts_of(call.query, {"id", "snippet"})
        shown = [{name: value for name, value in track.items() if name != "text"} for track in video.captions]
        return self._listed("caption", [{"id": f"cap{number}", "snippet": one} for number, one in enumerate(shown)])

    def _playlistitems_insert(self, call: Call) -> Reply:
        parts_of(call.query, {"snippet", "contentDetails", "id", "status"})
        snippet = call.json.get("snippet", {})
        if set(snippet) - {"playlistId", "resourceId", "position"}:
            raise bad("badRequest", "Invalid JSON payload received. Unknown name at 'snippet'")
        items = self._playlist(snippet.get("playlistId", ""))
        resource = snippet.get("resourceId", {})
        if resource.get("kind") != "youtube#video":
            raise bad("invalidResourceType", "The type specified for the resource ID is not supported.")
        items.append(self._video(resource.get("videoId", "")).id)
        return Reply(200, {"kind": "youtube#playlistItem", "id": f"item{len(items)}", "snippet": snippet})

    def _playlistitems_list(self, call: Call) -> Reply:
        parts_of(call.query, {"snippet", "contentDetails", "id", "status"})
        ids = self._playlist(call.query.get("playlistId", ""))
        ids = [number for number in ids if call.query.get("videoId", number) == number and number in self.videos]
        size, start = int(call.query.get("maxResults", "5")), int(call.query.get("pageToken", "0") or 0)
        if not 0 <= size <= 50:
            raise bad("invalidParameter", "maxResults must be between 0 and 50")
        page = [self.videos[number] for number in ids[start : start + size]]
        shown = [
            {
                "id": f"item-{video.id}",
                "snippet": {"title": video.parts["snippet"]["title"], "publishedAt": video.published_at},
                "contentDetails": {"videoId": video.id, "videoPublishedAt": video.published_at},
            }
            for video in page
        ]
        more = {"nextPageToken": str(start + size)} if start + size < len(ids) else {}
        return self._listed("playlistItem", shown, more)

    def _channels_list(self, call: Call) -> Reply:
        parts_of(call.query, {"id", "snippet", "contentDetails", "status", "statistics"})
        if call.query.get("mine") != "true":
            raise bad("missingRequiredParameter", "No filter selected. Expected one of: mine, id, forHandle")
        lists = {"relatedPlaylists": {"uploads": UPLOADS, "likes": "LL"}}
        snippet = {"title": "Kitchen Chemistry", "customUrl": "@kitchenchemistry"}
        return self._listed("channel", [{"id": CHANNEL, "snippet": snippet, "contentDetails": lists}])

    def _search_list(self, call: Call) -> Reply:
        parts_of(call.query, {"snippet", "id"})
        if call.query.get("forMine") != "true" or call.query.get("type") != "video":
            raise bad("incompatibleParameters", "forMine needs type=video")
        words = call.query.get("q", "")
        found = [video for video in self.live if words in str(video.parts)]
        return self._listed("searchResult", [{"id": {"kind": "youtube#video", "videoId": one.id}} for one in found])

    def _show(self, video: Video, parts: list[str]) -> dict[str, Any]:
        done = video.polls > self.processing_polls
        snippet = {"description": "", "categoryId": "22", "channelId": CHANNEL, "publishedAt": video.published_at}
        shown: dict[str, Any] = {
            "snippet": snippet | video.parts.get("snippet", {}),
            "status": {
                "privacyStatus": "public",
                "madeForKids": bool(video.parts.get("status", {}).get("selfDeclaredMadeForKids")),
            }
            | video.parts.get("status", {})
            | (self.outcome if done else {"uploadStatus": "uploaded"}),
            "processingDetails": {"processingStatus": "succeeded" if done else "processing"},
            "fileDetails": {"fileName": video.file_name or "unknown", "fileSize": str(video.size_bytes)},
            "contentDetails": {"duration": "PT8S"},
        }
        return {"kind": "youtube#video", "id": video.id, **{name: shown[name] for name in parts if name in shown}}

    def _video(self, number: str) -> Video:
        if number not in self.videos:
            raise bad("videoNotFound", f"The video that you are trying to use cannot be found: {number!r}", 404)
        return self.videos[number]

    def _playlist(self, number: str) -> list[str]:
        if number == UPLOADS:
            return [video.id for video in self.live]
        if number not in self.playlists:
            raise bad("playlistNotFound", "The playlist identified with the request's playlistId cannot be found.", 404)
        return self.playlists[number]

    @staticmethod
    def _listed(kind: str, items: list[dict[str, Any]], more: dict[str, Any] | None = None) -> Reply:
        told = {"totalResults": len(items), "resultsPerPage": len(items)}
        return Reply(200, {"kind": f"youtube#{kind}ListResponse", "items": items, "pageInfo": told, **(more or {})})
