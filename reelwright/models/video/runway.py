"""The protocol `runway`: Runway's API, with Runway's own models and those of others that it hosts.

Source: runwayml 5.24.0 (fields of every model, tasks, costs, what a delete does); Runway's pages on inputs, moderation
and task failures (read 2026-11-21), among them that a moderated clip costs as much as one that was made. Every task
says what it cost, in credits of $0.01.

An entry's `options`: `ratio_as: aspect` for models that take `9:16` with a `resolution`, and that resolution; and, as a
shot's own, `contentModeration`, `providerSettings`, `cfgScale`, `promptExpansionMode`.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from pydantic import SecretStr

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput, ProviderError
from reelwright.models.bench import Bench
from reelwright.models.remote.answers import Refusal
from reelwright.models.remote.auth import auth_of
from reelwright.models.remote.kinds import Rule, judge, statuses
from reelwright.models.remote.transport import segment
from reelwright.models.video.contract import Charge, Done, Failed, Pending, Ticket, VideoRequest
from reelwright.models.video.figures import money, share
from reelwright.models.video.references import prompt_with_names
from reelwright.models.video.vendor import Started, VendorModel, with_abilities
from reelwright.vault import Vault

BASE_URL = "https://api.dev.runwayml.com/v1"
VERSION = "2024-11-06"
CREDIT_USD = Decimal("0.01")

_VEO: dict[str, Any] = {
    "sizes": ["720x1280", "1280x720", "1080x1920", "1920x1080"], "seconds": [4, 6, 8], "audio": "optional",
    "first_frame": "yes", "last_frame": True, "negative_prompt": True, "seed": True, "prompt_characters": 1000,
}  # fmt: skip
_KLING: dict[str, Any] = {
    "seconds": list(range(3, 16)), "audio": "optional", "first_frame": "yes", "last_frame": True,
}  # fmt: skip
_SEEDANCE: dict[str, Any] = {
    "sizes": ["720x1280", "1280x720", "960x960", "1080x1920", "1920x1080", "1440x1440"],
    "seconds": list(range(4, 16)), "audio": "optional", "first_frame": "yes", "last_frame": True, "seed": True,
    "reference_images": 9, "reference_videos": 3, "reference_audios": 3, "prompt_characters": 3500,
}  # fmt: skip
MODELS: Mapping[str, Mapping[str, Any]] = {
    "gen4.5": {
        "sizes": ["720x1280", "1280x720"], "seconds": list(range(2, 11)), "first_frame": "yes", "seed": True,
        "prompt_characters": 1000,
    },
    "gen4_turbo": {
        "sizes": ["720x1280", "1280x720", "832x1104", "1104x832", "960x960", "1584x672"],
        "seconds": list(range(2, 11)), "first_frame": "required", "seed": True, "prompt_characters": 1000,
    },
    "veo3.1": _VEO,
    "veo3.1_fast": _VEO,
    "kling3.0_standard": {**_KLING, "sizes": ["720x1280", "1280x720", "960x960"]},
    "kling3.0_pro": {**_KLING, "sizes": ["1080x1920", "1920x1080", "1440x1440"]},
    "seedance2": _SEEDANCE,
    "seedance2_fast": {**_SEEDANCE, "sizes": ["720x1280", "1280x720", "960x960"]},
}  # fmt: skip
"""What models can do where an entry does not say, by Runway's name. How many reference clips is not in the SDK."""

_log = logging.getLogger(__name__)


def complete(entry: Entry) -> Entry:
    """Return the entry with what Runway's model of that name can do, where it does not say itself."""
    return with_abilities(entry, {"cancels": True, **MODELS.get(entry.model, {})})


def build(entry: Entry, bench: Bench) -> Runway:
    """Return the model of an entry.

    Raises:
        InvalidInput: its address or its options are none.
    """
    return Runway(complete(entry), bench.vault, bench.credential)


class Runway(VendorModel):
    """One model at Runway."""

    protocol: ClassVar[str] = "runway"
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(FailureKind.MODERATED, codes=r"(INPUT_PREPROCESSING\.)?SAFETY(\..*)?"),
        Rule(FailureKind.INVALID_REQUEST, codes=r"ASSET\.INVALID(\..*)?"),
        Rule(FailureKind.BUSY, codes=r"INTERNAL(\..*)?|INPUT_PREPROCESSING\.INTERNAL|THIRD_PARTY\.UNAVAILABLE"),
        Rule(FailureKind.BILLING, statuses=statuses(400, 403), words=r"enough credits"),
        Rule(FailureKind.RATE_LIMITED, statuses=statuses(400, 429), words=r"daily \w* ?limit"),
    )
    takes: ClassVar[frozenset[str]] = frozenset(
        {"contentModeration", "providerSettings", "cfgScale", "promptExpansionMode"}
    )
    settings: ClassVar[frozenset[str]] = frozenset({"ratio_as", "resolution"})
    check_path: ClassVar[str] = "organization"
    poll_seconds: ClassVar[float] = 6
    frames_or_references: ClassVar[bool] = True
    last_needs_first: ClassVar[bool] = True
    # A data URI has 5 MB at most, base64 and all.
    picture_bytes: ClassVar[int] = 3_700_000
    media_bytes: ClassVar[int] = 3_700_000

    def __init__(self, entry: Entry, vault: Vault, credential: SecretStr | None) -> None:
        versioned = entry.model_copy(update={"headers": {"X-Runway-Version": VERSION, **entry.headers}})
        auth = auth_of(entry.auth or "bearer", credential)
        super().__init__(versioned, vault, auth, base_url=entry.base_url or BASE_URL)

    def _settle(self, request: VideoRequest, warnings: list[str]) -> dict[str, Any]:
        changes = super()._settle(request, warnings)
        prompt = prompt_with_names(request.model_copy(update=changes))
        limit = self.entry.prompt_characters
        units = len(prompt.encode("utf-16-le")) // 2
        if limit is not None and units > limit:
            raise InvalidInput(
                f"{self.name} takes prompts of {limit} UTF-16 units; this one, with style and camera, has {units}.",
                hint="Shorten the prompt or the style; most emoji count twice.",
            )
        return changes

    async def _submit(self, request: VideoRequest, idempotency_key: str) -> Started:
        del idempotency_key  # there is none, and no list of tasks
        starts = request.first_frame or request.continues
        path = "image_to_video" if starts else "text_to_video"
        answer = await self.transport.paid(path, json=await self._body(request))
        return Started(self._named(answer, answer.fields.get("id")))

    async def _body(self, request: VideoRequest) -> dict[str, Any]:
        first, last = await self._frames(request)
        frames = [
            {"uri": frame.data_url, "position": place}
            for frame, place in ((first, "first"), (last, "last"))
            if frame is not None
        ]
        body: dict[str, Any] = {
            "model": self.entry.model,
            "promptText": prompt_with_names(request),
            "duration": math.ceil(request.seconds),
            **self._ratio(request, has_frame=bool(frames)),
            **({"promptImage": frames} if frames else {}),
            **await self._references(request),
        }
        if self.entry.audio == "optional":
            body["audio"] = request.audio
        if request.seed is not None:
            # Another take is another seed.
            body["seed"] = request.seed + request.take
        if request.negative_prompt:
            body["negativePrompt"] = request.negative_prompt
        return body | self._options(request)

    def _ratio(self, request: VideoRequest, *, has_frame: bool) -> dict[str, Any]:
        size, options = request.size, self.entry.options
        if options.get("ratio_as") != "aspect":
            return {"ratio": f"{size.width}:{size.height}"}
        told = {"resolution": options.get("resolution", f"{min(size.width, size.height)}p")}
        # A frame has a shape of its own, and these models take no other beside it.
        return told if has_frame else {**told, "ratio": f"{size.aspect.numerator}:{size.aspect.denominator}"}

    async def _references(self, request: VideoRequest) -> dict[str, Any]:
        told: dict[str, list[dict[str, str]]] = {}
        for reference in request.references:
            if reference.role == "image":
                told.setdefault("references", []).append({"uri": (await self._picture(reference.asset)).data_url})
            else:
                field = {"video": "referenceVideos", "audio": "referenceAudio"}[reference.role]
                uri = f"data:{reference.asset.media_type};base64,{await self._media(reference.asset)}"
                told.setdefault(field, []).append({"type": reference.role, "uri": uri})
        return told

    async def _ask(self, ticket: Ticket) -> Pending | Done | Failed:
        answer = await self.transport.get(f"tasks/{segment(ticket.remote_id)}")
        task = answer.fields
        status, usd = str(task.get("status") or ""), _cost(task)
        match status:
            case "SUCCEEDED":
                return self._done(task, usd)
            case "FAILED":
                return self._failed(task, usd)
            case "CANCELLED":
                return Failed(kind=FailureKind.LOST, reason="the task was cancelled", billed=bool(usd))
            case "PENDING" | "THROTTLED" | "RUNNING":
                pass
            case _:
                _log.warning("A task has the status %r, which is not known: it counts as running.", status[:40])
        hint = answer.poll_after_seconds
        return Pending(
            progress=share(task.get("progress")),
            poll_after_seconds=self.poll_seconds if hint is None else hint,
            note=status,
        )

    def _done(self, task: Mapping[str, Any], usd: Decimal | None) -> Done | Failed:
        output = task.get("output")
        url = output[0] if isinstance(output, list) and output else None
        if not isinstance(url, str):
            return Failed(kind=FailureKind.UNKNOWN, reason="the task has no output", billed=usd is None or bool(usd))
        return Done(url=url, charge=Charge(usd=usd, source="vendor") if usd is not None else None)

    def _failed(self, task: Mapping[str, Any], usd: Decimal | None) -> Failed:
        code, words = str(task.get("failureCode") or ""), str(task.get("failure") or "")
        kind = judge(Refusal(code=code, message=words), self.rules).kind
        told = ": ".join(dict.fromkeys(text for text in (code, words) if text)) or "no reason given"
        # What is moderated costs as much as what is made; other failures are refunded. The task says what is left.
        billed = kind is FailureKind.MODERATED if usd is None else bool(usd)
        return Failed(kind=kind, reason=self.transport.clean(told), billed=billed)

    async def _stop(self, ticket: Ticket, state: Pending) -> bool:
        """Stop it. A task that runs is stopped and charged all the same: no promise is made then."""
        del state
        try:
            await self.transport.free("DELETE", f"tasks/{segment(ticket.remote_id)}")
            after = await self._ask(ticket)
        except ProviderError as error:
            if error.retryable or error.kind is FailureKind.AUTH:
                raise
            return False
        return isinstance(after, Failed) and not after.billed

    def _lost(self, ticket: Ticket, error: ProviderError) -> Failed:
        # A deleted task cannot be read again, and deleting a running one gives no credits back.
        return super()._lost(ticket, error).model_copy(update={"billed": True})


def _cost(task: Mapping[str, Any]) -> Decimal | None:
    """Return what an ended task cost in USD; `None` if it does not tell."""
    cost = task.get("cost")
    return money(cost.get("credits"), CREDIT_USD) if isinstance(cost, dict) else None
