"""Kling on loopback: vercel/ai's client and the vendor's documentation, as WHQ25/rawgenai keeps it, say what is taken.

`python -m reelwright.testing.servers.kling --port 0 --state-file jobs.json` runs it as a process.
"""

from __future__ import annotations

import base64
import io
import re
from typing import Any
from urllib.parse import unquote

import jwt
from PIL import Image

from reelwright.testing.servers.clips import opening_kept
from reelwright.testing.servers.google_api import base64_image
from reelwright.testing.servers.jobs import KEY, Job, JobServer, Operation
from reelwright.testing.servers.strict import Call, Refused, Reply, require_schema

ACCESS, SECRET = "AccessKey0123456789", "SecretKey0123456789abcdefghijklmnop"
"""The older pair of keys."""
TENS = ["5", "10"]
LENGTHS = {"kling-v3": [str(n) for n in range(3, 16)], "kling-v2-6": TENS, "kling-v1-6": TENS, "kling-video-o1": TENS}
SHAPES = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}

_TEXT = {"type": "string", "minLength": 1, "maxLength": 2500}
_SWITCH = {"enum": ["on", "off"]}
_COMMON: dict[str, Any] = {
    "model_name": {"enum": list(LENGTHS)},
    "prompt": _TEXT,
    "mode": {"enum": ["std", "pro"]},
    "duration": {"type": "string", "pattern": r"^\d+$"},
    "external_task_id": {"type": "string", "minLength": 1},
    "callback_url": {"type": "string", "format": "uri"},
    "watermark_info": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"enabled": {"type": "boolean"}},
    },
}
_FRAMED: dict[str, Any] = {
    "negative_prompt": _TEXT,
    "sound": _SWITCH,
    "cfg_scale": {"type": "number", "minimum": 0, "maximum": 1},
    "camera_control": {"type": "object"},
    "voice_list": {"type": "array", "maxItems": 2},
    "multi_shot": {"type": "boolean"},
    "shot_type": {"enum": ["customize", "intelligence"]},
    "multi_prompt": {"type": "array", "maxItems": 6},
}
_SHAPE = {"aspect_ratio": {"enum": list(SHAPES)}}
_IMAGE = {"type": "string", "minLength": 1}
FIELDS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "text2video": (["prompt"], _COMMON | _FRAMED | _SHAPE),
    "image2video": (
        ["image"],
        _COMMON
        | _FRAMED
        | {"image": _IMAGE, "image_tail": _IMAGE, "element_list": {"type": "array", "maxItems": 3}}
        | {"static_mask": _IMAGE, "dynamic_masks": {"type": "array", "maxItems": 6}},
    ),
    "multi-image2video": (
        ["prompt", "image_list"],
        _COMMON
        | _SHAPE
        | {
            "negative_prompt": _TEXT,
            "image_list": {
                "type": "array",
                "minItems": 1,
                "maxItems": 4,
                "items": {"required": ["image"], "properties": {"image": _IMAGE}, "additionalProperties": False},
            },
        },
    ),
    "omni-video": (
        ["prompt"],
        _COMMON
        | _SHAPE
        | {
            "image_list": {
                "type": "array",
                "minItems": 1,
                "maxItems": 7,
                "items": {
                    "required": ["image_url"],
                    "properties": {"image_url": _IMAGE, "type": {"enum": ["first_frame", "end_frame"]}},
                    "additionalProperties": False,
                },
            }
        },
    ),
}
"""What each path must and may have."""

CODES = {401: 1002, 404: 1203, 400: 1201, 415: 1201, 416: 1201, 405: 1202}
MESSAGES = {
    "moderated": "Failure to pass the risk control system",
    "moderated, and taken": "Failure to pass the risk control system",
    "broken": "Internal server error, please try again",
    "strange": "An improbable thing happened",
}
"""How a task can fail: `task_status_msg`."""


class KlingServer(JobServer):
    """Kling."""

    signature = "signed"
    """Of the addresses of clips; those with another one have died."""

    @property
    def base_url(self) -> str:
        """What a client is told."""
        return self.url

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        match call.method, call.path.strip("/").split("/"):
            case "POST", ["v1", "videos", path] if path in FIELDS:
                return "create"
            case "GET", ["v1", "videos", path] if path in FIELDS:
                return "list"
            case "GET", ["v1", "videos", path, _] if path in FIELDS:
                return "retrieve"
            case "GET", ["output", _]:
                return "content"
            case _:
                raise Refused(404, f"Invalid path {call.method} {call.path}")

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what the end-point does."""
        parts = [unquote(part) for part in call.path.strip("/").split("/")]
        if operation == "content":
            job = self.jobs.get(parts[1].removesuffix(".mp4"))
            if job is None or job.expired or call.query.get("sign") != self.signature:
                raise Refused(403, "AccessDenied")
            return self.clip_reply(call, self.film(job))
        self.authenticate(call)
        path = parts[2]
        if operation == "create":
            return self._answer(self._show(self.new_job(self._asked(path, call.json), f"{self.next_number()}")))
        jobs = [job for job in self.jobs.values() if job.asked["path"] == path]
        if operation == "list":
            return self._answer([self._show(job) for job in jobs])
        job = next((job for job in reversed(jobs) if parts[3] in {job.id, job.asked.get("external_task_id")}), None)
        if job is None:
            raise Refused(404, f"Task {parts[3]} not found")
        job.polls += 1
        return self._answer(self._show(job))

    def authenticate(self, call: Call) -> None:
        """Refuse all but our API key, and tokens that the older pair of keys signed as the vendor says."""
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        if token == KEY:
            return
        try:
            claims = jwt.decode(token, SECRET, ["HS256"], options={"require": ["iss", "exp", "nbf"]})
        except jwt.ExpiredSignatureError:
            raise Refused(401, "Authorization is invalid", code="1004") from None
        except jwt.PyJWTError:
            raise Refused(401, "Authorization is invalid") from None
        if claims["iss"] != ACCESS or jwt.get_unverified_header(token) != {"alg": "HS256", "typ": "JWT"}:
            raise Refused(401, "Authorization is invalid")

    def refusal(self, refused: Refused) -> Reply:
        """Return an error in Kling's shape."""
        code = int(refused.code) if refused.code.isdigit() else CODES.get(refused.status, 1200)
        return Reply(refused.status, {"code": code, "message": refused.message, "request_id": "req-1"})

    def _asked(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Check every field of a create and return what is asked."""
        required, properties = FIELDS[path]
        require_schema(body, {"type": "object", "required": required, "properties": properties}, {})
        asked = {"model_name": "kling-v1-6", "mode": "std", "duration": "5", "sound": "off", **body}
        model, is_pro = asked["model_name"], asked["mode"] == "pro"
        if asked["duration"] not in LENGTHS[model]:
            raise Refused(400, f"duration value '{asked['duration']}' is invalid")
        if (model == "kling-video-o1") != (path == "omni-video"):
            raise Refused(400, f"model {model} is not supported by {path}")
        if model == "kling-v2-6" and not is_pro and (asked["sound"] == "on" or "image_tail" in asked):
            raise Refused(400, "sound and image_tail need mode pro")
        if model in {"kling-v1-6", "kling-video-o1"} and "sound" in body:
            raise Refused(400, f"sound is not supported by {model}")
        lines = 1080 if is_pro else 720
        size = self._size(asked, self._frames(asked), lines)
        told = {"path": path, "size": size, "seconds": int(asked["duration"]), **opening_kept(_first_frame(asked))}
        return told | {name: body[name] for name in ("external_task_id",) if name in body}

    def _frames(self, asked: dict[str, Any]) -> list[tuple[int, int]]:
        """Check the pictures; return the sizes of those that are frames."""
        pictures = [asked[name] for name in ("image", "image_tail") if name in asked]
        listed = asked.get("image_list", [])
        pictures += [item["image_url"] for item in listed if "type" in item]
        sizes = [_measured(picture) for picture in pictures]
        for item in listed:
            if "type" not in item:
                _measured(item.get("image") or item["image_url"])
        names = [item["type"] for item in listed if "type" in item]
        if "end_frame" in names and "first_frame" not in names:
            raise Refused(400, "end_frame needs first_frame")
        named = re.findall(r"<<<image_(\d+)>>>", asked.get("prompt", ""))
        if any(not 1 <= int(number) <= len(listed) for number in named):
            raise Refused(400, "The prompt names an image that is not there")
        return sizes

    def _size(self, asked: dict[str, Any], frames: list[tuple[int, int]], lines: int) -> str:
        """Return the clip's size: its frames have its shape, and all of them the same."""
        if frames and "aspect_ratio" in asked:
            raise Refused(400, "aspect_ratio is not supported with a frame")
        if len(set(frames)) > 1:
            raise Refused(400, "The frames have different sizes")
        wide, high = frames[0] if frames else SHAPES[asked.get("aspect_ratio", "16:9")]
        short = min(wide, high)
        return f"{wide * lines // short}x{high * lines // short}"

    def _show(self, job: Job) -> dict[str, Any]:
        """Return a task as the API shows it."""
        stamp = int(job.created_at * 1000)
        info = {"external_task_id": job.asked.get("external_task_id")}
        shown = {"task_id": job.id, "task_info": info, "created_at": stamp, "updated_at": stamp}
        if not job.has_ended:
            return {**shown, "task_status": "processing" if job.polls else "submitted"}
        if not job.is_done:
            taken = "1.5" if job.plan.outcome == "moderated, and taken" else "0"
            failed = {"task_status": "failed", "task_status_msg": MESSAGES[job.plan.outcome]}
            return {**shown, **failed, "final_unit_deduction": taken}
        clip = {
            "id": f"clip-{job.id}",
            "url": f"{self.url}/output/{job.id}.mp4?sign={self.signature}",
            "duration": "5.1",
        }
        done = {"task_status": "succeed", "task_status_msg": "", "task_result": {"videos": [clip]}}
        return {**shown, **done, "final_unit_deduction": "3.5"}

    def _answer(self, data: Any) -> Reply:
        return Reply(200, {"code": 0, "message": "SUCCEED", "request_id": "req-1", "data": data})


def _first_frame(asked: dict[str, Any]) -> bytes | None:
    """Return the picture that the clip is to begin with, of a start that was checked."""
    listed = (item["image_url"] for item in asked.get("image_list", []) if item.get("type") == "first_frame")
    first = asked.get("image") or next(listed, None)
    return base64.b64decode(first) if first else None


def _measured(picture: str) -> tuple[int, int]:
    """Return the size of a picture that Kling takes: bare base64 of a PNG or JPEG, not tiny, not a strip."""
    if picture.startswith("data:"):
        raise Refused(400, "File is not in a valid base64 format")
    # Kling does not ask what it is; a JPEG begins so.
    kind = "image/jpeg" if picture.startswith("/9j/") else "image/png"
    data = base64_image(picture, kind, "image")
    with Image.open(io.BytesIO(data)) as frame:
        wide, high = frame.size
    if len(data) > 10 << 20 or min(wide, high) < 300 or not 0.4 <= wide / high <= 2.5:
        raise Refused(400, f"Image of {wide}x{high} and {len(data)} bytes is invalid")
    return wide, high


if __name__ == "__main__":
    KlingServer.main()
