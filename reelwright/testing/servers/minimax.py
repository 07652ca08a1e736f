"""MiniMax H3 on loopback: the vendor's API reference (v2) and vercel/ai's client say what is taken.

`python -m reelwright.testing.servers.minimax --port 0 --state-file jobs.json` runs it as a process.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from reelwright.testing.servers.clips import opening_kept
from reelwright.testing.servers.jobs import KEY, Job, JobServer, Operation
from reelwright.testing.servers.roles import first_frame_of, read_content
from reelwright.testing.servers.strict import Call, Refused, Reply, require_schema

RATIOS = ["21:9", "16:9", "4:3", "1:1", "3:4", "9:16"]
SIZES = {
    ("768P", "9:16"): "768x1366", ("768P", "16:9"): "1366x768", ("768P", "1:1"): "768x768",
    ("768P", "3:4"): "768x1024", ("768P", "4:3"): "1024x768", ("768P", "21:9"): "1792x768",
    ("2K", "9:16"): "1440x2560", ("2K", "16:9"): "2560x1440", ("2K", "1:1"): "2048x2048",
    ("2K", "3:4"): "1536x2048", ("2K", "4:3"): "2048x1536", ("2K", "21:9"): "2560x1080",
}  # fmt: skip

_BODY: dict[str, Any] = {
    "type": "object",
    "required": ["model", "content", "resolution", "duration"],
    "properties": {
        "model": {"type": "string"},
        "content": {"type": "array", "minItems": 1},
        "resolution": {"enum": ["768P", "2K"]},
        "duration": {"type": "integer", "minimum": 5, "maximum": 15},
        "ratio": {"enum": [*RATIOS, "adaptive"]},
        "aigc_watermark": {"type": "boolean"},
        "callback_url": {"type": "string"},
    },
}
TYPES = {
    400: "bad_request_error",
    401: "authorized_error",
    402: "insufficient_balance_error",
    404: "not_found_error",
    422: "unprocessable_entity_error",
    429: "rate_limit_error",
}
FAILURES: dict[str, dict[str, Any]] = {
    "moderated": {"error": {"code": "1027", "message": "video description contains sensitive content"}},
    "moderated, by number": {"error": {"code": 1027, "message": "blocked"}},
    "broken": {"error": {"code": "1000", "message": "internal error"}},
    "broken, and charged": {"error": {"code": "1000", "message": "internal error"}, "usage": {"total_seconds": 5}},
    "strange": {"error": {"code": "9999", "message": "an improbable thing happened"}},
}
"""How a task can fail."""


class MiniMaxServer(JobServer):
    """MiniMax H3."""

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        match call.method, call.path.strip("/").split("/"):
            case "POST", ["v2", "video_generation"]:
                return "create"
            case "DELETE", ["v2", "video_generation", _]:
                return "cancel"
            case "GET", ["v2", "query", "video_generation"]:
                return "list"
            case "GET", ["v2", "query", "video_generation", _]:
                return "retrieve"
            case "GET", ["output", _]:
                return "content"
            case _:
                raise Refused(404, f"Unknown path {call.method} {call.path}")

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what the end-point does."""
        named = unquote(call.path.rpartition("/")[2])
        if operation == "content":
            job = self.jobs.get(named)
            if job is None or job.expired:
                raise Refused(403, "The address has expired.")
            return self.clip_reply(call, self.film(job))
        self.authenticate(call)
        match operation:
            case "create":
                return Reply(200, {"task_id": self.new_job(self._asked(call.json), str(self.next_number())).id})
            case "list":
                tasks = [self._show(job) for job in self.jobs.values()]
                return Reply(200, {"tasks": tasks, "total": len(tasks)})
            case "cancel":
                return self._deleted(self._job(named))
        job = self._job(named)
        job.polls += 1
        return Reply(200, {"task": self._show(job)})

    def authenticate(self, call: Call) -> None:
        """Refuse a key that is not ours."""
        if call.headers.get("authorization") != f"Bearer {KEY}":
            raise Refused(401, "login fail: Please carry the API secret key in the 'Authorization' field (1004)")

    def refusal(self, refused: Refused) -> Reply:
        """Return an error in MiniMax's shape."""
        error = {
            "type": TYPES.get(refused.status, "server_error"),
            "message": refused.message,
            "http_code": str(refused.status),
        }
        return Reply(refused.status, {"type": "error", "error": error, "request_id": "021785229015510a"})

    def _asked(self, body: dict[str, Any]) -> dict[str, Any]:
        """Check every field of a create and return what is asked."""
        require_schema(body, _BODY, {})
        if body["model"] != "MiniMax-H3":
            raise Refused(404, f"model {body['model']} not found")
        if any(len(item.get("text", "")) > 7000 for item in body["content"] if isinstance(item, dict)):
            raise Refused(400, "invalid params, text is longer than 7000 (2013)")
        has_frames = any(str(item.get("role", "")).endswith("_frame") for item in body["content"])
        ratio = body.get("ratio", "adaptive")
        if has_frames and ratio != "adaptive":
            raise Refused(400, "invalid params, ratio must be adaptive with frames (2013)")
        if len(body["content"]) == 1 and ratio == "adaptive":
            raise Refused(400, "invalid params, ratio is required for text-to-video (2013)")
        size = SIZES[body["resolution"], "9:16" if ratio == "adaptive" else ratio]
        roles = read_content(body["content"], size)
        return {
            "size": size,
            "seconds": body["duration"],
            "input_seconds": 4 * roles["reference_video"],
            "resolution": body["resolution"],
            **opening_kept(first_frame_of(body["content"])),
        }

    def _deleted(self, job: Job) -> Reply:
        """Cancel what is queued, delete what has ended, leave alone what runs."""
        if job.cancelled or (not job.has_ended and job.polls > 1):
            raise Refused(400, "invalid params, the task cannot be cancelled while processing (2013)")
        if job.has_ended:
            del self.jobs[job.id]
            return Reply(200, {"task_id": job.id, "action": "deleted"})
        job.cancelled = True
        return Reply(200, {"task_id": job.id, "action": "cancelled"})

    def _show(self, job: Job) -> dict[str, Any]:
        """Return a task as the API shows it."""
        shown = {"id": job.id, "model": "MiniMax-H3"}
        if job.cancelled:
            return {**shown, "status": "cancelled"}
        if not job.has_ended:
            return {**shown, "status": "running" if job.polls > 1 else "queued"}
        if not job.is_done:
            return {**shown, "status": "failed", **FAILURES[job.plan.outcome]}
        seconds, given = job.asked["seconds"], job.asked["input_seconds"]
        usage = {"total_seconds": seconds + given, "input_seconds": given, "output_seconds": seconds}
        clip = {"url": f"{self.url}/output/{job.id}?sign=signed"}
        told = {"resolution": job.asked["resolution"], "duration": seconds}
        return {**shown, **told, "status": "succeeded", "content": clip, "usage": usage}

    def _job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise Refused(404, "task not found")
        return self.jobs[job_id]


if __name__ == "__main__":
    MiniMaxServer.main()
