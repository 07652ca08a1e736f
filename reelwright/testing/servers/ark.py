"""Seedance at Ark on loopback: the vendor's SDK (volcengine-ark-runtime 5.0.54) and error table say what is taken.

`python -m reelwright.testing.servers.ark --port 0 --state-file jobs.json` runs it as a process.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from reelwright.testing.servers.clips import opening_kept
from reelwright.testing.servers.jobs import KEY, Job, JobServer, Operation
from reelwright.testing.servers.roles import first_frame_of, read_content
from reelwright.testing.servers.strict import Call, Refused, Reply, require_schema

MODELS = {
    "dreamina-seedance-2-0-260128": (4, 15),
    "doubao-seedance-2-5-260628": (4, 30),
    "seedance-1-5-pro-251215": (4, 12),
}
"""Each model, and the seconds that it makes."""
SIZES = {
    ("720p", "9:16"): "720x1280", ("720p", "16:9"): "1280x720", ("720p", "1:1"): "960x960",
    ("720p", "3:4"): "834x1112", ("720p", "4:3"): "1112x834", ("720p", "21:9"): "1470x630",
    ("1080p", "9:16"): "1080x1920", ("1080p", "16:9"): "1920x1080", ("1080p", "1:1"): "1440x1440",
    ("1080p", "3:4"): "1248x1664", ("1080p", "4:3"): "1664x1248", ("1080p", "21:9"): "2206x946",
    ("480p", "9:16"): "496x864", ("480p", "16:9"): "864x496",
}  # fmt: skip

_BODY: dict[str, Any] = {
    "type": "object",
    "required": ["model", "content"],
    "properties": {
        "model": {"type": "string"},
        "content": {"type": "array", "minItems": 1},
        "ratio": {"enum": ["16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "adaptive"]},
        "resolution": {"enum": ["480p", "720p", "1080p"]},
        "duration": {"type": "integer"},
        "seed": {"type": "integer", "minimum": -1, "maximum": 2**32 - 1},
        "generate_audio": {"type": "boolean"},
        "watermark": {"type": "boolean"},
        "camera_fixed": {"type": "boolean"},
        "return_last_frame": {"type": "boolean"},
        "draft": {"type": "boolean"},
        "service_tier": {"enum": ["default", "flex"]},
        "execution_expires_after": {"type": "integer", "minimum": 3600, "maximum": 259200},
        "priority": {"type": "integer"},
        "safety_identifier": {"type": "string"},
        "callback_url": {"type": "string"},
        "frames": {"type": "integer"},
        "tools": {"type": "array"},
        "output_format": {"type": "string"},
        "omni_reference_task_type": {"type": "string"},
    },
}

FAILURES: dict[str, dict[str, str]] = {
    "moderated": {
        "code": "OutputVideoSensitiveContentDetected",
        "message": "The request failed because the output video may contain sensitive information.",
    },
    "moderated, made": {
        "code": "OutputVideoSensitiveContentDetected.PolicyViolation",
        "message": "The output video may be related to copyright restrictions.",
    },
    "broken": {"code": "InternalServiceError", "message": "The service encountered an unexpected internal error."},
    "invalid": {"code": "InvalidParameter.content", "message": "The parameter content is not valid."},
    "strange": {"code": "Improbable", "message": "An improbable thing happened."},
}
"""How a task can fail: the answer that tells it has HTTP 200."""


class ArkServer(JobServer):
    """Seedance at Ark."""

    base_path = "/api/v3"

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        match call.method, call.path.removeprefix(self.base_path).strip("/").split("/"):
            case "POST", ["contents", "generations", "tasks"]:
                return "create"
            case "GET", ["contents", "generations", "tasks"]:
                return "list"
            case "GET", ["contents", "generations", "tasks", _]:
                return "retrieve"
            case "DELETE", ["contents", "generations", "tasks", _]:
                return "cancel"
            case "GET", ["clips", _]:
                return "content"
            case _:
                raise Refused(404, f"Unknown path {call.method} {call.path}", code="NotFound")

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what the end-point does."""
        named = unquote(call.path.rpartition("/")[2])
        if operation == "content":
            job = self.jobs.get(named)
            if job is None or job.expired or call.query.get("X-Tos-Signature") != "signed":
                return Reply(403, None, {}, b"<Error><Code>AccessDenied</Code></Error>", "application/xml")
            return self.clip_reply(call, self.film(job))
        self.authenticate(call)
        match operation:
            case "create":
                job = self.new_job(self._asked(call.json), f"cgt-{self.next_number()}")
                return Reply(200, {"id": job.id})
            case "list":
                return Reply(200, self._listed(call))
            case "cancel":
                return self._deleted(self._job(named))
        job = self._job(named)
        job.polls += 1
        return Reply(200, self._show(job))

    def authenticate(self, call: Call) -> None:
        """Refuse a key that is not ours."""
        if call.headers.get("authorization") != f"Bearer {KEY}":
            message = "The API key or AK/SK in the request is missing or invalid. Request id: 021"
            raise Refused(401, message, code="AuthenticationError", type="Unauthorized")

    def refusal(self, refused: Refused) -> Reply:
        """Return an error in Ark's shape."""
        error = {
            "code": refused.code or "InvalidParameter",
            "message": refused.message,
            "param": refused.param,
            "type": refused.type or {404: "NotFound"}.get(refused.status, "BadRequest"),
        }
        return Reply(refused.status, {"error": error})

    def _asked(self, body: dict[str, Any]) -> dict[str, Any]:
        """Check every field of a create and return what is asked."""
        body = {name: value for name, value in body.items() if value is not None}  # the SDK sends its nulls
        require_schema(body, _BODY, {})
        if body["model"] not in MODELS:
            raise Refused(
                404,
                f"The model or endpoint {body['model']} does not exist or you do not have access to it.",
                code="InvalidEndpointOrModel.NotFound",
            )
        asked = {"ratio": "16:9", "resolution": "720p", "duration": 5, "generate_audio": True, **body}
        shortest, longest = MODELS[body["model"]]
        if not shortest <= asked["duration"] <= longest:
            raise Refused(400, f"The duration must be {shortest} to {longest}.", param="duration")
        size = SIZES[asked["resolution"], asked["ratio"]]
        content = asked.pop("content")
        roles = read_content(content, size)
        if "1-5" in asked["model"] and any(role.startswith("reference") for role in roles):
            raise Refused(400, "References are not supported by this model.", param="content")
        return {**asked, "size": size, "seconds": asked["duration"], **opening_kept(first_frame_of(content))}

    def _listed(self, call: Call) -> dict[str, Any]:
        wanted = call.query.get("filter.model")
        jobs = [job for job in self.jobs.values() if wanted in {None, job.asked["model"]}]
        jobs.sort(key=lambda job: job.created_at, reverse=True)
        number, size = int(call.query.get("page_num", 1)), int(call.query.get("page_size", 10))
        if not (number >= 1 and 1 <= size <= 500):
            raise Refused(400, "page_num or page_size is not valid.")
        page = jobs[(number - 1) * size : number * size]
        return {"total": len(jobs), "items": [self._show(job) for job in page]}

    def _deleted(self, job: Job) -> Reply:
        """Cancel what is queued, delete what has ended, leave alone what runs."""
        if job.has_ended:
            del self.jobs[job.id]
        elif job.polls > 1:
            raise Refused(409, "The task is running and cannot be deleted.", code="InvalidAction.RunningTaskDeletion")
        job.cancelled = True
        return Reply(200, {})

    def _show(self, job: Job) -> dict[str, Any]:
        """Return a task as the API shows it."""
        stamp = int(job.created_at)
        shown = {"id": job.id, "model": job.asked["model"], "created_at": stamp, "updated_at": stamp}
        if job.cancelled:
            return {**shown, "status": "cancelled"}
        if not job.has_ended:
            return {**shown, "status": "running" if job.polls > 1 else "queued"}
        if not job.is_done:
            spent = {"usage": {"completion_tokens": 108900}} if job.plan.outcome == "moderated, made" else {}
            return {**shown, "status": "failed", "error": FAILURES[job.plan.outcome], **spent}
        url = f"{self.url}/clips/{job.id}?X-Tos-Signature=signed"
        content = {"video_url": url} | ({"last_frame_url": f"{url}&last"} if job.asked.get("return_last_frame") else {})
        told = {name: job.asked[name] for name in ("ratio", "resolution", "duration", "generate_audio")}
        usage = {"completion_tokens": 108900, "total_tokens": 108900}
        return {**shown, **told, "status": "succeeded", "content": content, "usage": usage, "seed": 11}

    def _job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise Refused(404, f"The specified task {job_id} is not found.", code="ResourceNotFound")
        return self.jobs[job_id]


if __name__ == "__main__":
    ArkServer.main()
