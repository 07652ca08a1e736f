"""Runway's API on loopback, with models as runwayml 5.24.0 describes them.

`python -m reelwright.testing.servers.runway --port 0 --state-file jobs.json` runs it as a process.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from reelwright.testing.servers.clips import opening_kept
from reelwright.testing.servers.jobs import KEY, Job, JobServer, Operation
from reelwright.testing.servers.strict import Call, Refused, Reply, require_schema
from reelwright.testing.servers.uploads import data_url_image

VERSION = "2024-11-06"
CREDITS_PER_SECOND = 12

_BASE: dict[str, Any] = {
    "model": {"type": "string"},
    "promptText": {"type": "string", "minLength": 1},
    "duration": {"type": "integer", "minimum": 2, "maximum": 15},
}
_SEED: dict[str, Any] = {"seed": {"type": "integer", "minimum": 0, "maximum": 4294967295}}
_AUDIO: dict[str, Any] = {"audio": {"type": "boolean"}}
_MODERATION: dict[str, Any] = {
    "contentModeration": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"publicFigureThreshold": {"enum": ["auto", "low"]}},
    }
}


def _uris(kind: str = "") -> dict[str, Any]:
    properties = {"uri": {"type": "string"}} | ({"type": {"const": kind}} if kind else {})
    item = {"type": "object", "required": sorted(properties), "additionalProperties": False, "properties": properties}
    return {"type": "array", "minItems": 1, "items": item}


def _frames(*places: str) -> dict[str, Any]:
    item = {
        "type": "object",
        "required": ["uri", "position"],
        "additionalProperties": False,
        "properties": {"uri": {"type": "string"}, "position": {"enum": list(places)}},
    }
    return {"promptImage": {"anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": item}]}}


def _ratios(*ratios: str) -> dict[str, Any]:
    return {"ratio": {"enum": list(ratios)}}


_TALL, _SEEDANCE = ("1280:720", "720:1280"), ("1280:720", "720:1280", "960:960", "1920:1080", "1080:1920", "1440:1440")
_VEO = {**_BASE, **_SEED, **_AUDIO, "negativePrompt": {"type": "string"}, "duration": {"enum": [4, 6, 8]}}
_VEO_RATIOS = _ratios("1280:720", "720:1280", "1080:1920", "1920:1080")
TEXT: dict[str, dict[str, Any]] = {
    "gen4.5": {**_BASE, **_SEED, **_MODERATION, **_ratios(*_TALL)},
    "veo3.1": {**_VEO, **_VEO_RATIOS},
    "veo3.1_fast": {**_VEO, **_VEO_RATIOS},
    "seedance2": {
        **_BASE, **_SEED, **_AUDIO, **_ratios(*_SEEDANCE), "references": _uris(), "referenceVideos": _uris("video"),
        "referenceAudio": _uris("audio"),
    },
    "hailuo3": {**_BASE, **_ratios("16:9", "9:16", "1:1"), "resolution": {"enum": ["768p", "2k"]}},
}  # fmt: skip
IMAGE: dict[str, dict[str, Any]] = {
    "gen4.5": {**TEXT["gen4.5"], **_ratios(*_TALL, "1104:832", "960:960", "832:1104", "1584:672"), **_frames("first")},
    "gen4_turbo": {**_BASE, **_SEED, **_MODERATION, **_ratios(*_TALL, "960:960"), **_frames("first")},
    "veo3.1": {**_VEO, **_VEO_RATIOS, **_frames("first", "last")},
    "veo3.1_fast": {**_VEO, **_VEO_RATIOS, **_frames("first", "last")},
    "seedance2": {**_BASE, **_SEED, **_AUDIO, **_ratios(*_SEEDANCE), **_frames("first", "last")},
    "hailuo3": {**_BASE, **_frames("first", "last"), "resolution": {"enum": ["768p", "2k"]}},
}
"""Each model's fields: of text, and of pictures."""
NEEDED = {"gen4.5": ["duration"], "veo3.1": [], "veo3.1_fast": [], "seedance2": [], "hailuo3": [], "gen4_turbo": []}
LIMITS = {"seedance2": 3500}

FAILURES: dict[str, tuple[str | None, str, bool]] = {
    "moderated": ("SAFETY.INPUT.TEXT", "Text did not pass content moderation.", True),
    "output moderated": ("SAFETY.OUTPUT.VIDEO", "The output did not pass content moderation.", True),
    "moderated before the work": ("INPUT_PREPROCESSING.SAFETY.TEXT", "Text did not pass.", False),
    "broken": ("INTERNAL.BAD_OUTPUT.CODE01", "An unexpected error occurred.", False),
    "preprocessing": ("INPUT_PREPROCESSING.INTERNAL", "An unexpected error occurred.", False),
    "third party": ("THIRD_PARTY.UNAVAILABLE", "The provider is not available.", False),
    "invalid": ("ASSET.INVALID", "The input image has an unsupported shape.", False),
    "strange": (None, "Something odd happened.", False),
}
"""How a task can fail: code, words, and whether it is charged."""


class RunwayServer(JobServer):
    """The API."""

    base_path = "/v1"

    def __init__(self, port: int = 0, state_file: Path | None = None) -> None:
        super().__init__(port, state_file)
        self.forgets_cancelled = False
        """Whether a task that was stopped can no longer be read."""
        self.renews_addresses = False
        """Whether only the address that was told last can be fetched from."""

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        match call.method, call.path.removeprefix(self.base_path).strip("/").split("/"):
            case "POST", ["text_to_video" | "image_to_video"]:
                return "create"
            case "GET", ["tasks", _]:
                return "retrieve"
            case "DELETE", ["tasks", _]:
                return "cancel"
            case "GET", ["organization"]:
                return "organization"
            case "GET", ["files", _]:
                return "content"
            case _:
                raise Refused(404, f"Cannot {call.method} {call.path}")

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what the end-point does."""
        name = call.path.rpartition("/")[2]
        if operation == "content":
            return self._file(name, call)
        if call.headers.get("authorization") != f"Bearer {KEY}":
            raise Refused(401, "You did not pass a valid API key.")
        if call.headers.get("x-runway-version") != VERSION:
            raise Refused(400, "The X-Runway-Version header is not valid.")
        if operation == "organization":
            tier = {"maxMonthlyCreditSpend": 10000, "models": {}}
            return Reply(200, {"creditBalance": 4200, "tier": tier, "usage": {"models": {}}})
        if operation == "create":
            job = self.new_job(self._asked(name, call.json), str(uuid.uuid4()))
            return Reply(200, {"id": job.id, "estimatedCost": {"credits": self._credits(job)}})
        job = self._job(name)
        if operation == "cancel":
            return self._deleted(job)
        job.polls += 1
        return Reply(200, self._show(job))

    def refusal(self, refused: Refused) -> Reply:
        """Return a refusal as Runway does."""
        issues = [{"code": "custom", "message": refused.message, "path": [refused.param]}] if refused.param else []
        told = {"error": refused.message, **({"issues": issues} if issues else {})}
        return Reply(refused.status, told)

    def _asked(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """Check every field of a start and return what is asked."""
        model, models = body.get("model", ""), TEXT if kind == "text_to_video" else IMAGE
        if model not in models:
            raise Refused(400, f"Validation of body failed: no model {model!r} here", param="model")
        needed = [*NEEDED[model], "promptText", *(["promptImage"] if kind == "image_to_video" else [])]
        ratio = [] if model == "hailuo3" and kind == "image_to_video" else ["ratio"]
        require_schema(body, {"type": "object", "required": [*needed, *ratio], "properties": models[model]}, {})
        if len(body["promptText"].encode("utf-16-le")) // 2 > LIMITS.get(model, 1000):
            raise Refused(400, "Too big: expected string to have <=1000 characters", param="promptText")
        frames = body.get("promptImage", [])
        places = [frame["position"] for frame in frames]
        if places and (places[0] != "first" or len(set(places)) != len(places)):
            raise Refused(400, "The first image must be the first frame.", param="promptImage")
        pictures = [self._picture(item["uri"]) for item in [*frames, *body.get("references", [])]]
        for item in [*body.get("referenceVideos", []), *body.get("referenceAudio", [])]:
            if not item["uri"].startswith(f"data:{item['type']}/"):
                raise Refused(400, "The reference is of another kind.", param="uri")
        wide, high = map(int, body.get("ratio", "9:16").split(":"))
        size = f"{wide}x{high}" if wide > 100 else f"{768 * wide // high}x768" if wide > high else "432x768"
        opening = opening_kept(pictures[0] if frames else None)
        return {"model": model, "size": size, "seconds": body.get("duration", 5), **opening}

    def _picture(self, uri: str) -> bytes:
        if len(uri) > 5_000_000:
            raise Refused(400, "A data URI has 5 MB at most.", param="promptImage")
        return data_url_image(uri)

    def _show(self, job: Job) -> dict[str, Any]:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(job.created_at))
        shown: dict[str, Any] = {"id": job.id, "createdAt": stamp}
        if not job.has_ended:
            shown["estimatedCost"] = {"credits": self._credits(job)}
            if job.polls > 2:
                return {**shown, "status": "RUNNING", "progress": job.share}
            return {**shown, "status": "THROTTLED" if job.polls > 1 else "PENDING"}
        if job.cancelled:
            charged = job.asked.get("ran", False)
            return {**shown, "status": "CANCELLED", "cost": {"credits": self._credits(job) if charged else 0}}
        if job.is_done:
            # Files lie at a host of their own, signed.
            files = f"{self.url.replace('127.0.0.1', 'localhost')}{self.base_path}/files"
            output = [f"{files}/{job.id}?_jwt=signature-{job.polls}"]
            return {**shown, "status": "SUCCEEDED", "output": output, "cost": {"credits": self._credits(job)}}
        if job.plan.outcome == "empty":
            return {**shown, "status": "SUCCEEDED", "output": [], "cost": {"credits": 0}}
        code, words, charged = FAILURES[job.plan.outcome]
        failed = {"status": "FAILED", "failure": words, "cost": {"credits": self._credits(job) if charged else 0}}
        return {**shown, **failed, **({"failureCode": code} if code else {})}

    def _deleted(self, job: Job) -> Reply:
        if job.has_ended or self.forgets_cancelled:
            del self.jobs[job.id]
        else:
            job.asked["ran"] = job.polls > 2
            job.cancelled = True
        return Reply(204)

    def _credits(self, job: Job) -> int:
        return CREDITS_PER_SECOND * int(job.asked["seconds"])

    def _file(self, job_id: str, call: Call) -> Reply:
        if "authorization" in call.headers or not call.query.get("_jwt"):
            raise Refused(403, "A file takes its own signature and no key.")
        job = self._job(job_id)
        if job.expired or (self.renews_addresses and call.query["_jwt"] != f"signature-{job.polls}"):
            raise Refused(403, "The signature has expired.")
        return self.clip_reply(call, self.film(job, sound=False))

    def _job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise Refused(404, "Task not found")
        return self.jobs[job_id]


if __name__ == "__main__":
    RunwayServer.main()
