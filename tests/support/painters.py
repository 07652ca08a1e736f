"""The remote image models as the tests see them: each with its strict server and its documented failures."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from reelwright.errors import FailureKind, ProviderError
from reelwright.models.images.contract import ImageModel, ImageRequest, Picture
from reelwright.studio import Studio
from reelwright.testing.servers import fal_images, gemini, openai, openai_images, replicate_images
from reelwright.testing.servers.stills import picture
from reelwright.testing.servers.strict import Reply, StrictServer
from reelwright.values import Asset, Size

WANTED = ImageRequest(prompt="A baker turns a loaf.", size=Size(width=1080, height=1920))


@dataclasses.dataclass(frozen=True)
class Vendor:
    """One protocol: its server, what a recipe says of it, how it refuses."""

    protocol: str
    serve: Callable[[], Any]
    model: str
    key: str
    failures: tuple[tuple[Reply, FailureKind], ...]
    extra: dict[str, Any] = dataclasses.field(default_factory=dict)
    drawn: str = "1088x1920"
    """The size that it really draws for a full-size frame."""


def openai_error(code: str, message: str = "No.", kind: str = "invalid_request_error") -> dict[str, Any]:
    """An error of OpenAI's."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def found(kind: str) -> Reply:
    """A finding of fal's."""
    return Reply(422, {"detail": [{"loc": ["body", "prompt"], "msg": "No.", "type": kind}]})


def problem(status: int, title: str, detail: str = "No.") -> Reply:
    """A problem of Replicate's."""
    return Reply(status, {"title": title, "detail": detail, "status": status})


def google_error(status: int, name: str, message: str) -> Reply:
    """An error of Google's."""
    return Reply(status, {"error": {"code": status, "message": message, "status": name}})


VENDORS = (
    Vendor(
        "openai-images",
        openai_images.OpenAiImages,
        openai_images.FREE_SIZE,
        openai.KEY,
        (
            (Reply(400, openai_error("moderation_blocked", kind="image_generation_user_error")), FailureKind.MODERATED),
            (Reply(401, openai_error("invalid_api_key")), FailureKind.AUTH),
            (Reply(400, openai_error("billing_hard_limit_reached")), FailureKind.BILLING),
            (Reply(404, openai_error("model_not_found")), FailureKind.RETIRED),
            (Reply(400, openai_error("invalid_value")), FailureKind.INVALID_REQUEST),
            (Reply(429, openai_error("rate_limit_exceeded")), FailureKind.RATE_LIMITED),
            (Reply(500, openai_error("server_error")), FailureKind.BUSY),
        ),
    ),
    Vendor(
        "gemini-image",
        gemini.Gemini,
        gemini.IMAGE,
        gemini.KEY,
        (
            (google_error(400, "INVALID_ARGUMENT", "API key not valid."), FailureKind.AUTH),
            (google_error(403, "PERMISSION_DENIED", "The caller does not have permission"), FailureKind.AUTH),
            (google_error(404, "NOT_FOUND", "models/x is not found for API version v1beta."), FailureKind.RETIRED),
            (google_error(429, "RESOURCE_EXHAUSTED", "Quota exceeded. Please retry in 31s."), FailureKind.RATE_LIMITED),
            (google_error(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."), FailureKind.BILLING),
            (google_error(503, "UNAVAILABLE", "The model is overloaded."), FailureKind.BUSY),
            (Reply(json={"promptFeedback": {"blockReason": "SAFETY"}}), FailureKind.MODERATED),
            (Reply(json=gemini.generated(finish="IMAGE_SAFETY")), FailureKind.MODERATED),
            (Reply(json=gemini.generated(finish="NO_IMAGE")), FailureKind.UNKNOWN),
            (Reply(json=gemini.generated({"text": "I would rather not."})), FailureKind.MEDIA_REJECTED),
        ),
        drawn="1536x2752",
    ),
    Vendor(
        "fal-image",
        fal_images.FalImages,
        fal_images.MODEL,
        fal_images.KEY,
        (
            (Reply(401, {"detail": "Authentication is required."}), FailureKind.AUTH),
            (Reply(403, {"detail": "User is locked. Reason: Exhausted balance. Top up it."}), FailureKind.BILLING),
            (Reply(404, {"detail": "Application not found"}), FailureKind.RETIRED),
            (found("content_policy_violation"), FailureKind.MODERATED),
            (found("value_error"), FailureKind.INVALID_REQUEST),
            (Reply(429, {"detail": "Too many requests"}), FailureKind.RATE_LIMITED),
        ),
        {"seed": True, "options": {"edit_model": fal_images.EDIT_MODEL, "poll_seconds": 0.02}},
    ),
    Vendor(
        "replicate-image",
        replicate_images.ReplicateImages,
        replicate_images.MODEL,
        replicate_images.KEY,
        (
            (problem(401, "Unauthenticated", "No valid token"), FailureKind.AUTH),
            (problem(402, "Insufficient credit", "Go to billing"), FailureKind.BILLING),
            (problem(404, "Not found", "No."), FailureKind.RETIRED),
            (problem(422, "Input validation failed", "- input"), FailureKind.INVALID_REQUEST),
            (problem(429, "Throttled", "Request was throttled."), FailureKind.RATE_LIMITED),
        ),
        {"seed": True, "options": {"references": "input_images", "poll_seconds": 0.02}},
    ),
)
FAILURES = [(vendor, *failure) for vendor in VENDORS for failure in vendor.failures]


@dataclasses.dataclass
class Bench:
    """One vendor's server, and the model that a recipe makes of it."""

    vendor: Vendor
    server: StrictServer
    studio: Studio

    def model(self, **changes: Any) -> ImageModel:
        """The model, defined in place."""
        server: Any = self.server
        named = {"name": "painter", "protocol": self.vendor.protocol, "model": self.vendor.model}
        told = {"base_url": server.base_url, "api_key": {"env": "IMAGE_KEY"}, "usd_each": "0.05", "reference_images": 4}
        entry = self.studio.catalogue.resolve(named | told | self.vendor.extra | changes, "image")
        return self.studio.image_model(entry)

    def draw(self, request: ImageRequest = WANTED, **changes: Any) -> Picture:
        """A picture; the client is closed."""
        model = self.model(**changes)

        async def ask() -> Picture:
            try:
                return await model.draw(request, idempotency_key="key-1")
            finally:
                await model.aclose()

        return asyncio.run(ask())

    def failure(self, request: ImageRequest = WANTED, **changes: Any) -> ProviderError:
        """How it fails."""
        with pytest.raises(ProviderError) as caught:
            self.draw(request, **changes)
        return caught.value

    @property
    def starts(self) -> int:
        """How many calls could cost money."""
        return sum(call.method == "POST" and "cancel" not in call.path for call in self.server.calls)


every_vendor = pytest.mark.parametrize("bench", VENDORS, indirect=True, ids=lambda vendor: vendor.protocol)


def of(protocol: str) -> Any:
    """The mark that names one vendor."""
    return pytest.mark.parametrize(
        "bench", [one for one in VENDORS if one.protocol == protocol], indirect=True, ids=[""]
    )


def reference(studio: Studio, colour: float = 0.5) -> Asset:
    """A reference picture in the vault."""
    return studio.vault.put_bytes(picture(320, 320, at=(colour, 0.5)), "image/png")
