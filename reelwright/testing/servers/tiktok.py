"""TikTok's Content Posting API: creator info, init, chunks, status, tokens (facts/publishing.md, section 2).

A strict server: every field and its type, every header, the chunk rules, the order of chunks, the life of an upload
address, the limits of a minute and of a day, and what the creator and an unaudited client may not do.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

from reelwright.testing.servers.jobs import Job, Operation
from reelwright.testing.servers.oauth import Issuer
from reelwright.testing.servers.posts import Broken, PostServer
from reelwright.testing.servers.strict import Call, Refused, Reply, require_schema

SCOPES = ("video.publish", "video.upload")
PUBLIC = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
PRIVATE = ("FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
MOST_BYTES, LEAST_CHUNK, MOST_CHUNK, MOST_LAST = 4 << 30, 5 << 20, 64 << 20, 128 << 20
HOUR, DAY = 3600.0, 86_400.0
MEDIA = {"video/mp4", "video/quicktime", "video/webm"}
PATHS = {
    "/v2/post/publish/creator_info/query/": "creator_info",
    "/v2/post/publish/video/init/": "init",
    "/v2/post/publish/inbox/video/init/": "inbox_init",
    "/v2/post/publish/status/fetch/": "status",
    "/v2/oauth/token/": "token",
}
RATES = {"creator_info": 20, "init": 6, "inbox_init": 6, "status": 30}
OAUTH_ERRORS = {"invalid_grant", "invalid_client", "invalid_request", "unsupported_grant_type"}
SCOPE_OF = {"creator_info": "video.publish", "init": "video.publish", "inbox_init": "video.upload"}
_BOOL, _WHOLE = {"type": "boolean"}, {"type": "integer", "minimum": 0}
POST_INFO: dict[str, Any] = {
    "type": "object",
    "required": ["privacy_level"],
    "additionalProperties": False,
    "properties": {
        "title": {"type": "string"},
        "privacy_level": {"enum": [*PUBLIC, "FOLLOWER_OF_CREATOR"]},
        "disable_duet": _BOOL,
        "disable_stitch": _BOOL,
        "disable_comment": _BOOL,
        "video_cover_timestamp_ms": {"type": "integer"},
        "brand_content_toggle": _BOOL,
        "brand_organic_toggle": _BOOL,
        "is_aigc": _BOOL,
    },
}
SOURCE_INFO: dict[str, Any] = {
    "type": "object",
    "required": ["source"],
    "additionalProperties": False,
    "properties": {
        "source": {"enum": ["FILE_UPLOAD", "PULL_FROM_URL"]},
        "video_size": _WHOLE,
        "chunk_size": _WHOLE,
        "total_chunk_count": _WHOLE,
        "video_url": {"type": "string"},
    },
}


class TikTokServer(PostServer):
    """The API, and the host that takes the chunks. `Plan.outcome` is a fail reason, or `done`."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.issuer = Issuer(
            client_field="client_key",
            scope_separator=",",
            rotates=True,
            access_seconds=7200,
            refresh_seconds=180 * 86_400,
            hex_challenge=True,
        )
        self.access_token: str = self.issuer.issue(*SCOPES)["access_token"]
        self.audited = True
        self.private_account = False
        self.disabled: set[str] = set()
        """What the creator has switched off: `comment`, `duet`, `stitch`."""
        self.most_seconds = 600
        self.cannot_post = ""
        """An error code with which creator info says that nothing can be posted now."""
        self.most_posts = 15
        self.moderates_for = 0
        """How many looks the moderation of a public post takes."""
        self.active_users = 0
        """How many creators have posted through an unaudited client in 24 hours."""

    @property
    def base_url(self) -> str:
        """Where the API is."""
        return self.url

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        if call.path.startswith("/upload/"):
            if call.method != "PUT":
                raise Refused(405, "PUT the chunks", code="method_not_allowed")
            return "upload"
        if call.path == "/v2/auth/authorize/" and call.method == "GET":
            return "authorize"
        if call.path not in PATHS or call.method != "POST":
            raise Refused(404, f"{call.method} {call.path}", code="not_found")
        return PATHS[call.path]

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what the end-point does."""
        if operation == "upload":
            return self._upload(call)
        if operation == "authorize":
            return self.issuer.authorize(call)
        if operation == "token":
            return self.issuer.token(call)
        token = self._signed_in(call, operation)
        if operation in RATES:
            limited = Refused(429, "The API rate limit was exceeded.", code="rate_limit_exceeded")
            self.limit(f"{operation} {token}", RATES[operation], 60, limited)
        body = self._body(call)
        match operation:
            case "creator_info":
                return self._creator_info(body)
            case "status":
                return self._status(body)
            case _:
                return self._init(operation, body)

    def refusal(self, refused: Refused) -> Reply:
        """Return a refusal as TikTok does."""
        if refused.code in OAUTH_ERRORS:
            return Reply(refused.status, {"error": refused.code, "error_description": refused.message, **_log()})
        error = {"code": refused.code or "invalid_params", "message": refused.message, **_log()}
        return Reply(refused.status, {"data": {}, "error": error})

    def finish_in_app(self, publish_id: str) -> None:
        """Let the creator post a draft in the app."""
        job = self.jobs[publish_id]
        job.asked["finished"] = True
        self.show(job, "", inbox=True)

    def _signed_in(self, call: Call, operation: Operation) -> str:
        try:
            scopes = self.issuer.scopes_of(call)
        except Refused:
            message = "The access token is invalid or not found in the request."
            raise Refused(401, message, code="access_token_invalid") from None
        wanted = SCOPE_OF.get(operation)
        if (wanted and wanted not in scopes) or not scopes:
            raise Refused(401, "The user did not authorize the scope required.", code="scope_not_authorized")
        return call.headers["authorization"]

    def _body(self, call: Call) -> dict[str, Any]:
        if call.headers.get("content-type", "").replace(" ", "").lower() != "application/json;charset=utf-8":
            raise Refused(400, "Content-Type must be application/json; charset=UTF-8", code="invalid_params")
        body = call.json if call.body else {}
        if not isinstance(body, dict):
            raise Refused(400, "the body must be an object", code="invalid_params")
        return body

    def _creator_info(self, body: Mapping[str, Any]) -> Reply:
        if body:
            raise Refused(400, "this end-point takes no fields", code="invalid_params")
        if self.cannot_post:
            # Documented as 200 with an error's code.
            return self._told({}, self.cannot_post, "The user cannot post now.")
        switched = {f"{name}_disabled": name in self.disabled for name in ("comment", "duet", "stitch")}
        told = {
            "creator_avatar_url": "https://p16.tiktokcdn.test/avatar.jpeg",
            "creator_username": "bread_daily",
            "creator_nickname": "Bread daily",
            "privacy_level_options": list(PRIVATE if self.private_account else PUBLIC),
            "max_video_post_duration_sec": self.most_seconds,
            **switched,
        }
        return self._told(told)

    def _init(self, operation: Operation, body: Mapping[str, Any]) -> Reply:
        known = {"source_info"} if operation == "inbox_init" else {"post_info", "source_info"}
        if set(body) != known:
            raise Refused(400, f"the body must hold exactly {sorted(known)}", code="invalid_params")
        post = body.get("post_info", {})
        if operation == "init":
            self._check_post(post)
        source = body["source_info"]
        self._check_source(source)
        self._check_creator(operation)
        job = self.new_job({**post, **source, "inbox": operation == "inbox_init"}, self._publish_id(operation))
        self.bytes_of[job.id] = b""
        # The host of the chunks is another than the API's: a token must not go there.
        host = self.url.replace("127.0.0.1", "localhost")
        address = f"{host}/upload/{job.id}?upload_token={secrets.token_hex(8)}"
        job.asked["address"] = address
        assert len(job.id) <= 64
        assert len(address) <= 256
        return self._told({"publish_id": job.id, "upload_url": address})

    def _check_post(self, post: Mapping[str, Any]) -> None:
        self._fits(post, POST_INFO, "post_info")
        if len(post.get("title", "").encode("utf-16-le")) // 2 > 2200:
            raise Refused(400, "title is longer than 2200 UTF-16 runes", code="invalid_params")
        privacy = post["privacy_level"]
        if privacy not in (PRIVATE if self.private_account else PUBLIC):
            raise Refused(403, "not one of the creator's options", code="privacy_level_option_mismatch")
        if post.get("brand_content_toggle") and privacy == "SELF_ONLY":
            raise Refused(400, "branded content cannot be private", code="invalid_params")
        if not self.audited and (privacy != "SELF_ONLY" or not self.private_account):
            code = "unaudited_client_can_only_post_to_private_accounts"
            raise Refused(403, "Unaudited clients can only post to private accounts.", code=code)
        for name in self.disabled:
            if not post.get(f"disable_{name}", False):
                raise Refused(400, f"the creator has switched {name} off", code="invalid_params")

    def _check_source(self, source: Mapping[str, Any]) -> None:
        self._fits(source, SOURCE_INFO, "source_info")
        if source["source"] == "PULL_FROM_URL":
            raise Refused(403, "Verify the address's domain first.", code="url_ownership_unverified")
        if set(source) != {"source", "video_size", "chunk_size", "total_chunk_count"}:
            raise Refused(400, "FILE_UPLOAD needs its three sizes and nothing else", code="invalid_params")
        size, chunk, count = source["video_size"], source["chunk_size"], source["total_chunk_count"]
        last = size - chunk * (count - 1)
        fits = (
            0 < size <= MOST_BYTES
            and 0 < chunk <= min(size, MOST_CHUNK)
            and (chunk >= LEAST_CHUNK or (chunk == size and size < LEAST_CHUNK))
            and 1 <= count <= 1000
            and count == size // chunk
            and (last <= MOST_LAST)
            and (size <= MOST_CHUNK or count > 1)
        )
        if not fits:
            raise Refused(400, f"chunks of {chunk} x {count} for {size} bytes", code="invalid_params")

    def _check_creator(self, operation: Operation) -> None:
        if self.cannot_post:
            raise Refused(403, "The user cannot post now.", code=self.cannot_post)
        if not self.audited and self.active_users >= 5:
            raise Refused(403, "The daily quota of active users is reached.", code="reached_active_user_cap")
        since = self.now() - DAY
        if operation == "inbox_init":
            pending = [job for job in self.jobs.values() if job.asked["inbox"] and not job.asked.get("finished")]
            if sum(job.created_at > since for job in pending) >= 5:
                raise Refused(403, "Too many pending shares.", code="spam_risk_too_many_pending_share")
        elif sum(post.at > since for post in self.posts) >= self.most_posts:
            raise Refused(403, "The daily post cap is reached.", code="spam_risk_too_many_posts")

    def _fits(self, value: object, schema: Mapping[str, Any], name: str) -> None:
        try:
            require_schema(value, schema, {})
        except Refused as refused:
            raise Refused(400, f"{name}: {refused.message}", code="invalid_params") from None

    def _publish_id(self, operation: Operation) -> str:
        return f"v_{'inbox' if operation == 'inbox_init' else 'pub'}_file~v2-1.{self.next_number()}"

    def _upload(self, call: Call) -> Reply:
        if "authorization" in call.headers:
            raise Refused(400, "this host takes no token", code="bad_request")
        job = self.jobs.get(call.path.removeprefix("/upload/"))
        if job is None or not job.asked["address"].endswith(call.query.get("upload_token", "-")):
            raise Refused(404, "no such upload", code="not_found")
        if self.now() - job.created_at > HOUR or job.expired:
            raise Refused(403, "upload_url has expired", code="forbidden")
        self.sent[job.id] += len(call.body)
        last = self._last_byte(job, call)
        arriving = self.broken_at(len(call.body))
        if arriving is not None and arriving < len(call.body):
            # A chunk counts whole or not at all.
            raise Broken
        self.bytes_of[job.id] += call.body
        told = {"Content-Range": f"bytes 0-{last}/{job.asked['video_size']}"}
        if last + 1 < job.asked["video_size"]:
            return Reply(206, None, told)
        job.asked["uploaded_at"] = self.now()
        return Reply(201, None, told)

    def _last_byte(self, job: Job, call: Call) -> int:
        """Check a chunk's headers against the announced sizes and what has arrived; return where it ends."""
        if call.headers.get("content-type") not in MEDIA:
            raise Refused(400, f"Content-Type {call.headers.get('content-type')!r}", code="bad_request")
        span = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", call.headers.get("content-range", ""))
        if span is None or call.headers.get("content-length") != str(len(call.body)):
            raise Refused(400, "Content-Range and Content-Length are needed", code="bad_request")
        first, last, total = map(int, span.groups())
        size, chunk, count = (job.asked[name] for name in ("video_size", "chunk_size", "total_chunk_count"))
        if total != size or last - first + 1 != len(call.body):
            raise Refused(400, "Content-Range does not fit", code="bad_request")
        have = len(self.bytes_of[job.id])
        if first != have:
            raise Refused(416, f"{have} bytes are here", code="requested_range_not_satisfiable")
        number = first // chunk
        end = size if number == count - 1 else first + chunk
        if last + 1 != end:
            raise Refused(400, f"chunk {number} must end at {end - 1}", code="bad_request")
        return last

    def _status(self, body: Mapping[str, Any]) -> Reply:
        if set(body) != {"publish_id"} or not isinstance(body["publish_id"], str):
            raise Refused(400, "publish_id is needed and nothing else", code="invalid_params")
        job = self.jobs.get(body["publish_id"])
        if job is None:
            raise Refused(400, "Unable to find the publish_id", code="invalid_publish_id")
        if job.deleted:
            code = "token_not_authorized_for_specified_publish_id"
            raise Refused(403, "another user's publish_id", code=code)
        have = len(self.bytes_of[job.id])
        if have < job.asked["video_size"]:
            return self._told({"status": "PROCESSING_UPLOAD", "uploaded_bytes": have})
        job.polls += 1
        told: dict[str, Any] = {"uploaded_bytes": have}
        if job.polls < job.plan.polls:
            return self._told({"status": "PROCESSING_UPLOAD", **told})
        if job.plan.outcome != "done":
            return self._told({"status": "FAILED", "fail_reason": job.plan.outcome, **told})
        if job.asked["inbox"] and not job.asked.get("finished"):
            return self._told({"status": "SEND_TO_USER_INBOX", **told})
        post = self.post_of(job.id) or self.show(job, job.asked.get("title", ""), **job.asked)
        told["status"] = "PUBLISH_COMPLETE"
        moderated = job.polls > job.plan.polls + self.moderates_for
        if job.asked.get("privacy_level") == "PUBLIC_TO_EVERYONE" and moderated:
            told["publicaly_available_post_id"] = [int(post.id)]
        return self._told(told)

    def settle(self) -> None:
        """Let the platform finish what has arrived whole, though nobody asks."""
        for job in self.jobs.values():
            whole = len(self.bytes_of[job.id]) == job.asked["video_size"]
            if whole and job.plan.outcome == "done" and not job.asked["inbox"] and self.post_of(job.id) is None:
                self.show(job, job.asked.get("title", ""), **job.asked)

    def _told(self, data: Mapping[str, Any], code: str = "ok", message: str = "") -> Reply:
        return Reply(200, {"data": dict(data), "error": {"code": code, "message": message, **_log()}})


def _log() -> dict[str, str]:
    return {"log_id": f"20261121{secrets.token_hex(12).upper()}"}
