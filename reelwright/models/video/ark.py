"""The protocol `ark`: ByteDance's Seedance at ModelArk (BytePlus) and Ark (Volcengine).

Source: volcengine-ark-runtime 5.0.54 (the vendor's SDK), the vendor's error table, vercel/ai packages/bytedance (August
2026) for sizes. That videos and sounds go as `data:` URLs is not verified: the vendor documents addresses for them. A
job that failed is told with HTTP 200. Only a queued job can be cancelled: the same call would delete a finished one. An
entry's `options` are the vendor's own fields for every shot, e.g. `{watermark: false, service_tier: flex}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_UP, Decimal
from email.utils import parsedate_to_datetime
from fractions import Fraction
from typing import Any, ClassVar

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, ProviderError
from reelwright.models.bench import Bench
from reelwright.models.remote.answers import Answer, Refusal, refusal_of
from reelwright.models.remote.auth import auth_of
from reelwright.models.remote.kinds import Rule, judge
from reelwright.models.remote.transport import segment
from reelwright.models.tokens import count
from reelwright.models.video.contract import Charge, Done, Failed, Pending, Ticket, VideoRequest
from reelwright.models.video.roles import RoleModel
from reelwright.models.video.vendor import Started, text, with_abilities
from reelwright.values import Size

TASKS = "contents/generations/tasks"

_720 = ["720x1280", "1280x720", "834x1112", "1112x834", "960x960"]
_1080 = ["1080x1920", "1920x1080", "1248x1664", "1664x1248", "1440x1440"]

SECOND: Mapping[str, Any] = {
    "sizes": [*_720, *_1080],
    "seconds": list(range(4, 16)),
    "audio": "optional",
    "first_frame": "yes",
    "last_frame": True,
    "reference_images": 9,
    "reference_videos": 3,
    "reference_audios": 3,
    "seed": True,
    "cancels": True,
    "finds": True,
}
"""What Seedance 2.0 can do where an entry does not say; a model that is not known is taken for one like it."""

_NO_REFERENCES = {"reference_images": 0, "reference_videos": 0, "reference_audios": 0}
FAMILIES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    (r".*seedance-2-5.*", {**SECOND, "seconds": list(range(4, 31))}),
    (r".*seedance-2-0-(fast|mini).*", {**SECOND, "sizes": _720}),
    (r".*seedance-1-5.*", {**SECOND, **_NO_REFERENCES, "seconds": list(range(4, 13))}),
    (r".*seedance-1-0.*", {**SECOND, **_NO_REFERENCES, "seconds": list(range(2, 13)), "audio": "none"}),
    (r".*", SECOND),
)
"""What each family can do; the first whose name fits."""

_RATIOS = {Fraction(w, h): f"{w}:{h}" for w, h in ((16, 9), (4, 3), (1, 1), (3, 4), (9, 16), (21, 9))}
_480_PIXELS, _720_PIXELS = 640 * 960, 1280 * 1024
_PAGE, _MOST_PAGES = 100, 20
_SLACK = timedelta(seconds=5)
_MOST_TOKENS = 10**9
_MILLIONTH = Decimal("0.000001")


def complete(entry: Entry) -> Entry:
    """Return the entry with what its family can do, where it does not say itself."""
    return with_abilities(
        entry, next(abilities for name, abilities in FAMILIES if re.fullmatch(name, entry.model or ""))
    )


def build(entry: Entry, bench: Bench) -> Ark:
    """Return the model of an entry.

    Raises:
        InvalidInput: its address or its options are none.
    """
    entry = complete(entry)
    return Ark(entry, bench.vault, auth_of(entry.auth or "bearer", bench.credential))


class Ark(RoleModel):
    """One Seedance model."""

    protocol: ClassVar[str] = "ark"
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(FailureKind.MODERATED, codes=r".*(SensitiveContentDetected|RiskDetection).*"),
        Rule(FailureKind.BILLING, codes=r"AccountOverdueError|SetLimitExceeded.*"),
        # A free trial that is used up; not the limits that pass.
        Rule(FailureKind.BILLING, codes=r"QuotaExceeded.*", words=r"free trial|exhausted|used up|activate"),
        Rule(FailureKind.AUTH, codes=r"AuthenticationError|AccessDenied|ModelNotOpen|.*ModelIDAccessDisabled"),
        Rule(FailureKind.RETIRED, codes=r"InvalidEndpoint(OrModel)?\.(NotFound|ClosedEndpoint)", purpose="start"),
        Rule(FailureKind.BUSY, codes=r"ServerOverloaded|InternalServiceError|.*InternalError|ServiceUnavailable"),
        Rule(FailureKind.RATE_LIMITED, codes=r".*(RateLimitExceeded|QuotaExceeded|TooManyRequests).*"),
        Rule(FailureKind.INVALID_REQUEST, codes=r"(InvalidParameter|MissingParameter|InvalidArgument).*"),
    )
    takes: ClassVar[frozenset[str]] = frozenset(
        {
            "watermark",
            "camera_fixed",
            "return_last_frame",
            "service_tier",
            "draft",
            "execution_expires_after",
            "priority",
            "safety_identifier",
            "tools",
            "output_format",
            "omni_reference_task_type",
        }
    )
    check_path: ClassVar[str] = f"{TASKS}?page_num=1&page_size=1"
    last_needs_first: ClassVar[bool] = True

    async def _submit(self, request: VideoRequest, idempotency_key: str) -> Started:
        del idempotency_key  # the vendor has none
        body = {
            "model": self.entry.model,
            "content": await self._content(request),
            "ratio": _ratio(request.size),
            "resolution": _resolution(request.size),
            "duration": int(request.seconds),
            **({"generate_audio": request.audio} if self.entry.audio == "optional" else {}),
            # Another take is another seed.
            **({} if request.seed is None else {"seed": request.seed + request.take}),
            **self._options(request),
        }
        answer = await self.transport.paid(TASKS, json=body)
        return Started(self._named(answer, answer.fields.get("id")))

    async def _ask(self, ticket: Ticket) -> Pending | Done | Failed:
        answer = await self.transport.get(f"{TASKS}/{segment(ticket.remote_id)}")
        fields, tokens = answer.fields, _tokens(answer)
        match status := text(fields.get("status")):
            case "succeeded":
                return self._done(fields, tokens)
            case "failed":
                refusal = refusal_of({"error": fields.get("error") or {}})
                kind = judge(Refusal(None, refusal.code, refusal.type, refusal.message), self.rules).kind
                parts = dict.fromkeys(text for text in (refusal.code, refusal.words) if text)
                return Failed(kind=kind, reason=self.transport.clean(": ".join(parts)), billed=tokens > 0)
            case "cancelled" | "canceled" | "expired":
                return Failed(kind=FailureKind.LOST, reason=f"the job is {status}", billed=tokens > 0)
        hint = answer.poll_after_seconds
        return Pending(note=status, poll_after_seconds=self.poll_seconds if hint is None else hint)

    def _done(self, fields: Mapping[str, Any], tokens: int) -> Done | Failed:
        content = fields.get("content")
        content = content if isinstance(content, dict) else {}
        url = text(content.get("video_url"))
        if not url:
            return Failed(kind=FailureKind.UNKNOWN, reason="the job is done and has no clip", billed=tokens > 0)
        price = self.entry.usd_per_million_output
        usd = None if price is None else (tokens * price / 1_000_000).quantize(_MILLIONTH, ROUND_UP)
        told = {"tokens": tokens, "last_frame_url": text(content.get("last_frame_url"))}
        return Done(
            url=url,
            charge=Charge(usd=usd, source="catalogue") if usd else None,
            extra={name: value for name, value in told.items() if value},
        )

    async def _stop(self, ticket: Ticket, state: Pending) -> bool:
        if state.note != "queued":
            return False
        try:
            await self.transport.free("DELETE", f"{TASKS}/{segment(ticket.remote_id)}")
        except ProviderError as error:
            if error.retryable or error.kind is FailureKind.AUTH:
                raise
            return False
        # It may have begun in between: only what it is now counts. Gone is stopped: it was queued when it went.
        return isinstance(await self.poll(ticket), Failed)

    async def find(
        self, request: VideoRequest, *, idempotency_key: str, since: datetime, others: frozenset[str] = frozenset()
    ) -> Ticket | None:
        """Look through the list of tasks; see `VideoModel.find`. It can prove only that none was begun.

        Raises:
            NotImplementedError: a task like this one was begun since: the list does not show prompts.
        """
        adapted, _ = self.adapt(request)
        for page in range(1, _MOST_PAGES + 1):
            query = {"page_num": str(page), "page_size": str(_PAGE), "filter.model": self.entry.model}
            answer = await self.transport.get(TASKS, query=query)
            items = answer.fields.get("items")
            if not isinstance(items, list):
                break
            earliest = (since + _skew(answer) - _SLACK).timestamp()
            unknown = [item for item in items if isinstance(item, dict) and item.get("id") not in others]
            if any(_may_be(item, adapted, earliest) for item in unknown):
                break
            if len(items) < _PAGE:
                return None
        return await super().find(request, idempotency_key=idempotency_key, since=since, others=others)


def _tokens(answer: Answer) -> int:
    """Return how many tokens were counted; a number that no clip has is none."""
    tokens = count(answer.fields, "usage", "completion_tokens")
    return tokens if tokens < _MOST_TOKENS else 0


def _may_be(item: Mapping[str, Any], request: VideoRequest, earliest: float) -> bool:
    """Whether nothing that the list tells of a task speaks against it."""
    created = item.get("created_at")
    if isinstance(created, (int, float)) and created < earliest:
        return False
    told = {"duration": int(request.seconds), "resolution": _resolution(request.size)}
    return all(item.get(name, value) == value for name, value in told.items())


def _skew(answer: Answer) -> timedelta:
    """Return how far the vendor's clock is ahead of ours."""
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")) - datetime.now(UTC)
    except (ValueError, TypeError):
        return timedelta(0)


def _ratio(size: Size) -> str:
    return _RATIOS[min(_RATIOS, key=lambda ratio: abs(ratio - size.aspect))]


def _resolution(size: Size) -> str:
    pixels = size.width * size.height
    return "480p" if pixels < _480_PIXELS else "720p" if pixels < _720_PIXELS else "1080p"
