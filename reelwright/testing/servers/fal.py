"""fal's queue on loopback, with models as their own pages describe them.

`python -m reelwright.testing.servers.fal --port 0 --state-file jobs.json` runs it as a process.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from reelwright.testing.servers.clips import opening_kept
from reelwright.testing.servers.jobs import KEY, Job, JobServer, Operation
from reelwright.testing.servers.strict import Call, Refused, Reply, require_schema
from reelwright.testing.servers.uploads import data_url_image

KLING, SEEDANCE, WAN = "fal-ai/kling-video/v2.6/pro", "bytedance/seedance-2.0/mini", "workflows/studio/wan"

_TEXT: dict[str, Any] = {"type": "string"}
_ASPECT: dict[str, Any] = {"enum": ["21:9", "16:9", "4:3", "1:1", "3:4", "9:16"]}
_KLING: dict[str, Any] = {
    "prompt": {"type": "string", "minLength": 1, "maxLength": 2500},
    "duration": {"enum": ["5", "10"]},
    "negative_prompt": _TEXT,
    "generate_audio": {"type": "boolean"},
}
_SEEDANCE: dict[str, Any] = {
    "prompt": {"type": "string", "minLength": 1},
    "duration": {"enum": ["auto", *(str(seconds) for seconds in range(4, 16))]},
    "resolution": {"enum": ["480p", "720p"]},
    "aspect_ratio": _ASPECT,
    "generate_audio": {"type": "boolean"},
    "seed": {"type": "integer"},
}
_WAN: dict[str, Any] = {
    "prompt": _TEXT,
    "num_frames": {"type": "integer", "minimum": 17, "maximum": 161},
    "size": {"type": "string", "pattern": r"^\d+\*\d+$"},
    "video_quality": {"enum": ["low", "high"]},
}
INPUTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    f"{KLING}/text-to-video": ({**_KLING, "aspect_ratio": _ASPECT}, ["prompt"]),
    f"{KLING}/image-to-video": ({**_KLING, "start_image_url": _TEXT}, ["prompt", "start_image_url"]),
    f"{SEEDANCE}/text-to-video": (_SEEDANCE, ["prompt"]),
    f"{SEEDANCE}/image-to-video": (
        {**_SEEDANCE, "image_url": _TEXT, "end_image_url": _TEXT},
        ["prompt", "image_url"],
    ),
    f"{SEEDANCE}/reference-to-video": ({**_SEEDANCE, "image_urls": {"type": "array", "maxItems": 9}}, ["prompt"]),
    WAN: (_WAN, ["prompt", "num_frames", "size"]),
}
"""Each model's fields, and those that must be there."""


def finding(kind: str, message: str, *loc: str) -> dict[str, Any]:
    """Return an error of a model as fal sends it."""
    told = {"loc": ["body", *loc], "msg": message, "type": kind, "url": f"https://docs.fal.ai/errors#{kind}"}
    return {"detail": [told]}


def fault(kind: str, message: str) -> dict[str, Any]:
    """Return an error of fal's own machinery."""
    return {"detail": message, "error_type": kind}


POLICY = finding(
    "content_policy_violation", "The content could not be processed: flagged by a content checker.", "prompt"
)
OUTCOMES: dict[str, Reply] = {
    "moderated": Reply(422, POLICY, {"X-Fal-Retryable": "false"}),
    "moderated before any work": Reply(422, POLICY, {"x-fal-billable-units": "0"}),
    "no media": Reply(422, finding("no_media_generated", "The model did not generate any media.")),
    "invalid": Reply(422, finding("file_download_error", "Failed to download the file.", "image_url")),
    "a third party fails": Reply(400, finding("downstream_service_error", "Downstream service error")),
    "retryable": Reply(422, finding("strange", "Not now."), {"X-Fal-Retryable": "true"}),
    "broken": Reply(500, finding("internal_server_error", "Internal server error")),
    "too slow": Reply(504, fault("request_timeout", "Request timed out"), {"X-Fal-Error-Type": "request_timeout"}),
    "no runner": Reply(503, fault("runner_scheduling_failure", "No runner"), {"x-fal-request-id": "x"}),
    "black": Reply(200, {"video": {"url": "https://v3.fal.media/black.mp4"}, "has_nsfw_concepts": [True]}),
    "empty": Reply(200, {"seed": 7}),
    "told in the status": Reply(200, {}),
}
"""What is where the result would be."""


class FalServer(JobServer):
    """The queue."""

    runs = False
    """Whether a job runs as soon as it is accepted."""

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        if call.path.startswith("/files/"):
            return "content"
        app, _, rest = call.path.strip("/").partition("/requests/")
        match call.method, rest.split("/") if rest else []:
            case "POST", []:
                return "create"
            case "GET", [_, "status"]:
                return "retrieve"
            case "GET", [_]:
                return "result"
            case "PUT", [_, "cancel"]:
                return "cancel"
            case _:
                raise Refused(405, f"Method not allowed: {call.method} {app}")

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what the end-point does."""
        parts = [unquote(part) for part in call.path.strip("/").split("/")]
        if operation == "content":
            return self._file(parts[1], call)
        if call.headers.get("authorization") != f"Key {KEY}":
            raise Refused(401, "Authentication is required to access this application.")
        if operation == "create":
            return self._accepted("/".join(parts), call)
        job = self._job(parts)
        if operation == "retrieve":
            job.polls += 1
            return self._status(job)
        if operation == "cancel":
            return self._cancelled(job)
        return self._result(job)

    def refusal(self, refused: Refused) -> Reply:
        """Return a refusal: of the model with a place, of the queue as text."""
        if refused.status == 422:
            return Reply(422, finding(refused.type or "value_error", refused.message, refused.param))
        return Reply(refused.status, {"detail": refused.message})

    def _accepted(self, path: str, call: Call) -> Reply:
        if path not in INPUTS:
            raise Refused(404, f"Application '{path}' not found")
        job = self.new_job(self._asked(path, call.json), f"764cabcf-b745-4b3e-ae38-{self.next_number():012x}")
        parts = path.split("/")
        # What follows the app is left out of the addresses, as fal does.
        app = "/".join(parts[: 3 if parts[0] == "workflows" else 2])
        job.asked["app"] = app
        base = f"{self.url}/{app}/requests/{job.id}"
        return Reply(
            200,
            {
                "status": "IN_QUEUE",
                "request_id": job.id,
                "response_url": base,
                "status_url": f"{base}/status",
                "cancel_url": f"{base}/cancel",
                "logs": None,
                "metrics": {},
                "queue_position": 0,
            },
            {"x-fal-request-id": job.id},
        )

    def _asked(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Check every field of an input and return what is asked."""
        fields, required = INPUTS[path]
        try:
            require_schema(body, {"type": "object", "required": required, "properties": fields}, {})
        except Refused as refused:
            raise Refused(422, refused.message, param=refused.param) from None
        pictures = {name: data_url_image(url) for name, url in body.items() if name.endswith("_url")}
        for url in body.get("image_urls", []):
            data_url_image(url)
        opening = opening_kept(pictures.get("image_url") or pictures.get("start_image_url"))
        if "num_frames" in body:
            wide, _, high = body["size"].partition("*")
            return {"size": f"{wide}x{high}", "seconds": (body["num_frames"] - 1) // 16, "input": _shown(body)}
        short = int(body.get("resolution", "720p")[:-1])
        wide, high = map(int, body.get("aspect_ratio", "9:16").split(":"))
        size = f"{short}x{short * high // wide}" if high > wide else f"{short * wide // high}x{short}"
        seconds = int(body.get("duration", "5"))
        return {"size": size, "seconds": seconds, "input": _shown(body), "path": path, **opening}

    def _status(self, job: Job) -> Reply:
        base = f"{self.url}/{job.asked['app']}/requests/{job.id}"
        told = {"request_id": job.id, "response_url": base, "status_url": f"{base}/status"}
        if not job.has_ended:
            waits = job.polls <= 1 and not self.runs
            state = {"status": "IN_QUEUE", "queue_position": 3} if waits else {"status": "IN_PROGRESS", "logs": None}
            return Reply(202, {**told, **state})
        error = {}
        if job.cancelled:
            error = {"error": "Request was cancelled by the client", "error_type": "client_cancelled"}
        elif job.plan.outcome == "told in the status":
            error = {"error": "The runner disconnected", "error_type": "runner_disconnected"}
        return Reply(200, {**told, "status": "COMPLETED", "logs": None, "metrics": {"inference_time": 3.7}, **error})

    def _result(self, job: Job) -> Reply:
        if not job.has_ended:
            raise Refused(400, "Request is still in progress")
        if job.cancelled:
            return Reply(499, fault("client_cancelled", "Request was cancelled by the client"))
        if not job.is_done:
            return OUTCOMES[job.plan.outcome]
        # Files lie at a host of their own, without a key.
        url = f"{self.url.replace('127.0.0.1', 'localhost')}/files/{job.id}/clip.mp4?signature=secret-signature"
        clip = {"url": url, "content_type": "video/mp4", "file_name": "output.mp4", "file_size": 1}
        return Reply(200, {"video": clip, "seed": 42}, {"x-fal-billable-units": str(job.asked["seconds"])})

    def _cancelled(self, job: Job) -> Reply:
        if job.has_ended:
            return Reply(400, {"status": "ALREADY_COMPLETED"})
        if job.polls > 1 or self.runs:
            return Reply(202, {"status": "CANCELLATION_REQUESTED"})
        job.cancelled = True
        return Reply(200, {"status": "OK"})

    def _file(self, job_id: str, call: Call) -> Reply:
        if "authorization" in call.headers:
            raise Refused(400, "A file takes no key.")
        job = self.jobs.get(job_id)
        if job is None or job.expired:
            raise Refused(404, "File not found")
        return self.clip_reply(call, self.film(job))

    def _job(self, parts: list[str]) -> Job:
        job_id = parts[parts.index("requests") + 1]
        job = self.jobs.get(job_id)
        if job is None or "/".join(parts[: parts.index("requests")]) != job.asked["app"]:
            raise Refused(404, "Request not found")
        return job


def _shown(body: dict[str, Any]) -> dict[str, Any]:
    """Return an input without the bytes of its pictures."""
    return {name: value if "url" not in name else bool(value) for name, value in body.items()}


if __name__ == "__main__":
    FalServer.main()
