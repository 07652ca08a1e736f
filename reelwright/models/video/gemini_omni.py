"""The protocol `gemini-omni`: Gemini Omni Flash through Google's Interactions API, in the background.

Source: google-genai 3.4.0 (`_gaos/types/interactions`), Google's own skill for Omni (google-gemini/gemini-skills,
August 2026) for tags and downloads. Clips have sound always; what to avoid and what to hear is told in the prompt.
An entry's `options` are none. A shot's own: `generation_config`, `previous_interaction_id`, `safety_settings`,
`system_instruction`, `service_tier`, `labels`.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from pydantic import SecretStr

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, ProviderError
from reelwright.models.bench import Bench
from reelwright.models.remote.answers import Answer, Refusal, refusal_of
from reelwright.models.remote.kinds import Rule, judge
from reelwright.models.remote.pictures import JPEG, PNG, WEBP, Still
from reelwright.models.remote.transport import segment
from reelwright.models.tokens import count
from reelwright.models.video import google_api
from reelwright.models.video.adapting import prompt_of
from reelwright.models.video.contract import Done, Failed, Pending, Ticket, VideoRequest
from reelwright.models.video.vendor import Started, VendorModel, objects, text, with_abilities
from reelwright.values import Size
from reelwright.vault import Vault

ABILITIES: dict[str, Any] = {
    "sizes": [
        "360x640", "640x360", "720x1280", "1280x720", "1080x1920", "1920x1080", "2160x3840", "3840x2160",
    ],
    "seconds": list(range(3, 11)),
    "audio": "always",
    "first_frame": "yes",
    "last_frame": True,
    "reference_images": 3,
    "cancels": True,
}  # fmt: skip
"""What Omni Flash models can do where an entry does not say."""

_RUNNING = frozenset({"queued", "in_progress"})
_log = logging.getLogger(__name__)


def complete(entry: Entry) -> Entry:
    """Return the entry with what Omni Flash models can do, where it does not say itself."""
    return with_abilities(entry, ABILITIES)


def build(entry: Entry, bench: Bench) -> GeminiOmni:
    """Return the model of an entry.

    Raises:
        InvalidInput: its address or its options are none.
    """
    return GeminiOmni(complete(entry), bench.vault, bench.credential)


class GeminiOmni(VendorModel):
    """One Omni Flash model."""

    protocol: ClassVar[str] = "gemini-omni"
    rules: ClassVar[tuple[Rule, ...]] = google_api.RULES
    takes: ClassVar[frozenset[str]] = frozenset(
        {
            "generation_config",
            "previous_interaction_id",
            "safety_settings",
            "system_instruction",
            "service_tier",
            "labels",
        }
    )
    check_path: ClassVar[str] = "models"
    picture_types: ClassVar[tuple[str, ...]] = (PNG, JPEG, WEBP)
    picture_bytes: ClassVar[int] = 4 << 20
    media_bytes: ClassVar[int] = 12 << 20

    def __init__(self, entry: Entry, vault: Vault, credential: SecretStr | None) -> None:
        super().__init__(entry, vault, google_api.api_key(entry.auth, credential))

    async def _submit(self, request: VideoRequest, idempotency_key: str) -> Started:
        del idempotency_key  # Google has none, and no list of interactions
        answer = await self.transport.paid("interactions", json=await self._body(request))
        return Started(self._named(answer, answer.fields.get("id")))

    async def _body(self, request: VideoRequest) -> dict[str, Any]:
        options = self._options(request)
        config = dict(options.pop("generation_config", {}))
        if task := _task(request):
            config = {"video_config": {"task": task}, **config}
        return {
            "model": self.entry.model,
            "input": [{"type": "user_input", "content": await self._contents(request)}],
            "response_format": {
                "type": "video",
                "aspect_ratio": "9:16" if request.size.height > request.size.width else "16:9",
                "resolution": _resolution(request.size),
                "duration": f"{float(request.seconds):g}s",
                # Inline, a clip of more than about 4 MB does not arrive.
                "delivery": "uri",
            },
            **({"generation_config": config} if config else {}),
            "background": True,
            **options,
        }

    async def _contents(self, request: VideoRequest) -> list[dict[str, Any]]:
        """Return pictures, then videos, then the text that says what each of them is."""
        first, last = await self._frames(request)
        images = [frame for frame in (first, last) if frame is not None]
        sources = [
            f"<{role}>@Image{number}"
            for number, role in enumerate([*(["FIRST_FRAME"] if first else []), *(["LAST_FRAME"] if last else [])], 1)
        ]
        references, names, videos = [], [], []
        for reference in request.references:
            if reference.role == "image":
                images.append(await self._picture(reference.asset))
                tag, place = f"IMAGE_REF_{len(images) - len(sources) - 1}", f"Image{len(images)}"
            else:
                videos.append((reference.asset.media_type, await self._media(reference.asset)))
                tag, place = f"VIDEO_REF_{len(videos) - 1}", f"Video{len(videos)}"
            references.append(f"<{tag}>@{place}")
            names += [f"<{tag}> is {reference.name}."] if reference.name else []
        lines = [
            f"[# Sources {' '.join(sources)}]" if sources else "",
            f"[# References {' '.join(references)}]" if references else "",
            *names,
            prompt_of(request),
        ]
        return [
            *(_image(picture) for picture in images),
            *({"type": "video", "data": data, "mime_type": kind} for kind, data in videos),
            {"type": "text", "text": "\n".join(line for line in lines if line)},
        ]

    async def _ask(self, ticket: Ticket) -> Pending | Done | Failed:
        answer = await self._interaction(ticket)
        status = text(answer.fields.get("status"))
        hint = self.poll_seconds if answer.poll_after_seconds is None else answer.poll_after_seconds
        pending = Pending(note=status, poll_after_seconds=hint)
        match status:
            case "completed":
                clip = _clip(answer.fields)
                if clip is None:
                    return self._without_clip(answer)
                return await self._stored(text(clip.get("uri")), pending)
            case "cancelled":
                return Failed(kind=FailureKind.LOST, reason="the job was cancelled", billed=_is_billed(answer))
            case "failed" | "incomplete" | "budget_exceeded" | "requires_action" | "requires_continuation":
                return self._failed(answer, status)
            case _ if status not in _RUNNING:
                _log.warning("An interaction has the status %r, which is not known: it counts as running.", status[:40])
        return pending

    async def _interaction(self, ticket: Ticket) -> Answer:
        return await self.transport.get(f"interactions/{segment(ticket.remote_id)}")

    async def _stored(self, uri: str, pending: Pending) -> Pending | Done | Failed:
        """Return the clip once Google has stored it: before, its address gives nothing."""
        if not self.transport.is_own(uri):
            return Done(url=uri)
        try:
            answer = await self.transport.get(uri.partition("?")[0])
        except ProviderError as error:
            if error.retryable:
                raise
            return Done(url=uri)
        match answer.fields.get("state"):
            case "PROCESSING":
                return pending.model_copy(update={"note": "the clip is being stored"})
            case "FAILED":
                refusal = refusal_of(answer.fields)
                return Failed(kind=FailureKind.BUSY, reason=f"the clip was not stored: {refusal.words}", billed=True)
            case _:
                return Done(url=uri)

    async def _fetch(self, ticket: Ticket, done: Done, into: Path) -> ProviderError | None:
        try:
            if done.url:
                query = {"alt": "media"} if self.transport.is_own(done.url) else None
                await self.transport.download(done.url, into, query=query)
            else:
                await self._write_inline(await self._interaction(ticket), into)
        except ProviderError as error:
            return error
        return None

    async def _write_inline(self, answer: Answer, into: Path) -> None:
        data = text((_clip(answer.fields) or {}).get("data"))
        try:
            await asyncio.to_thread(into.write_bytes, base64.b64decode(data, validate=True))
        except ValueError:
            data = ""
        if not data:
            raise self.transport.refused(Refusal(status=404, message="the answer has no clip in it"), "read")

    async def _stop(self, ticket: Ticket, state: Pending) -> bool:
        del state
        try:
            answer = await self.transport.free("POST", f"interactions/{segment(ticket.remote_id)}/cancel", json={})
        except ProviderError as error:
            if error.retryable or error.kind is FailureKind.AUTH:
                raise
            return False
        return answer.fields.get("status") == "cancelled"

    def _failed(self, answer: Answer, status: str) -> Failed:
        refusal = next(_faults(answer.fields), Refusal())
        kind = judge(refusal, self.rules).kind
        parts = dict.fromkeys(text for text in (refusal.code, refusal.message) if text)
        reason = ": ".join(parts) or f"the interaction ended as {status}"
        return Failed(kind=kind, reason=self.transport.clean(reason), billed=_is_billed(answer))

    def _without_clip(self, answer: Answer) -> Failed:
        """A blocked clip is "completed", and not there; sometimes the model says why in words."""
        fault = next(_faults(answer.fields), None)
        said = fault.words if fault else " ".join(_words(answer.fields))
        return Failed(
            kind=FailureKind.MODERATED,
            reason=self.transport.clean(f"completed without a clip: {said or 'it was filtered, and no reason given'}"),
            billed=_is_billed(answer),
        )


def _task(request: VideoRequest) -> str:
    """Return what is to be done; empty where the model shall see for itself."""
    frames = request.first_frame or request.continues or request.last_frame
    if "previous_interaction_id" in request.options or (frames and request.references):
        return ""
    return "image_to_video" if frames else "reference_to_video" if request.references else "text_to_video"


def _resolution(size: Size) -> str:
    short = min(size.width, size.height)
    return "4k" if short > 1080 else f"{short}p"  # noqa: PLR2004 - the largest that is named by its lines


def _image(picture: Still) -> dict[str, Any]:
    return {"type": "image", "data": picture.base64, "mime_type": picture.media_type}


def _outputs(fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (step for step in reversed(objects(fields.get("steps"))) if step.get("type") == "model_output")


def _contents(fields: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    for step in _outputs(fields):
        yield from (item for item in objects(step.get("content")) if item.get("type") == kind)


def _clip(fields: dict[str, Any]) -> dict[str, Any] | None:
    """Return the clip of a completed interaction, wherever the answer has it."""
    direct = fields.get("output_video")
    found = [*([direct] if isinstance(direct, dict) else []), *_contents(fields, "video")]
    return next((clip for clip in found if text(clip.get("uri")) or text(clip.get("data"))), None)


def _words(fields: dict[str, Any]) -> list[str]:
    return [str(item.get("text")) for item in _contents(fields, "text") if item.get("text")]


def _faults(fields: dict[str, Any]) -> Iterator[Refusal]:
    """Yield what the interaction says went wrong, and what its steps say."""
    yield from map(refusal_of, objects(fields.get("errors")))
    if isinstance(fields.get("error"), dict):
        yield refusal_of(fields["error"])
    yield from (refusal_of(step["error"]) for step in _outputs(fields) if isinstance(step.get("error"), dict))


def _is_billed(answer: Answer) -> bool:
    """Whether clips were made: Google bills what came out, counted in tokens."""
    return count(answer.fields, "usage", "total_output_tokens") > 0
