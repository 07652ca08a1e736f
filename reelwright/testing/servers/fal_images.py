"""A strict server for fal's queue with image models."""

from __future__ import annotations

import base64
import itertools
from typing import Any

from reelwright.testing.servers.stills import picture, require_picture
from reelwright.testing.servers.strict import Call, Refused, Reply, StrictServer

KEY = "fal-id-0123456789:fal-secret-0123456789"
MODEL, EDIT_MODEL = "fal-ai/flux-2-pro", "fal-ai/flux-2-pro/edit"
_INPUT = {"prompt", "image_size", "seed", "output_format", "enable_safety_checker", "safety_tolerance", "image_urls"}
_POLLS = 2


class FalImages(StrictServer):
    """Each job is ready after two polls."""

    at = (0.5, 0.5)

    def __init__(self) -> None:
        super().__init__()
        self._ids = itertools.count(1)
        self._jobs: dict[str, dict[str, Any]] = {}
        self.outcome: Reply | None = None
        """What the result is instead of a picture."""
        self.never_ends = False
        self.cancelled: list[str] = []

    @property
    def base_url(self) -> str:
        """What clients are given."""
        return self.url

    def answer(self, call: Call) -> Reply:
        """Start, tell, give the result, cancel; pictures need no key."""
        if call.path.startswith("/files/"):
            if "authorization" in call.headers:
                raise Refused(400, "a signed URL takes no key")
            width, height = map(int, call.path.split("/")[2].split("x"))
            return Reply(body=picture(width, height, at=self.at), media_type="image/png")
        if call.headers.get("authorization") != f"Key {KEY}":
            raise Refused(401, "Cannot access application 'fal-ai/flux-2-pro'. Authentication is required.")
        if call.method == "POST":
            return self._start(call)
        job, _, verb = call.path.partition("/requests/")[2].partition("/")
        if job not in self._jobs:
            raise Refused(404, "Request not found")
        if call.method == "PUT" and verb == "cancel":
            self.cancelled.append(job)
            return Reply(202, {"status": "CANCELLATION_REQUESTED"})
        return self._status(job) if verb == "status" else self._result(job)

    def refusal(self, refused: Refused) -> Reply:
        """Return the refusal as fal does."""
        if refused.status == 422:
            finding = {"loc": ["body", refused.param], "msg": refused.message, "type": refused.type}
            return Reply(422, {"detail": [finding]})
        return Reply(refused.status, {"detail": refused.message})

    def _start(self, call: Call) -> Reply:
        path, body = call.path.strip("/"), call.json
        if path not in {MODEL, EDIT_MODEL}:
            raise Refused(404, f"Application '{path}' not found")
        if unknown := set(body) - _INPUT:
            raise Refused(422, "extra fields not permitted", param=min(unknown), type="extra_forbidden")
        if not body.get("prompt"):
            raise Refused(422, "field required", param="prompt", type="missing")
        size = body.get("image_size", {})
        if not all(256 <= size.get(side, 0) <= 2048 and size[side] % 16 == 0 for side in ("width", "height")):
            raise Refused(422, "sides must be multiples of 16 from 256 to 2048", param="image_size", type="value_error")
        if bool(body.get("image_urls")) != (path == EDIT_MODEL):
            raise Refused(422, "image_urls belong to /edit", param="image_urls", type="value_error")
        for url in body.get("image_urls", ()):
            require_picture(base64.b64decode(url.partition("base64,")[2], validate=True))
        job = f"764cabcf-{next(self._ids):04d}"
        self._jobs[job] = {"polls": 0, "size": f"{size['width']}x{size['height']}"}
        # The URLs leave out what follows the alias, as fal's own do.
        base = f"{self.url}/fal-ai/flux-2-pro/requests/{job}"
        urls = {"status_url": f"{base}/status", "response_url": base, "cancel_url": f"{base}/cancel"}
        return Reply(json={"request_id": job, "queue_position": 0, "status": "IN_QUEUE", **urls})

    def _status(self, job: str) -> Reply:
        self._jobs[job]["polls"] += 1
        if self.never_ends or self._jobs[job]["polls"] < _POLLS:
            return Reply(202, {"status": "IN_PROGRESS", "request_id": job, "logs": None})
        return Reply(200, {"status": "COMPLETED", "request_id": job, "logs": None})

    def _result(self, job: str) -> Reply:
        if self.outcome is not None:
            return self.outcome
        size = self._jobs[job]["size"]
        image = {"url": f"{self.url.replace('127.0.0.1', 'localhost')}/files/{size}/picture.png?sig=secret-signature"}
        return Reply(json={"images": [image], "seed": 7, "has_nsfw_concepts": [False], "prompt": "x"})
