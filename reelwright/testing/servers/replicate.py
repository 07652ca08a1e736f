"""Replicate's predictions on loopback, with models as their own pages describe them.

`python -m reelwright.testing.servers.replicate --port 0 --state-file jobs.json` runs it as a process.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from reelwright.testing.servers.clips import opening_kept
from reelwright.testing.servers.jobs import KEY, Job, JobServer, Operation
from reelwright.testing.servers.strict import Call, Refused, Reply, require_schema
from reelwright.testing.servers.uploads import data_url_image

LTX, SEEDANCE, WAN = "lightricks/ltx-2.3-fast", "bytedance/seedance-2.0", "studio/wan"
WAN_VERSION = "6e44d7e6b51d045abf444dbac11bafd94a053a689b4529793ce997e0110e473e"
DEPLOYMENT = "studio/fast-boats"

_TEXT: dict[str, Any] = {"type": "string"}
_SEEDANCE: dict[str, Any] = {
    "prompt": {"type": "string", "minLength": 1},
    "image": _TEXT,
    "last_frame_image": _TEXT,
    "reference_images": {"type": "array", "maxItems": 9},
    "reference_videos": {"type": "array", "maxItems": 3},
    "reference_audios": {"type": "array", "maxItems": 3},
    "duration": {"type": "integer", "minimum": -1, "maximum": 15},
    "resolution": {"enum": ["480p", "720p", "1080p"]},
    "aspect_ratio": {"enum": ["16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "9:21", "adaptive"]},
    "generate_audio": {"type": "boolean"},
    "seed": {"type": "integer"},
}
_LTX: dict[str, Any] = {
    "prompt": _TEXT,
    "image": _TEXT,
    "last_frame_image": _TEXT,
    "resolution": {"enum": ["1080p", "2k", "4k"]},
    "duration": {"enum": [6, 8, 10, 12, 14, 16, 18, 20]},
    "aspect_ratio": {"enum": ["16:9", "9:16"]},
    "fps": {"enum": [24, 25, 48, 50]},
    "camera_motion": _TEXT,
    "generate_audio": {"type": "boolean"},
}
INPUTS: dict[str, dict[str, Any]] = {
    SEEDANCE: _SEEDANCE,
    LTX: _LTX,
    WAN: {
        "prompt": _TEXT,
        "width": {"type": "integer"},
        "height": {"type": "integer"},
        "duration": {"type": "integer"},
    },
}

ERRORS = {
    "moderated": "The input or output was flagged as sensitive. Please try again with different inputs. (E005)",
    "moderated in the model's words": "Content moderation: the prompt was rejected by our safety system.",
    "broken": "CUDA error: the service is overloaded",
    "strange": "list index out of range",
}
"""What a failed prediction says; `aborted` and `empty` are ends of their own."""


class ReplicateServer(JobServer):
    """The predictions."""

    base_path = "/v1"
    page = 100
    """How many predictions are listed at once."""
    hides_inputs = False
    """Whether the list shows what predictions were told."""

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        match call.method, call.path.removeprefix(self.base_path).strip("/").split("/"):
            case "POST", ["predictions"] | ["models" | "deployments", _, _, "predictions"]:
                return "create"
            case "GET", ["predictions"]:
                return "list"
            case "GET", ["predictions", _]:
                return "retrieve"
            case "POST", ["predictions", _, "cancel"]:
                return "cancel"
            case "GET", ["account"]:
                return "account"
            case "GET", ["files", _]:
                return "content"
            case _:
                raise Refused(404, "The requested resource could not be found.", type="Not found")

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what the end-point does."""
        parts = [unquote(part) for part in call.path.removeprefix(self.base_path).strip("/").split("/")]
        if operation == "content":
            return self._file(parts[1], call)
        if call.headers.get("authorization") != f"Bearer {KEY}":
            raise Refused(401, "You did not pass a valid authentication token", type="Unauthenticated")
        match operation:
            case "account":
                return Reply(200, {"type": "user", "username": "studio", "name": "Studio", "github_url": ""})
            case "create":
                job = self.new_job(self._asked(parts, call), f"gm3qorzdhg{self.next_number():x}")
                return Reply(201, self._show(job))
            case "list":
                return Reply(200, self._listed(call))
        job = self._job(parts[1])
        if operation == "cancel":
            # One that has begun to work stops, and what it worked is billed.
            if not job.has_ended:
                job.cancelled, job.asked["worked"] = True, job.polls > 1
        else:
            job.polls += 1
        return Reply(200, self._show(job))

    def refusal(self, refused: Refused) -> Reply:
        """Return a refusal as RFC 7807 has it."""
        problem = {
            "title": refused.type or "Input validation failed", "detail": refused.message, "status": refused.status,
        }  # fmt: skip
        return Reply(refused.status, problem, media_type="application/problem+json")

    def _asked(self, parts: list[str], call: Call) -> dict[str, Any]:
        """Check every field of a start and return what is asked."""
        body, after = call.json, call.headers.get("cancel-after", "")
        if after and not re.fullmatch(r"\d+[smh]", after):
            raise Refused(422, "- Cancel-After: must be a duration")
        known = {"input", "webhook", "webhook_events_filter", "stream"}
        if parts[0] == "predictions":
            known |= {"version"}
            model = WAN if body.get("version") == WAN_VERSION else ""
        else:
            named = f"{parts[1]}/{parts[2]}"
            model = named if parts[0] == "models" else SEEDANCE if named == DEPLOYMENT else ""
        if model not in INPUTS:
            raise Refused(404, "The requested resource could not be found.", type="Not found")
        if unknown := set(body) - known:
            raise Refused(422, f"- Additional property {min(unknown)} is not allowed")
        told = body.get("input", {})
        try:
            require_schema(told, {"type": "object", "required": ["prompt"], "properties": INPUTS[model]}, {})
        except Refused as refused:
            raise Refused(422, f"- input.{refused.param}: {refused.message}") from None
        opening = opening_kept(_pictures(told).get("image"))
        return {"model": model, "version": body.get("version", "hidden"), "input": told, **_made(told), **opening}

    def _show(self, job: Job) -> dict[str, Any]:
        works = job.asked.get("worked", job.polls > 1)
        shown: dict[str, Any] = {
            "id": job.id,
            "model": job.asked["model"],
            "version": job.asked["version"],
            "input": {name: _served(value) for name, value in job.asked["input"].items()},
            "created_at": _moment(job.created_at),
            "started_at": _moment(job.created_at) if works else None,
            "completed_at": _moment(job.created_at) if job.has_ended else None,
            "status": "processing" if works else "starting",
            "source": "api",
            "output": None,
            "error": None,
            "logs": f"Running\n{int(job.share * 100):3d}%|###   | 1/9 [00:01<00:08]\n" if works else "",
            "metrics": {},
            "data_removed": job.expired,
        }
        base = f"{self.url}{self.base_path}"
        shown["urls"] = {"get": f"{base}/predictions/{job.id}", "cancel": f"{base}/predictions/{job.id}/cancel"}
        return shown | (self._end(job, works=works) if job.has_ended else {})

    def _end(self, job: Job, *, works: bool) -> dict[str, Any]:
        metrics = {"metrics": {"predict_time": 12.5 if works else 0}}
        if job.cancelled:
            return {"status": "canceled", **metrics}
        outcome = job.plan.outcome
        if outcome == "aborted":
            return {"status": "aborted", "error": "It was not started in time", "metrics": {}}
        if outcome in ERRORS:
            return {"status": "failed", "error": ERRORS[outcome], **metrics}
        # Files lie at a host of their own, without a key.
        url = f"{self.url.replace('127.0.0.1', 'localhost')}{self.base_path}/files/{job.id}"
        output = None if outcome == "empty" or job.expired else url
        return {"status": "succeeded", "output": output, "metrics": {"predict_time": 12.5}}

    def _listed(self, call: Call) -> dict[str, Any]:
        jobs = sorted(self.jobs.values(), key=lambda job: job.created_at, reverse=True)
        start = int(call.query.get("cursor", 0))
        page, rest = jobs[start : start + self.page], jobs[start + self.page :]
        address = f"{self.url}{self.base_path}/predictions?cursor={start + self.page}"
        shown = [self._show(job) for job in page]
        if self.hides_inputs:
            shown = [{name: value for name, value in one.items() if name != "input"} for one in shown]
        return {"previous": None, "next": address if rest else None, "results": shown}

    def _file(self, job_id: str, call: Call) -> Reply:
        if "authorization" in call.headers:
            raise Refused(400, "A file takes no key.")
        job = self._job(job_id)
        if job.expired:
            raise Refused(404, "The file was deleted.", type="Not found")
        return self.clip_reply(call, self.film(job))

    def _job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise Refused(404, "The requested resource could not be found.", type="Not found")
        return self.jobs[job_id]


def _pictures(told: dict[str, Any]) -> dict[str, bytes]:
    """Check the pictures; return the frames."""
    frames = {name: told[name] for name in ("image", "last_frame_image") if name in told}
    if any(len(url) > 2 << 20 for url in [*frames.values(), *told.get("reference_images", [])]):
        raise Refused(422, "- input.image: use a file for more than a megabyte")
    for url in told.get("reference_images", []):
        data_url_image(url)
    return {name: data_url_image(url) for name, url in frames.items()}


def _made(told: dict[str, Any]) -> dict[str, Any]:
    if "width" in told:
        return {"size": f"{told['width']}x{told['height']}", "seconds": told.get("duration", 5)}
    short = {"2k": 1440, "4k": 2160}.get(told.get("resolution", "720p")) or int(told.get("resolution", "720p")[:-1])
    wide, high = map(int, told.get("aspect_ratio", "16:9").split(":"))
    size = f"{short}x{short * high // wide}" if high > wide else f"{short * wide // high}x{short}"
    return {"size": size, "seconds": told.get("duration", 5)}


def _served(value: Any) -> Any:
    """Return an input as the API shows it: bytes have become addresses."""
    return "https://replicate.delivery/xezq/frame.png" if str(value).startswith("data:") else value


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


if __name__ == "__main__":
    ReplicateServer.main()
