"""Lightricks' API on loopback, in its second version, as its documentation describes it.

`python -m reelwright.testing.servers.ltx --port 0 --state-file jobs.json` runs it as a process.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from reelwright.testing.servers.clips import opening_kept
from reelwright.testing.servers.jobs import KEY, Job, JobServer, Operation
from reelwright.testing.servers.strict import Call, Refused, Reply, require_schema
from reelwright.testing.servers.uploads import data_url_image

ENDPOINTS = {"text-to-video", "image-to-video"}
SIZES_TO_1080P = ["1280x720", "720x1280", "1920x1080", "1080x1920"]
SIZES_TO_4K = [*SIZES_TO_1080P, "2560x1440", "1440x2560", "3840x2160", "2160x3840"]
MODELS = {
    "ltx-2-3-fast": SIZES_TO_4K, "ltx-2-3-pro": SIZES_TO_4K, "ltx-2-5-fast": SIZES_TO_4K, "ltx-2-5-pro": SIZES_TO_1080P,
}  # fmt: skip
MOVES = ["dolly_in", "dolly_out", "dolly_left", "dolly_right", "jib_up", "jib_down", "static", "focus_shift"]

_BODY: dict[str, Any] = {
    "prompt": {"type": "string", "minLength": 1, "maxLength": 10000},
    "model": {"type": "string"},
    "duration": {"enum": [2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20]},
    "resolution": {"enum": SIZES_TO_4K},
    "fps": {"enum": [24, 25, 48, 50]},
    "generate_audio": {"type": "boolean"},
    "camera_motion": {"enum": MOVES},
    "enhance_prompt": {"type": "boolean"},
}
_NEEDED = ["prompt", "model", "duration", "resolution"]
_FRAMES: dict[str, Any] = {"image_uri": {"type": "string"}, "last_frame_uri": {"type": "string"}}
MOST_URI = 7_000_000


def error(kind: str, message: str) -> dict[str, Any]:
    """Return an error as LTX sends it."""
    return {"type": "error", "error": {"type": kind, "message": message}}


FAILURES: dict[str, dict[str, Any] | None] = {
    "moderated": {"type": "content_filtered_error", "message": "Content rejected by safety filters."},
    "broken": {"type": "api_error", "message": "An internal server error occurred."},
    "invalid": {"type": "invalid_request_error", "message": "The image could not be decoded."},
    "strange": {"type": "odd_thing", "message": "Something odd happened."},
    "silent": None,
}
"""What a failed job says."""


class LTXServer(JobServer):
    """The API."""

    base_path = "/v2"

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        match call.method, call.path.removeprefix(self.base_path).strip("/").split("/"):
            case "POST", [endpoint] if endpoint in ENDPOINTS:
                return "create"
            case "GET", [endpoint, _] if endpoint in ENDPOINTS:
                return "retrieve"
            case "GET", ["files", _]:
                return "content"
            case _:
                raise Refused(404, f"Route {call.method}:{call.path} not found", type="not_found_error")

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what the end-point does."""
        *_, endpoint, name = ["", *call.path.strip("/").split("/")]
        if operation == "content":
            return self._file(name, call)
        if call.headers.get("authorization") != f"Bearer {KEY}":
            raise Refused(401, "Invalid API key", type="authentication_error")
        if operation == "create":
            job = self.new_job({"endpoint": name, **self._asked(name, call.json)}, str(uuid.uuid4()))
            return Reply(202, {"id": job.id, "created_at": _moment(job.created_at)}, {"x-request-id": job.id})
        job = self._job(name)
        if job.asked["endpoint"] != endpoint:
            raise Refused(404, "Job not found", type="not_found_error")
        job.polls += 1
        return Reply(200, self._show(job))

    def refusal(self, refused: Refused) -> Reply:
        """Return an error as LTX sends it."""
        return Reply(refused.status, error(refused.type or "invalid_request_error", refused.message))

    def _asked(self, endpoint: str, body: dict[str, Any]) -> dict[str, Any]:
        """Check every field of a start and return what is asked."""
        takes_picture = endpoint == "image-to-video"
        properties = {**_BODY, **(_FRAMES if takes_picture else {})}
        needed = [*_NEEDED, *(["image_uri"] if takes_picture else [])]
        require_schema(body, {"type": "object", "required": needed, "properties": properties}, {})
        model, size = body["model"], body["resolution"]
        if model not in MODELS:
            raise Refused(400, f"Unknown model: {model}")
        longest = 20 if model.endswith("fast") and min(map(int, size.split("x"))) <= 1080 else 10
        if size not in MODELS[model] or body["duration"] > longest or (longest == 20 and body.get("fps", 25) > 25):
            raise Refused(400, f"{model} does not make {body['duration']} s at {size}.")
        frames = {name: _picture(body[name]) for name in _FRAMES if name in body}
        return {"size": size, "seconds": body["duration"], **opening_kept(frames.get("image_uri"))}

    def _show(self, job: Job) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": job.id, "created_at": _moment(job.created_at)}
        if not job.has_ended:
            return {**shown, "status": "processing" if job.polls > 1 else "pending"}
        shown["completed_at"] = _moment(time.time())
        if job.is_done:
            # Files lie at a host of their own, signed.
            url = f"{self.url.replace('127.0.0.1', 'localhost')}{self.base_path}/files/{job.id}?X-Goog-Signature=abc"
            return {**shown, "status": "completed", "result": {"video_url": url}}
        if job.plan.outcome == "empty":
            return {**shown, "status": "completed", "result": {}}
        told = FAILURES[job.plan.outcome]
        return {**shown, "status": "failed", **({"error": told} if told else {})}

    def _file(self, job_id: str, call: Call) -> Reply:
        if "authorization" in call.headers or "X-Goog-Signature" not in call.query:
            raise Refused(403, "A file takes its own signature and no key.")
        job = self._job(job_id)
        if job.expired:
            raise Refused(404, "The file was deleted.", type="not_found_error")
        return self.clip_reply(call, self.film(job))

    def _job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise Refused(404, "Job not found", type="not_found_error")
        return self.jobs[job_id]


def _picture(uri: str) -> bytes:
    if len(uri) > MOST_URI:
        raise Refused(413, "The data URI is too large.", type="request_too_large")
    return data_url_image(uri)


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


if __name__ == "__main__":
    LTXServer.main()
