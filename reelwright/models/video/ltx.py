"""The protocol `ltx`: Lightricks' API, in its second version, which answers a start before the clip is made.

Source: docs.ltx.video (async jobs, errors, input formats, models; read 2026-11-21); Lightricks' own LTX-Desktop for
fields that the documentation shows in examples only. There is no cancel, no seed and no list. Clips lie there for a
day. What a start costs is held back at once; that a clip which was filtered costs nothing is unverified.

A shot's own options: `camera_motion`, `fps`, `enhance_prompt`.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import SecretStr

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput
from reelwright.models.bench import Bench
from reelwright.models.remote.answers import refusal_of
from reelwright.models.remote.auth import auth_of
from reelwright.models.remote.kinds import judge
from reelwright.models.remote.transport import segment
from reelwright.models.video.adapting import prompt_of
from reelwright.models.video.contract import Done, Failed, Pending, Ticket, VideoRequest
from reelwright.models.video.vendor import Started, VendorModel, with_abilities
from reelwright.vault import Vault

BASE_URL = "https://api.ltx.video/v2"

_SHORT = [2, 3, 4, 5, 6, 8, 10]
_LONG = [*_SHORT, 12, 14, 16, 18, 20]
_TO_1080P = ["720x1280", "1280x720", "1080x1920", "1920x1080"]
_TO_4K = [*_TO_1080P, "1440x2560", "2560x1440", "2160x3840", "3840x2160"]
_COMMON: dict[str, Any] = {
    "audio": "optional", "first_frame": "yes", "last_frame": True, "prompt_characters": 10000,
}  # fmt: skip
MODELS: Mapping[str, Mapping[str, Any]] = {
    "ltx-2-3-fast": {**_COMMON, "sizes": _TO_4K, "seconds": _LONG},
    "ltx-2-3-pro": {**_COMMON, "sizes": _TO_4K, "seconds": _SHORT},
    "ltx-2-5-fast": {**_COMMON, "sizes": _TO_4K, "seconds": _LONG},
    "ltx-2-5-pro": {**_COMMON, "sizes": _TO_1080P, "seconds": _SHORT},
}
"""What models can do where an entry does not say. The lengths are those of 2.5; the prompt's limit is second-hand."""

_LONG_SECONDS, _LONG_SIDE = 10, 1080
"""Clips longer than this are made up to this resolution only."""
_NO_SUCH_JOB = "00000000-0000-0000-0000-000000000000"
_log = logging.getLogger(__name__)


def complete(entry: Entry) -> Entry:
    """Return the entry with what LTX's model of that name can do, where it does not say itself."""
    return with_abilities(entry, MODELS.get(entry.model, {}))


def build(entry: Entry, bench: Bench) -> LTX:
    """Return the model of an entry.

    Raises:
        InvalidInput: its address or its options are none.
    """
    return LTX(complete(entry), bench.vault, bench.credential)


class LTX(VendorModel):
    """One LTX model."""

    protocol: ClassVar[str] = "ltx"
    takes: ClassVar[frozenset[str]] = frozenset({"camera_motion", "fps", "enhance_prompt"})
    poll_seconds: ClassVar[float] = 5
    last_needs_first: ClassVar[bool] = True
    # A data URI has 7 MB at most, base64 and all.
    picture_bytes: ClassVar[int] = 5_200_000

    def __init__(self, entry: Entry, vault: Vault, credential: SecretStr | None) -> None:
        auth = auth_of(entry.auth or "bearer", credential)
        super().__init__(entry, vault, auth, base_url=entry.base_url or BASE_URL)

    async def check(self) -> None:
        """Ask for a job that is not there: a key that is refused is told first."""
        path = f"text-to-video/{_NO_SUCH_JOB}"
        await self.transport.get(path, accept=lambda answer: answer.status in {400, 404})

    def _settle(self, request: VideoRequest, warnings: list[str]) -> dict[str, Any]:
        if request.seconds > _LONG_SECONDS and min(request.size.width, request.size.height) > _LONG_SIDE:
            raise InvalidInput(
                f"{self.name} makes at most {_LONG_SECONDS} s at {request.size}.",
                hint=f"Split the shot, or name sizes up to {_LONG_SIDE}p where the recipe names the model.",
            )
        return super()._settle(request, warnings)

    async def _submit(self, request: VideoRequest, idempotency_key: str) -> Started:
        del idempotency_key  # there is none
        first, last = await self._frames(request)
        endpoint = "image-to-video" if first else "text-to-video"
        body = {
            "prompt": prompt_of(request),
            "model": self.entry.model,
            "duration": math.ceil(request.seconds),
            "resolution": str(request.size),
            **({"image_uri": first.data_url} if first else {}),
            **({"last_frame_uri": last.data_url} if last else {}),
            **({"generate_audio": request.audio} if self.entry.audio == "optional" else {}),
            **self._options(request),
        }
        answer = await self.transport.paid(endpoint, json=body)
        return Started(self._named(answer, answer.fields.get("id")), {"endpoint": endpoint})

    async def _ask(self, ticket: Ticket) -> Pending | Done | Failed:
        endpoint = segment(str(ticket.extra.get("endpoint") or "text-to-video"))
        answer = await self.transport.get(f"{endpoint}/{segment(ticket.remote_id)}")
        job = answer.fields
        status = str(job.get("status") or "")
        match status:
            case "completed":
                result = job.get("result")
                url = result.get("video_url") if isinstance(result, dict) else None
                if isinstance(url, str) and url:
                    return Done(url=url)
                return Failed(kind=FailureKind.UNKNOWN, reason="completed, and without a clip", billed=True)
            case "failed":
                return self._failed(job)
            case "pending" | "processing":
                pass
            case _:
                _log.warning("A job has the status %r, which is not known: it counts as running.", status[:40])
        hint = answer.poll_after_seconds
        return Pending(poll_after_seconds=self.poll_seconds if hint is None else hint, note=status)

    def _failed(self, job: Mapping[str, Any]) -> Failed:
        refusal = refusal_of({"error": job.get("error")} if job.get("error") else {})
        told = ": ".join(dict.fromkeys(text for text in (refusal.type, refusal.words) if text))
        return Failed(kind=judge(refusal, self.rules).kind, reason=self.transport.clean(told))
