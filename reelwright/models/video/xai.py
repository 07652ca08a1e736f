"""The protocol `xai`: Grok Imagine, xAI's video models.

Source: xAI's REST reference of videos (read 2026-11-21); vercel/ai packages/xai; xai-sdk 1.21.0 for what goes together
(it speaks gRPC, not this API). A blocked clip is "done", with `respect_moderation: false`. What it cost is told in
ticks, ten thousand million to the dollar. There is no cancel and no list.

A shot's own options: `keyframes`, `reference_audios` (preset voices, `[{voice_id}]`), `user`, `storage_options`.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from pydantic import SecretStr

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind
from reelwright.models.bench import Bench
from reelwright.models.remote.answers import refusal_of
from reelwright.models.remote.auth import auth_of
from reelwright.models.remote.kinds import Rule, judge
from reelwright.models.remote.transport import segment
from reelwright.models.video.contract import Charge, Done, Failed, Pending, Ticket, VideoRequest
from reelwright.models.video.figures import money, share
from reelwright.models.video.references import check_names, prompt_with_names
from reelwright.models.video.vendor import Started, VendorModel, with_abilities
from reelwright.vault import Vault

BASE_URL = "https://api.x.ai/v1"
TICK_USD = Decimal("1e-10")

_FIRST_MODEL = "grok-imagine-video"
_SMALL = ["480x854", "854x480", "720x1280", "1280x720"]
_COMMON: dict[str, Any] = {
    "seconds": list(range(1, 16)), "first_frame": "yes", "reference_images": 7, "prompt_characters": 4096,
}  # fmt: skip
_NEWER: dict[str, Any] = {**_COMMON, "sizes": [*_SMALL, "1080x1920", "1920x1080"], "audio": "optional"}
MODELS: Mapping[str, Mapping[str, Any]] = {
    _FIRST_MODEL: {**_COMMON, "sizes": _SMALL, "audio": "always"},
    "grok-imagine-video-1.5": {**_NEWER, "last_frame": True},
    "grok-imagine-video-1.5-lite": _NEWER,
}
"""What models can do where an entry does not say. That 1.5 takes a last frame, and lite does not, is unverified."""

_log = logging.getLogger(__name__)


def complete(entry: Entry) -> Entry:
    """Return the entry with what xAI's model of that name can do, where it does not say itself."""
    return with_abilities(entry, MODELS.get(entry.model, {}))


def build(entry: Entry, bench: Bench) -> XAI:
    """Return the model of an entry.

    Raises:
        InvalidInput: its address or its options are none.
    """
    return XAI(complete(entry), bench.vault, bench.credential)


class XAI(VendorModel):
    """One Grok Imagine model."""

    protocol: ClassVar[str] = "xai"
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(FailureKind.MODERATED, words=r"moderat|content polic|usage guideline|safety check"),
        Rule(FailureKind.BUSY, codes=r"internal|deadline_exceeded"),
        Rule(FailureKind.RATE_LIMITED, codes=r"resource_exhausted"),
        Rule(FailureKind.INVALID_REQUEST, codes=r"failed_precondition|out_of_range|unimplemented"),
    )
    takes: ClassVar[frozenset[str]] = frozenset({"keyframes", "reference_audios", "user", "storage_options"})
    check_path: ClassVar[str] = "models"
    poll_seconds: ClassVar[float] = 5

    def __init__(self, entry: Entry, vault: Vault, credential: SecretStr | None) -> None:
        auth = auth_of(entry.auth or "bearer", credential)
        super().__init__(entry, vault, auth, base_url=entry.base_url or BASE_URL)

    def _settle(self, request: VideoRequest, warnings: list[str]) -> dict[str, Any]:
        changes = super()._settle(request, warnings)
        starts = request.first_frame or request.continues
        if request.references and starts and self.entry.model == _FIRST_MODEL:
            warnings.append(f"{self.name} takes frames or references: the references are left out")
            changes["references"] = ()
        check_names(self.entry, request.model_copy(update=changes))
        return changes

    async def _submit(self, request: VideoRequest, idempotency_key: str) -> Started:
        del idempotency_key  # there is none
        answer = await self.transport.paid("videos/generations", json=await self._body(request))
        return Started(self._named(answer, answer.fields.get("request_id")))

    async def _body(self, request: VideoRequest) -> dict[str, Any]:
        size = request.size
        first, last = await self._frames(request)
        references = [
            {"url": (await self._picture(reference.asset)).data_url}
            for reference in request.references
            if reference.role == "image"
        ]
        return {
            "model": self.entry.model,
            "prompt": prompt_with_names(request),
            "duration": math.ceil(request.seconds),
            "aspect_ratio": _aspect(size.width, size.height),
            "resolution": f"{min(size.width, size.height)}p",
            **({"image": {"url": first.data_url}} if first else {}),
            **({"last_frame": {"url": last.data_url}} if last else {}),
            **({"reference_images": references} if references else {}),
            **({"generate_audio": request.audio} if self.entry.audio == "optional" else {}),
            **self._options(request),
        }

    async def _ask(self, ticket: Ticket) -> Pending | Done | Failed:
        answer = await self.transport.get(f"videos/{segment(ticket.remote_id)}")
        job = answer.fields
        video = job["video"] if isinstance(job.get("video"), dict) else {}
        # A job that waits may be told by 202 alone; one that is done, by its clip alone.
        status = str(job.get("status") or ("done" if video else "pending"))
        match status:
            case "done":
                return self._done(job, video)
            case "failed":
                return self._failed(job)
            case "expired":
                return Failed(kind=FailureKind.LOST, reason="the request expired", billed=bool(_cost(job)))
            case "pending" | "processing":
                pass
            case _:
                _log.warning("A video has the status %r, which is not known: it counts as running.", status[:40])
        hint = answer.poll_after_seconds
        return Pending(
            progress=share(job.get("progress"), 100),
            poll_after_seconds=self.poll_seconds if hint is None else hint,
            note=status,
        )

    def _done(self, job: Mapping[str, Any], video: Mapping[str, Any]) -> Done | Failed:
        usd, url = _cost(job), video.get("url")
        # It was made; what it cost is told, and if not, it counts as charged.
        billed = usd is None or bool(usd)
        if video.get("respect_moderation") is False:
            return Failed(kind=FailureKind.MODERATED, reason="the clip does not respect moderation", billed=billed)
        if isinstance(url, str) and url:
            return Done(url=url, charge=Charge(usd=usd, source="vendor") if usd is not None else None)
        if job.get("error"):
            # A prompt that was blocked before any work is "done" too, with the reason beside it.
            kind = judge(refusal_of(dict(job)), self.rules).kind
            return self._failed(job, FailureKind.MODERATED if kind is FailureKind.UNKNOWN else kind)
        return Failed(kind=FailureKind.UNKNOWN, reason="done, and without a clip", billed=billed)

    def _failed(self, job: Mapping[str, Any], kind: FailureKind | None = None) -> Failed:
        refusal = refusal_of({"error": job.get("error")} if job.get("error") else {})
        told = ": ".join(dict.fromkeys(text for text in (refusal.code, refusal.words) if text))
        return Failed(
            kind=kind or judge(refusal, self.rules).kind, reason=self.transport.clean(told), billed=bool(_cost(job))
        )


def _aspect(width: int, height: int) -> str:
    """Return the shape as xAI names it; 480p has no exact one."""
    named = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0, "4:3": 4 / 3, "3:4": 3 / 4, "3:2": 3 / 2, "2:3": 2 / 3}
    return min(named, key=lambda name: abs(named[name] - width / height))


def _cost(job: Mapping[str, Any]) -> Decimal | None:
    """Return what xAI says it cost, in USD; `None` if it does not tell."""
    usage = job.get("usage")
    return money(usage.get("cost_in_usd_ticks"), TICK_USD) if isinstance(usage, dict) else None
