"""The protocol `veo`: Google's Veo at Vertex AI, and as the Gemini API served it until October 2026.

Source: google-genai 2.19.0 (both addresses) and 3.4.0 (Vertex AI only: its SDK refuses Veo at the Gemini API). An
entry's `options`: `api` (`vertex` or `gemini`; by the host if it is not said), `project` (that of the service account
if it is not said), `location`, and for every shot `personGeneration`, `enhancePrompt`, at Vertex AI also `resizeMode`
and `compressionQuality`. A block by Google's filters is no error: the job is done, has no clip, and is not charged;
the same prompt may pass at another time.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

from pydantic import SecretStr

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, ProviderError, RecipeError
from reelwright.models.bench import Bench
from reelwright.models.remote.addresses import origin_of
from reelwright.models.remote.answers import Answer, Refusal, refusal_of
from reelwright.models.remote.auth import Auth
from reelwright.models.remote.kinds import Rule, judge
from reelwright.models.remote.pictures import JPEG, PNG, Still
from reelwright.models.video import google_api
from reelwright.models.video.adapting import prompt_of
from reelwright.models.video.contract import Done, Failed, Pending, Ticket, VideoRequest
from reelwright.models.video.vendor import Started, VendorModel, objects, text, with_abilities
from reelwright.values import Size
from reelwright.vault import Vault

ABILITIES: Mapping[str, Any] = {
    "sizes": ["720x1280", "1280x720", "1080x1920", "1920x1080"],
    "seconds": [4, 6, 8],
    "audio": "always",
    "first_frame": "yes",
    "last_frame": True,
    "reference_images": 3,
    "negative_prompt": True,
}
"""What Veo 3.1 can do where an entry does not say."""

AT_VERTEX: Mapping[str, Any] = {"audio": "optional", "seed": True}

_LARGEST_SHORT_CLIP = 720
_LONGEST = Fraction(8)
_HD, _UHD = 1080, 2160


def complete(entry: Entry) -> Entry:
    """Return the entry with what Veo can do at its address, where it does not say itself."""
    return with_abilities(entry, {**ABILITIES, **(AT_VERTEX if _is_vertex(entry) else {})})


def build(entry: Entry, bench: Bench) -> Veo:
    """Return the model of an entry.

    Raises:
        InvalidInput: its address or its options are none.
    """
    kind = VertexVeo if _is_vertex(entry) else Veo
    return kind(complete(entry), bench.vault, bench.credential)


class Veo(VendorModel):
    """Veo at the Gemini API."""

    protocol: ClassVar[str] = "veo"
    rules: ClassVar[tuple[Rule, ...]] = google_api.RULES
    takes: ClassVar[frozenset[str]] = frozenset({"personGeneration", "enhancePrompt"})
    settings: ClassVar[frozenset[str]] = frozenset({"api"})
    check_path: ClassVar[str] = "models"
    frames_or_references: ClassVar[bool] = True
    last_needs_first: ClassVar[bool] = True
    picture_types: ClassVar[tuple[str, ...]] = (PNG, JPEG)

    def __init__(self, entry: Entry, vault: Vault, credential: SecretStr | None) -> None:
        super().__init__(entry, vault, self._auth(entry, credential))

    @staticmethod
    def _auth(entry: Entry, credential: SecretStr | None) -> Auth:
        return google_api.api_key(entry.auth, credential)

    def _settle(self, request: VideoRequest, warnings: list[str]) -> dict[str, Any]:
        changes = super()._settle(request, warnings)
        references = changes.get("references", request.references)
        large = min(request.size.width, request.size.height) > _LARGEST_SHORT_CLIP
        if (references or large) and request.seconds < _LONGEST and _LONGEST in self.entry.seconds:
            why = "with references" if references else f"of {request.size}"
            warnings.append(f"{self.name} makes clips {why} in 8 s only: it is longer than asked for")
            changes["seconds"] = _LONGEST
        return changes

    @property
    def _model_path(self) -> str:
        return f"models/{self.entry.model}"

    async def _submit(self, request: VideoRequest, idempotency_key: str) -> Started:
        del idempotency_key  # Google has none, and its operations do not show their prompts
        body = {"instances": [await self._instance(request)], "parameters": self._parameters(request)}
        answer = await self.transport.paid(f"{self._model_path}:predictLongRunning", json=body)
        return Started(self._named(answer, answer.fields.get("name")))

    async def _instance(self, request: VideoRequest) -> dict[str, Any]:
        first, last = await self._frames(request)
        given = {"image": first, "lastFrame": last}
        pictures = {name: _image(picture) for name, picture in given.items() if picture is not None}
        references = [
            {"image": _image(await self._picture(reference.asset)), "referenceType": "asset"}
            for reference in request.references
        ]
        return {"prompt": prompt_of(request), **pictures, **({"referenceImages": references} if references else {})}

    def _parameters(self, request: VideoRequest) -> dict[str, Any]:
        return {
            "sampleCount": 1,
            "aspectRatio": "9:16" if request.size.height > request.size.width else "16:9",
            "resolution": _resolution(request.size),
            "durationSeconds": int(request.seconds),
            **({"negativePrompt": request.negative_prompt} if request.negative_prompt else {}),
            **self._options(request),
        }

    async def _operation(self, ticket: Ticket) -> Answer:
        return await self.transport.get(ticket.remote_id)

    async def _ask(self, ticket: Ticket) -> Pending | Done | Failed:
        answer = await self._operation(ticket)
        if answer.fields.get("done") is not True:
            hint = answer.poll_after_seconds
            return Pending(poll_after_seconds=self.poll_seconds if hint is None else hint)
        if isinstance(error := answer.fields.get("error"), dict):
            refusal = refusal_of(error)
            kind = judge(Refusal(None, refusal.code, refusal.type, refusal.message), self.rules).kind
            return Failed(kind=kind, reason=self.transport.clean(refusal.words))
        told = _told(answer)
        clip = _clip(told)
        return _without_clip(told) if clip is None else Done(url=text(clip.get("uri")))


class VertexVeo(Veo):
    """Veo at Vertex AI: a project's own, its clips inside the answer."""

    takes: ClassVar[frozenset[str]] = Veo.takes | {"resizeMode", "compressionQuality"}
    settings: ClassVar[frozenset[str]] = Veo.settings | {"project", "location"}

    def __init__(self, entry: Entry, vault: Vault, credential: SecretStr | None) -> None:
        super().__init__(entry, vault, credential)
        self._project = str(entry.options.get("project") or google_api.project_of(credential))
        if not self._project:
            raise RecipeError(
                "the project is not known",
                field=f"{entry.name}.options.project",
                hint="Say it there, or give a service account's key as the credential.",
            )

    @staticmethod
    def _auth(entry: Entry, credential: SecretStr | None) -> Auth:
        return google_api.cloud_auth(entry.auth, credential)

    @property
    def _model_path(self) -> str:
        location = self.entry.options.get("location", "us-central1")
        return f"projects/{self._project}/locations/{location}/publishers/google/models/{self.entry.model}"

    async def check(self) -> None:
        """Ask Vertex AI for the model's card: free; see `VendorModel.check`."""
        await self.transport.get(f"publishers/google/models/{self.entry.model}", purpose="start")

    def _parameters(self, request: VideoRequest) -> dict[str, Any]:
        # Another take is another seed.
        seed = {} if request.seed is None else {"seed": request.seed + request.take}
        return {**super()._parameters(request), "generateAudio": request.audio, **seed}

    async def _operation(self, ticket: Ticket) -> Answer:
        model = ticket.remote_id.partition("/operations/")[0]
        asked = {"operationName": ticket.remote_id}
        return await self.transport.free("POST", f"{model}:fetchPredictOperation", json=asked)

    async def _fetch(self, ticket: Ticket, done: Done, into: Path) -> ProviderError | None:
        if done.url:
            return await super()._fetch(ticket, done, into)
        try:
            data = text((_clip(_told(await self._operation(ticket))) or {}).get("bytesBase64Encoded"))
            await asyncio.to_thread(into.write_bytes, base64.b64decode(data, validate=True))
        except ProviderError as error:
            return error
        except ValueError:
            data = ""
        return None if data else self.transport.refused(Refusal(404, message="the answer has no clip in it"), "read")


def _is_vertex(entry: Entry) -> bool:
    named = entry.options.get("api")
    return named == "vertex" if named else "aiplatform" in origin_of(entry.base_url)[1]


def _resolution(size: Size) -> str:
    short = min(size.width, size.height)
    return "4k" if short >= _UHD else "1080p" if short >= _HD else "720p"


def _image(picture: Still) -> dict[str, str]:
    return {"bytesBase64Encoded": picture.base64, "mimeType": picture.media_type}


def _told(answer: Answer) -> dict[str, Any]:
    """Return what a finished operation tells: each address has its own place for it."""
    response = answer.fields.get("response")
    response = response if isinstance(response, dict) else {}
    inner = response.get("generateVideoResponse")
    return inner if isinstance(inner, dict) else response


def _clip(told: Mapping[str, Any]) -> dict[str, Any] | None:
    samples = objects([sample.get("video") for sample in objects(told.get("generatedSamples"))])
    clips = [*samples, *objects(told.get("videos"))]
    return next((clip for clip in clips if text(clip.get("uri")) or text(clip.get("bytesBase64Encoded"))), None)


def _without_clip(told: Mapping[str, Any]) -> Failed:
    given = told.get("raiMediaFilteredReasons")
    reasons = [str(reason) for reason in given] if isinstance(given, list) else []
    if reasons or told.get("raiMediaFilteredCount"):
        return Failed(kind=FailureKind.MODERATED, reason="; ".join(reasons) or "the clip was filtered")
    if any(clip.get("gcsUri") for clip in objects(told.get("videos"))):
        return Failed(kind=FailureKind.UNKNOWN, reason="the clip was put into a bucket, not sent", billed=True)
    return Failed(kind=FailureKind.UNKNOWN, reason="the job is done and has no clip")
