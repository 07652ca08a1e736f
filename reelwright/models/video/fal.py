"""The protocol `fal`: any video model at fal by its path, through fal's queue.

Source: fal_client 1.0.3; fal's documentation of its queue, errors and billing (read 2026-11-21). The answer to a start
names the URLs of status, result and cancel; a model's own error arrives where its result would. What a model calls its
fields stands in the entry's options; see `mapped`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput, ProviderError
from reelwright.models.bench import Bench
from reelwright.models.remote.answers import Answer, Refusal, refusal_in
from reelwright.models.remote.auth import auth_of
from reelwright.models.remote.kinds import Rule, judge
from reelwright.models.remote.transport import segment
from reelwright.models.video import mapped
from reelwright.models.video.contract import Done, Failed, Pending, Ticket, VideoRequest
from reelwright.models.video.mapped import MappedModel, Thing
from reelwright.models.video.vendor import Started, with_abilities

BASE_URL = "https://queue.fal.run"

_NAMESPACES = frozenset({"workflows", "comfy"})
_UNPROCESSABLE, _BROKE = 422, 500
_REFUSED = frozenset({400, _UNPROCESSABLE})
_NO_SUCH_JOB = "00000000-0000-0000-0000-000000000000"
_UNITS = "x-fal-billable-units"


class Fal(MappedModel):
    """One model at fal; `model` is its path, e.g. `fal-ai/veo3.1/fast`."""

    protocol: ClassVar[str] = "fal"
    rules: ClassVar[tuple[Rule, ...]] = (
        # A model that would not make it says so in either way.
        Rule(FailureKind.MODERATED, codes=r"content_policy_violation|no_media_generated"),
        Rule(FailureKind.LOST, codes=r"client_(cancelled|disconnected)"),
        Rule(
            FailureKind.BUSY,
            codes=r"(request|startup|generation)_timeout|runner_\w+|internal(_server)?_error|downstream_service_\w+",
        ),
    )
    usual_names: ClassVar[Mapping[Thing, str]] = {
        "prompt": "prompt",
        "seconds": "duration",
        "aspect_ratio": "aspect_ratio",
        "resolution": "resolution",
        "first_frame": "image_url",
        "last_frame": "end_image_url",
        "reference_images": "image_urls",
        "reference_videos": "video_urls",
        "reference_audios": "audio_urls",
        "audio": "generate_audio",
        "negative_prompt": "negative_prompt",
        "seed": "seed",
    }
    poll_seconds: ClassVar[float] = 5

    async def check(self) -> None:
        """Ask for a job that is not there: a key that is refused is told first."""
        path = f"{_app_of(self.entry.model)}/requests/{_NO_SUCH_JOB}/status"
        await self.transport.get(path, accept=lambda answer: answer.status in {404, *_REFUSED})

    async def _submit(self, request: VideoRequest, idempotency_key: str) -> Started:
        del idempotency_key  # the queue has none, and no list
        path = self.model_for(request).strip("/")
        answer = await self.transport.paid(path, json=await self._input(request))
        urls = {name: str(answer.fields.get(name) or "") for name in ("status_url", "response_url", "cancel_url")}
        # An address that the key may not go to is not kept: it is built from the app's name then.
        app = _app_of(path)
        return Started(
            self._named(answer, answer.fields.get("request_id")),
            {"app": app, **{name: url for name, url in urls.items() if self.transport.is_own(url)}},
        )

    async def _ask(self, ticket: Ticket) -> Pending | Done | Failed:
        answer = await self.transport.get(_url(ticket, "status"))
        state = answer.fields
        if state.get("status") == "COMPLETED":
            return await self._result(ticket, state)
        position = state.get("queue_position")
        note = str(state.get("status") or "") + (f", {position} before it" if isinstance(position, int) else "")
        hint = answer.poll_after_seconds
        return Pending(note=note, poll_after_seconds=self.poll_seconds if hint is None else hint)

    async def _result(self, ticket: Ticket, state: Mapping[str, Any]) -> Done | Failed:
        answer = await self.transport.get(_url(ticket, "response"), accept=_is_of_the_job)
        if not answer.ok:
            return self._failed(refusal_in(answer), answer)
        if error := state.get("error"):
            return self._failed(Refusal(type=str(state.get("error_type") or ""), message=str(error)), answer)
        concepts = answer.fields.get("has_nsfw_concepts")
        if concepts is True or (isinstance(concepts, list) and any(concepts)):
            # The clip is there, and black.
            return self._without_clip(FailureKind.MODERATED, "held back by the safety checker", answer)
        url = _clip_in(answer.fields)
        return Done(url=url) if url else self._without_clip(FailureKind.UNKNOWN, "the result has no clip", answer)

    def _failed(self, refusal: Refusal, answer: Answer) -> Failed:
        kind = judge(refusal, self.rules).kind
        if kind is FailureKind.INVALID_REQUEST and answer.headers.get("x-fal-retryable", "").lower() == "true":
            kind = FailureKind.BUSY
        told = dict.fromkeys(text for text in (refusal.code or refusal.type, refusal.words) if text)
        return self._without_clip(kind, self.transport.clean(": ".join(told)), answer)

    def _without_clip(self, kind: FailureKind, reason: str, answer: Answer) -> Failed:
        """Tell a failure and whether fal charges for it.

        Never for a fault of its own; for a refusal of the model it may, when it had worked on it (fal's FAQ). Where the
        units are told, they say.
        """
        try:
            billed = float(answer.headers[_UNITS]) > 0
        except (KeyError, ValueError):
            billed = kind is not FailureKind.BUSY and (answer.ok or answer.status == _UNPROCESSABLE)
        return Failed(kind=kind, reason=reason, billed=billed)

    async def _stop(self, ticket: Ticket, state: Pending) -> bool:
        """Stop it: what still waits is taken out of the queue, what runs is only asked to stop."""
        del state
        answer = await self.transport.free(
            "PUT", _url(ticket, "cancel"), accept=lambda answer: answer.status in {400, 404}
        )
        if answer.ok and answer.fields.get("status") == "OK":
            return True
        try:
            after = await self._ask(ticket)
        except ProviderError as error:
            if error.kind is not FailureKind.LOST:
                raise
            return False
        return isinstance(after, Failed) and not after.billed


def complete(entry: Entry) -> Entry:
    """Return the entry with the abilities whose fields its options name, where it does not say itself.

    Raises:
        RecipeError: its options are none.
    """
    return with_abilities(mapped.complete(entry), {"cancels": True})


def build(entry: Entry, bench: Bench) -> Fal:
    """Return the model of an entry.

    Raises:
        InvalidInput: it names no model, or its options are none.
    """
    if not entry.model:
        raise InvalidInput(f"{entry.name} needs `model`, a path at fal.", hint="For instance fal-ai/veo3.1/fast.")
    auth = auth_of(entry.auth or "key", bench.credential)
    return Fal(complete(entry), bench.vault, auth, base_url=entry.base_url or BASE_URL)


def _app_of(path: str) -> str:
    """Return owner and app of a model's path: all that the address of a job holds of it."""
    parts = path.strip("/").split("/")
    return "/".join(map(segment, parts[: 3 if parts[0] in _NAMESPACES else 2]))


def _url(ticket: Ticket, what: str) -> str:
    end = {"status": "/status", "cancel": "/cancel"}.get(what, "")
    built = f"{ticket.extra.get('app', '')}/requests/{segment(ticket.remote_id)}{end}"
    return str(ticket.extra.get(f"{what}_url") or built)


def _is_of_the_job(answer: Answer) -> bool:
    """Whether an error is the model's own word on this job, and no stumbling of the way there."""
    told = bool(answer.fields.get("detail")) or "x-fal-request-id" in answer.headers
    return answer.status in _REFUSED or (answer.status >= _BROKE and told)


def _clip_in(fields: Mapping[str, Any]) -> str:
    """Return the clip's address: `{video: {url}}`, or one of the shapes of older models."""
    found = [fields.get("video"), fields.get("videos"), fields.get("output"), fields.get("video_url")]
    for item in found:
        first = item[0] if isinstance(item, list) and item else item
        url = first.get("url") if isinstance(first, dict) else first
        if isinstance(url, str) and url:
            return url
    return ""
