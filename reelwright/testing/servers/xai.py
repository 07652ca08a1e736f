"""xAI's videos on loopback, as its REST reference describes them.

`python -m reelwright.testing.servers.xai --port 0 --state-file jobs.json` runs it as a process.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from reelwright.testing.servers.clips import opening_kept
from reelwright.testing.servers.jobs import KEY, Job, JobServer, Operation
from reelwright.testing.servers.strict import Call, Refused, Reply, require_schema
from reelwright.testing.servers.uploads import data_url_image

TICKS_A_SECOND = 14 * 10**8
FIRST, NEWER, LITE = "grok-imagine-video", "grok-imagine-video-1.5", "grok-imagine-video-1.5-lite"

_IMAGE: dict[str, Any] = {
    "type": "object",
    "required": ["url"],
    "additionalProperties": False,
    "properties": {"url": {"type": "string"}},
}
_BODY: dict[str, Any] = {
    "model": {"enum": [FIRST, NEWER, LITE]},
    "prompt": {"type": "string", "minLength": 1, "maxLength": 4096},
    "duration": {"type": "integer", "minimum": 1, "maximum": 15},
    "aspect_ratio": {"enum": ["1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "21:9", "5:2"]},
    "resolution": {"enum": ["480p", "720p", "1080p"]},
    "image": _IMAGE,
    "last_frame": _IMAGE,
    "keyframes": {"type": "array", "maxItems": 4},
    "reference_images": {"type": "array", "minItems": 1, "maxItems": 7, "items": _IMAGE},
    "reference_audios": {
        "type": "array",
        "maxItems": 3,
        "items": {
            "type": "object",
            "required": ["voice_id"],
            "additionalProperties": False,
            "properties": {"voice_id": {"type": "string"}},
        },
    },
    "generate_audio": {"type": "boolean"},
    "user": {"type": "string"},
    "storage_options": {"type": "object"},
}

FAILURES: dict[str, dict[str, Any]] = {
    # A blocked clip is done; it was made, and is charged.
    "moderated": {"status": "done", "video": {"url": "", "duration": 4, "respect_moderation": False}, "charged": True},
    "moderated before the work": {
        "status": "done", "video": {"duration": 0, "respect_moderation": False}, "usage": {"cost_in_usd_ticks": 0},
    },
    "moderated, cost untold": {"status": "done", "video": {"respect_moderation": False}},
    "input blocked": {
        "status": "done", "error": "The prompt was blocked by input moderation.", "usage": {"cost_in_usd_ticks": 0},
    },
    "moderated as a failure": {
        "status": "failed", "error": {"code": "permission_denied", "message": "Rejected by content moderation."},
    },
    "broken": {"status": "failed", "error": {"code": "internal_error", "message": "Something went wrong."}},
    "unavailable": {"status": "failed", "error": {"code": "unavailable", "message": "No capacity."}},
    "invalid": {"status": "failed", "error": {"code": "invalid_argument", "message": "The image cannot be read."}},
    "strange": {"status": "failed", "error": {"code": "weird", "message": "An improbable thing happened."}},
    "expired": {"status": "expired"},
    "empty": {"status": "done", "video": {}},
}  # fmt: skip
"""How a job ends without a clip; `charged`: with its full price in the usage."""


class XAIServer(JobServer):
    """The videos."""

    base_path = "/v1"

    def __init__(self, port: int = 0, state_file: Path | None = None) -> None:
        super().__init__(port, state_file)
        self.says_little = False
        """Whether a job that waits is told by 202 alone, and one that is done by its clip alone."""

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        match call.method, call.path.removeprefix(self.base_path).strip("/").split("/"):
            case "POST", ["videos", "generations"]:
                return "create"
            case "GET", ["videos", _]:
                return "retrieve"
            case "GET", ["models"]:
                return "models"
            case "GET", ["files", _]:
                return "content"
            case _:
                raise Refused(404, f"Unknown path {call.path}")

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what the end-point does."""
        name = call.path.rpartition("/")[2]
        if operation == "content":
            return self._file(name, call)
        if call.headers.get("authorization") != f"Bearer {KEY}":
            raise Refused(401, "Incorrect API key provided.", code="Unauthenticated")
        if operation == "models":
            return Reply(
                200, {"object": "list", "data": [{"id": model, "object": "model"} for model in (FIRST, NEWER)]}
            )
        if operation == "create":
            job = self.new_job(self._asked(call.json), str(uuid.uuid4()))
            return Reply(200, {"request_id": job.id})
        job = self._job(name)
        job.polls += 1
        return self._told(job)

    def refusal(self, refused: Refused) -> Reply:
        """Return a refusal as xAI does: the code is a sentence."""
        code = refused.code or "Client specified an invalid argument"
        return Reply(refused.status, {"code": code, "error": refused.message})

    def _asked(self, body: dict[str, Any]) -> dict[str, Any]:
        """Check every field of a start and return what is asked."""
        if body.get("model") not in {FIRST, NEWER, LITE}:
            raise Refused(404, f"The model {body.get('model')} does not exist or your team has no access to it.")
        require_schema(body, {"type": "object", "required": ["model", "prompt"], "properties": _BODY}, {})
        model, resolution = body["model"], body.get("resolution", "480p")
        newer_only = {"last_frame", "keyframes", "reference_audios", "generate_audio"} & set(body)
        if model == FIRST and (newer_only or resolution == "1080p"):
            raise Refused(400, f"{model} does not support {newer_only or resolution}.")
        if model == FIRST and "image" in body and "reference_images" in body:
            raise Refused(400, "image and reference_images exclude each other.")
        frames = {name: data_url_image(body[name]["url"]) for name in ("image", "last_frame") if name in body}
        for picture in body.get("reference_images", []):
            data_url_image(picture["url"])
        short = int(resolution[:-1])
        wide, high = map(int, body.get("aspect_ratio", "16:9").split(":"))
        long = round(short * max(wide, high) / min(wide, high) / 2) * 2
        size = f"{short}x{long}" if high > wide else f"{long}x{short}"
        seconds = body.get("duration", 8)
        return {"model": model, "size": size, "seconds": seconds, **opening_kept(frames.get("image"))}

    def _told(self, job: Job) -> Reply:
        if not job.has_ended:
            told = {"status": "pending", "progress": int(job.share * 99), "model": job.asked["model"]}
            return Reply(202, None) if self.says_little else Reply(202, told)
        usage = {"cost_in_usd_ticks": TICKS_A_SECOND * int(job.asked["seconds"])}
        if not job.is_done:
            failed = dict(FAILURES[job.plan.outcome])
            charged = {"usage": usage} if failed.pop("charged", False) else {}
            return Reply(200, {"model": job.asked["model"], **failed, **charged})
        # Files lie at a host of their own, without a key.
        url = f"{self.url.replace('127.0.0.1', 'localhost')}{self.base_path}/files/{job.id}"
        video = {"url": url, "duration": job.asked["seconds"], "respect_moderation": True}
        if self.says_little:
            return Reply(200, {"video": video, "model": job.asked["model"]})
        return Reply(200, {"status": "done", "video": video, "progress": 100, "usage": usage})

    def _file(self, job_id: str, call: Call) -> Reply:
        if "authorization" in call.headers:
            raise Refused(400, "A file takes no key.")
        job = self._job(job_id)
        if job.expired:
            raise Refused(404, "The file was deleted.")
        return self.clip_reply(call, self.film(job))

    def _job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise Refused(404, "The requested resource was not found.", code="Some requested entity was not found")
        return self.jobs[job_id]


if __name__ == "__main__":
    XAIServer.main()
