"""The protocol `minimax`: MiniMax H3, whose weights are open too (`openai-videos` speaks to those who serve them).

Source: the vendor's API reference (v2: create, query, list, cancel or delete) and vercel/ai packages/minimax, August
2026. H3 always makes sound, and takes no seed and no negative prompt. That 768P is 768 lines is not verified. Only a
queued job can be cancelled: the same call would delete a finished one. An entry's `options` are the vendor's own fields
for every shot: `{aigc_watermark: true}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, ClassVar

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, ProviderError
from reelwright.models.bench import Bench
from reelwright.models.remote.answers import Answer, Refusal, refusal_of
from reelwright.models.remote.auth import auth_of
from reelwright.models.remote.kinds import Rule, judge
from reelwright.models.remote.transport import segment
from reelwright.models.video.contract import Charge, Done, Failed, Pending, Ticket, VideoRequest
from reelwright.models.video.roles import RoleModel
from reelwright.models.video.vendor import Started, text, with_abilities
from reelwright.values import Size

ABILITIES: Mapping[str, Any] = {
    "sizes": [
        "768x1366", "1366x768", "768x1024", "1024x768", "768x768",
        "1440x2560", "2560x1440", "1536x2048", "2048x1536", "2048x2048",
    ],
    "seconds": list(range(5, 16)),
    "audio": "always",
    "prompt_characters": 7000,
    "first_frame": "yes",
    "last_frame": True,
    "reference_images": 9,
    "reference_videos": 3,
    "reference_audios": 3,
    "cancels": True,
}  # fmt: skip
"""What H3 can do where an entry does not say."""

_QUERY = "v2/query/video_generation"
_JOBS = "v2/video_generation"
_RATIOS = {Fraction(w, h): f"{w}:{h}" for w, h in ((21, 9), (16, 9), (4, 3), (1, 1), (3, 4), (9, 16))}
_SMALL_LINES = 1024
_MOST_SECONDS = 3600


def complete(entry: Entry) -> Entry:
    """Return the entry with what H3 can do, where it does not say itself."""
    return with_abilities(entry, ABILITIES)


def build(entry: Entry, bench: Bench) -> MiniMax:
    """Return the model of an entry.

    Raises:
        InvalidInput: its address or its options are none.
    """
    return MiniMax(complete(entry), bench.vault, auth_of(entry.auth or "bearer", bench.credential))


class MiniMax(RoleModel):
    """MiniMax H3."""

    protocol: ClassVar[str] = "minimax"
    rules: ClassVar[tuple[Rule, ...]] = (
        # The vendor's own number stands at the end of its message, or as the code of a job that failed.
        Rule(FailureKind.MODERATED, words=r"\(102[67]\)|sensitive"),
        Rule(FailureKind.MODERATED, codes=r"102[67]"),
        Rule(FailureKind.BILLING, codes=r"insufficient_balance_error|1008"),
        Rule(FailureKind.AUTH, codes=r"authorized_error|1004"),
        Rule(FailureKind.RATE_LIMITED, codes=r"1002"),
        Rule(FailureKind.INVALID_REQUEST, codes=r"2013"),
        Rule(FailureKind.BUSY, codes=r"server_error|1000"),
    )
    takes: ClassVar[frozenset[str]] = frozenset({"aigc_watermark"})
    check_path: ClassVar[str] = f"{_QUERY}?page_num=1&page_size=1"
    last_needs_first: ClassVar[bool] = True

    async def _submit(self, request: VideoRequest, idempotency_key: str) -> Started:
        del idempotency_key  # the vendor has none, and its list does not show prompts
        has_frames = request.first_frame or request.continues
        body = {
            "model": self.entry.model,
            "content": await self._content(request),
            "resolution": _resolution(request.size),
            "duration": int(request.seconds),
            # A frame has the ratio; beside one it must not be said.
            **({} if has_frames else {"ratio": _ratio(request.size)}),
            **self._options(request),
        }
        answer = await self.transport.paid(_JOBS, json=body)
        return Started(self._named(answer, answer.fields.get("task_id")))

    async def _ask(self, ticket: Ticket) -> Pending | Done | Failed:
        answer = await self.transport.get(f"{_QUERY}/{segment(ticket.remote_id)}")
        task = self._task(answer)
        seconds = _total_seconds(task)
        match status := text(task.get("status")):
            case "succeeded":
                return self._done(task, seconds, ticket)
            case "failed":
                refusal = refusal_of({"error": task.get("error") or {}})
                kind = judge(Refusal(None, refusal.code, refusal.type, refusal.message), self.rules).kind
                parts = dict.fromkeys(text for text in (refusal.code, refusal.words) if text)
                return Failed(kind=kind, reason=self.transport.clean(": ".join(parts)), billed=seconds > 0)
            case "cancelled" | "expired":
                return Failed(kind=FailureKind.LOST, reason=f"the job is {status}", billed=seconds > 0)
        hint = answer.poll_after_seconds
        return Pending(note=status, poll_after_seconds=self.poll_seconds if hint is None else hint)

    def _done(self, task: Mapping[str, Any], seconds: Fraction, ticket: Ticket) -> Done | Failed:
        content = task.get("content")
        url = text(content.get("url")) if isinstance(content, dict) else ""
        if not url:
            return Failed(kind=FailureKind.UNKNOWN, reason="the job is done and has no clip", billed=seconds > 0)
        # The seconds of reference videos are charged too.
        usd = self.entry.price(seconds, size=ticket.size, audio=True) if seconds else None
        return Done(url=url, charge=None if usd is None else Charge(usd=usd, source="catalogue"))

    def _task(self, answer: Answer) -> dict[str, Any]:
        task = answer.fields.get("task")
        if isinstance(task, dict):
            return task
        if answer.fields.get("error"):
            raise self.transport.error(answer, "read")
        raise self.transport.refused(Refusal(answer.status, message="the answer tells of no task"), "read")

    async def _stop(self, ticket: Ticket, state: Pending) -> bool:
        if state.note != "queued":
            return False
        try:
            await self.transport.free("DELETE", f"{_JOBS}/{segment(ticket.remote_id)}")
        except ProviderError as error:
            if error.retryable or error.kind is FailureKind.AUTH:
                raise
            return False
        # It may have begun in between: only what it is now counts.
        return isinstance(await self.poll(ticket), Failed)


def _total_seconds(task: Mapping[str, Any]) -> Fraction:
    """Return the seconds that are charged; 0 where the vendor does not tell."""
    usage = task.get("usage")
    try:
        seconds = Decimal(str(usage.get("total_seconds") or 0)) if isinstance(usage, dict) else Decimal(0)
    except InvalidOperation:
        return Fraction(0)
    return Fraction(seconds) if seconds.is_finite() and 0 < seconds < _MOST_SECONDS else Fraction(0)


def _resolution(size: Size) -> str:
    return "768P" if min(size.width, size.height) < _SMALL_LINES else "2K"


def _ratio(size: Size) -> str:
    return _RATIOS[min(_RATIOS, key=lambda ratio: abs(ratio - size.aspect))]
