"""Google's Interactions API on loopback, as far as Omni Flash needs it: google-genai 3.4.0 says what is taken.

`python -m reelwright.testing.servers.gemini_omni --port 0 --state-file jobs.json` runs it as a process.
"""

from __future__ import annotations

import base64
import re
import time
from typing import Any
from urllib.parse import unquote

from reelwright.testing.servers.clips import opening_kept
from reelwright.testing.servers.google_api import GoogleServer, base64_bytes, base64_image, require_shape
from reelwright.testing.servers.jobs import Job, Operation
from reelwright.testing.servers.strict import Call, Refused, Reply, require_schema

MODELS = {"gemini-omni-1.1-flash": (3, 10), "gemini-omni-1.2-flash": (3, 15)}
"""Each model, and the seconds that it makes."""
SIZES = {"360p": 360, "720p": 720, "1080p": 1080, "4k": 2160}
TASKS = ["text_to_video", "image_to_video", "reference_to_video", "edit", "extend", "upscale"]

_TEXT = {"type": "string"}
_BODY: dict[str, Any] = {
    "type": "object",
    "required": ["model", "input"],
    "properties": {
        "model": _TEXT,
        "input": {"anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "minItems": 1}]},
        "background": {"type": "boolean"},
        "store": {"type": "boolean"},
        "previous_interaction_id": _TEXT,
        "system_instruction": _TEXT,
        "service_tier": _TEXT,
        "labels": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 63}},
        "safety_settings": {"type": "array"},
        "webhook_config": {"type": "object"},
        "response_format": {
            "type": "object",
            "required": ["type"],
            "additionalProperties": False,
            "properties": {
                "type": {"const": "video"},
                "aspect_ratio": {"enum": ["16:9", "9:16"]},
                "resolution": {"enum": list(SIZES)},
                "duration": {"type": "string", "pattern": r"^\d+(\.\d+)?s$"},
                "delivery": {"enum": ["inline", "uri"]},
                "gcs_uri": _TEXT,
            },
        },
        "generation_config": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "seed": {"type": "integer"},
                "temperature": {"type": "number"},
                "top_p": {"type": "number"},
                "video_config": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"task": {"enum": TASKS}},
                },
            },
        },
    },
}

FAILURES: dict[str, dict[str, Any]] = {
    # A clip that was filtered is "completed", with nothing in it.
    "moderated": {"status": "completed", "steps": [{"type": "model_output", "content": []}]},
    "moderated in words": {
        "status": "completed",
        "steps": [
            {"type": "model_output", "content": [{"type": "text", "text": "I can't make videos of real people."}]}
        ],
    },
    "moderated, as an error": {
        "status": "failed",
        "errors": [{"code": "blocked", "message": "The output was blocked by our safety filters."}],
    },
    "moderated, but made": {
        "status": "completed",
        "steps": [{"type": "model_output", "content": []}],
        "usage": {"total_output_tokens": 5792},
    },
    "broken": {"status": "failed", "errors": [{"code": "internal", "message": "An internal error occurred."}]},
    "broken in a step": {
        "status": "failed",
        "steps": [{"type": "model_output", "error": {"code": 14, "message": "The service is unavailable."}}],
    },
    "strange": {"status": "incomplete"},
}
"""How an interaction can end without a clip."""


class GeminiOmniServer(GoogleServer):
    """The Interactions API."""

    base_path = "/v1beta"
    deliver_inline = False
    """Whether clips are sent inside the answer, whatever was asked for."""
    storing = 0
    """How often a stored clip is asked for before it is there."""

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        match call.method, self._parts(call):
            case "POST", ["interactions"]:
                return "create"
            case "GET", ["interactions", _]:
                return "retrieve"
            case "POST", ["interactions", _, "cancel"]:
                return "cancel"
            case "GET", ["files", _]:
                return "content" if call.query.get("alt") == "media" else "file"
            case "GET", ["models"]:
                return "models"
            case _:
                raise Refused(404, f"Unknown path {call.method} {call.path}")

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what the end-point does."""
        self.authenticate(call)
        parts = self._parts(call)
        match operation:
            case "create":
                asked = self._asked(call.json)
                job = self.new_job(asked, f"v1_{self.next_number():x}")
                return Reply(200, self._show(job))
            case "models":
                return Reply(200, {"models": [{"name": f"models/{name}"} for name in MODELS]})
            case "file" | "content":
                return self._file(operation, parts[1], call)
        job = self._job(parts[1])
        if operation == "cancel":
            if job.has_ended:
                raise Refused(400, "The interaction has ended.", code="FAILED_PRECONDITION")
            job.cancelled = True
        else:
            job.polls += 1
        return Reply(200, self._show(job))

    def _parts(self, call: Call) -> list[str]:
        # google-genai 3 asks for /v1; the guides for /v1beta.
        return [unquote(part) for part in re.sub(r"^/v1(beta)?/", "", call.path).split("/")]

    def _asked(self, body: dict[str, Any]) -> dict[str, Any]:
        """Check every field of a create and return what is asked."""
        require_schema(body, _BODY, {})
        model, wanted = body["model"], {"type": "video", **body.get("response_format", {})}
        if model not in MODELS:
            raise Refused(404, f"models/{model} is not found for API version v1beta.")
        if not body.get("background"):
            raise Refused(400, "This server answers in the background only.")
        seconds = float(wanted.get("duration", "10s").rstrip("s"))
        shortest, longest = MODELS[model]
        if not shortest <= seconds <= longest:
            raise Refused(400, f"Duration must be between {shortest}s and {longest}s.")
        short = SIZES[wanted.get("resolution", "720p")]
        wide, high = (short * 16 // 9, short)
        if wanted.get("aspect_ratio", "16:9") == "9:16":
            wide, high = high, wide
        told = self._contents(body["input"], f"{wide}x{high}")
        return {"size": f"{wide}x{high}", "seconds": seconds, "delivery": wanted.get("delivery", "inline"), **told}

    def _contents(self, given: Any, size: str) -> dict[str, Any]:
        """Check the input: each picture is one, and each medium is named in the text."""
        if isinstance(given, str):
            return {"text": given, "images": 0, "videos": 0}
        if given[0].get("type") == "user_input":
            if len(given) > 1 or set(given[0]) != {"type", "content"}:
                raise Refused(400, "Exactly one step of input.")
            given = given[0]["content"]
        kinds = [self._content(item) for item in given]
        if kinds.count("text") != 1 or kinds[-1] != "text":
            raise Refused(400, "Exactly one text, after the media.")
        text, counts = given[-1]["text"], {"Image": kinds.count("image"), "Video": kinds.count("video")}
        if any(f"@{name}{n}" not in text for name, count in counts.items() for n in range(1, count + 1)):
            raise Refused(400, "A medium is not named in the prompt.")
        named = re.findall(r"<(FIRST|LAST)_FRAME>@", text)
        frames = [base64_image(frame["data"], frame["mime_type"], "input.data") for frame in given[: len(named)]]
        for frame in frames:
            require_shape(frame, size)
        opening = opening_kept(frames[0] if "FIRST" in named else None)
        return {"text": text, "images": counts["Image"], "videos": counts["Video"], **opening}

    def _content(self, item: Any) -> str:
        match item:
            case {"type": "text", "text": str(text), **rest} if text and not rest:
                pass
            case {"type": "image", "data": data, "mime_type": kind, **rest} if not rest:
                base64_image(data, kind, "input.data")
            case {"type": "video", "data": data, "mime_type": "video/mp4", **rest} if not rest:
                if base64_bytes(data, "input.data")[4:8] != b"ftyp":
                    raise Refused(400, "The video is no MP4.")
            case _:
                raise Refused(400, f"Invalid content: {sorted(item) if isinstance(item, dict) else item!r}")
        return str(item["type"])

    def _show(self, job: Job) -> dict[str, Any]:
        """Return an interaction as the API shows it."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(job.created_at))
        shown = {"id": job.id, "object": "interaction", "created": stamp, "updated": stamp}
        if job.cancelled:
            return {**shown, "status": "cancelled"}
        if not job.has_ended:
            return {**shown, "status": "in_progress" if job.polls else "queued"}
        if not job.is_done:
            return {**shown, **FAILURES[job.plan.outcome]}
        clip = {"type": "video", "mime_type": "video/mp4"}
        if self.deliver_inline:
            clip["data"] = base64.b64encode(self.film(job)).decode()
        else:
            clip["uri"] = f"{self.url}{self.base_path}/files/{job.id}"
        steps = [{"type": "user_input", "content": []}, {"type": "model_output", "content": [clip]}]
        return {**shown, "status": "completed", "steps": steps, "usage": {"total_output_tokens": 5792}}

    def _file(self, operation: Operation, name: str, call: Call) -> Reply:
        job = self._job(name)
        if not job.is_done or job.expired:
            raise Refused(403, f"You do not have permission to access the File {name} or it may not exist.")
        if operation == "content":
            return self.clip_reply(call, self.film(job))
        self.storing = max(self.storing - 1, 0)
        return Reply(200, {"name": f"files/{name}", "state": "PROCESSING" if self.storing else "ACTIVE"})

    def _job(self, name: str) -> Job:
        if name not in self.jobs:
            raise Refused(404, f"Interaction {name} not found.")
        return self.jobs[name]


if __name__ == "__main__":
    GeminiOmniServer.main()
