"""A strict server for Replicate's predictions with image models."""

from __future__ import annotations

import base64
import itertools
from typing import Any

from reelwright.testing.servers.stills import picture, require_picture
from reelwright.testing.servers.strict import Call, Refused, Reply, StrictServer

KEY = "r8_Test0123456789abcdefghijklmnopqrstuvwx"
MODEL = "black-forest-labs/flux-2-pro"
VERSION = "0123456789abcdef"
_INPUT = {
    "prompt", "aspect_ratio", "width", "height", "seed", "input_images", "output_format", "output_quality",
    "safety_tolerance", "resolution",
}  # fmt: skip
_POLLS = 2


class ReplicateImages(StrictServer):
    """Each prediction has ended after two polls."""

    at = (0.5, 0.5)

    def __init__(self) -> None:
        super().__init__()
        self._ids = itertools.count(1)
        self._jobs: dict[str, dict[str, Any]] = {}
        self.failed = ""
        """The error that predictions end with, instead of a picture."""
        self.never_ends = False
        self.cancelled: list[str] = []

    @property
    def base_url(self) -> str:
        """What clients are given."""
        return f"{self.url}/v1"

    def answer(self, call: Call) -> Reply:
        """Start, tell, cancel; pictures need no key."""
        if call.path.startswith("/files/"):
            if "authorization" in call.headers:
                raise Refused(400, "a delivery URL takes no key")
            width, height = map(int, call.path.split("/")[2].split("x"))
            return Reply(body=picture(width, height, at=self.at, form="WEBP"), media_type="image/webp")
        if call.headers.get("authorization") != f"Bearer {KEY}":
            raise Refused(401, "You did not pass a valid authentication token", type="Unauthenticated")
        if call.method == "POST" and not call.path.endswith("/cancel"):
            return self._start(call)
        job = call.path.removeprefix("/v1/predictions/").removesuffix("/cancel")
        if job not in self._jobs:
            raise Refused(404, "The requested resource could not be found.", type="Not found")
        if call.method == "POST":
            self.cancelled.append(job)
        else:
            self._jobs[job]["polls"] += 1
        return Reply(json=self._told(job))

    def refusal(self, refused: Refused) -> Reply:
        """Return the refusal as RFC 7807 has it."""
        problem = {
            "title": refused.type or "Input validation failed",
            "detail": refused.message,
            "status": refused.status,
        }
        return Reply(refused.status, problem, media_type="application/problem+json")

    def _start(self, call: Call) -> Reply:
        body = call.json
        named = call.path == f"/v1/models/{MODEL}/predictions"
        if not named and not (call.path == "/v1/predictions" and body.get("version") == VERSION):
            raise Refused(404, "The requested resource could not be found.", type="Not found")
        told = body.get("input", {})
        if unknown := (set(told) - _INPUT) | (set(body) - {"input", "version"}):
            raise Refused(422, f"- input: Additional property {min(unknown)} is not allowed")
        sides = [told.get(side) for side in ("width", "height")]
        if told.get("aspect_ratio") != "custom" or not all(
            isinstance(side, int) and 256 <= side <= 2048 and side % 16 == 0 for side in sides
        ):
            raise Refused(422, "- input.width: Must be a multiple of 16 from 256 to 2048")
        for url in told.get("input_images", ()):
            require_picture(base64.b64decode(url.partition("base64,")[2], validate=True))
        job = f"gm3qorzdhgbfurvjtvhg6dckhu{next(self._ids)}"
        self._jobs[job] = {"polls": 0, "size": f"{sides[0]}x{sides[1]}"}
        return Reply(201, self._told(job))

    def _told(self, job: str) -> dict[str, Any]:
        known = self._jobs[job]
        ended = known["polls"] >= _POLLS and not self.never_ends
        status = "canceled" if job in self.cancelled else "processing" if not ended else "succeeded"
        address = f"{self.url.replace('127.0.0.1', 'localhost')}/files/{known['size']}/out.webp"
        told = {"id": job, "status": status, "output": address if status == "succeeded" else None, "error": None}
        if status == "succeeded" and self.failed:
            told |= {"status": "failed", "output": None, "error": self.failed}
        base = f"{self.url}/v1/predictions/{job}"
        dates = {"created_at": "2026-11-21T08:00:00Z", "completed_at": None, "started_at": None}
        urls = {"get": base, "cancel": f"{base}/cancel"}
        return told | dates | {"model": MODEL, "version": "hidden", "input": {}, "logs": "", "urls": urls}
