"""The image models as their suite sees them: each with its strict server and its documented failures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from support.vendors import Hosted, google_error, openai_error

from reelwright.errors import FailureKind
from reelwright.testing import Failure, ImageHarness
from reelwright.testing.servers import fal_images, gemini, openai, openai_images, replicate_images
from reelwright.testing.servers.stills import picture
from reelwright.testing.servers.strict import StrictServer
from reelwright.values import Size


def made(data: list[Any]) -> Failure:
    """An answer of OpenAI's in which there is no picture, and which is paid."""
    return Failure(FailureKind.MEDIA_REJECTED, status=200, body={"created": 1, "data": data}, billed=True)


def found(kind: str) -> dict[str, Any]:
    """A finding of fal's."""
    return {"detail": [{"loc": ["body", "prompt"], "msg": "No.", "type": kind}]}


def problem(kind: FailureKind, status: int, title: str, detail: str = "No.") -> Failure:
    """A problem of Replicate's."""
    return Failure(kind, status=status, body={"title": title, "detail": detail, "status": status})


class Remote(Hosted, ImageHarness):
    """A vendor's image model: its protocol, model and server."""

    called = "painter"
    form: str = "PNG"
    """In which its server draws."""
    prices: Mapping[str, Any] = {"usd_each": "0.05"}
    usd = "0.05"
    reference_images = 2

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry."""
        return {**super().definition(server_url), "reference_images": self.reference_images}

    def drawn(self, size: Size) -> bytes:
        """Return what all these servers draw."""
        return picture(size.width, size.height, form=self.form)


class OpenAiImages(Remote):
    """OpenAI's."""

    name, model, key = "openai-images", openai_images.FREE_SIZE, openai.KEY
    server, path = openai_images.OpenAiImages, "/v1"
    failures: Mapping[str, Failure] = {
        "moderated": openai_error(
            FailureKind.MODERATED, 400, "moderation_blocked", of_type="image_generation_user_error"
        ),
        "key": openai_error(FailureKind.AUTH, 401, "invalid_api_key"),
        "limit": openai_error(FailureKind.BILLING, 400, "billing_hard_limit_reached"),
        "gone": openai_error(FailureKind.RETIRED, 404, "model_not_found"),
        "value": openai_error(FailureKind.INVALID_REQUEST, 400, "invalid_value"),
        "rate": openai_error(FailureKind.RATE_LIMITED, 429, "rate_limit_exceeded", Retry_After="7"),
        "server": openai_error(FailureKind.BUSY, 500, "server_error"),
        "no picture": made([]),
        "no base64": made([{"b64_json": "%"}]),
        "no image file": made([{"b64_json": "bm8gcGljdHVyZQ=="}]),
    }


class GeminiImage(Remote):
    """Google's."""

    name, model, key = "gemini-image", gemini.IMAGE, gemini.KEY
    server, path = gemini.Gemini, "/v1beta"
    native, form = "768x1376", "JPEG"
    failures: Mapping[str, Failure] = {
        "key": google_error(FailureKind.AUTH, 400, "INVALID_ARGUMENT", "API key not valid."),
        "denied": google_error(FailureKind.AUTH, 403, "PERMISSION_DENIED", "The caller does not have permission"),
        "gone": google_error(FailureKind.RETIRED, 404, "NOT_FOUND", "models/x is not found for API version v1beta."),
        "quota": google_error(
            FailureKind.RATE_LIMITED, 429, "RESOURCE_EXHAUSTED", "Quota exceeded. Please retry in 31s."
        ),
        "credits": google_error(
            FailureKind.BILLING, 429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."
        ),
        "overloaded": google_error(FailureKind.BUSY, 503, "UNAVAILABLE", "The model is overloaded."),
        "prompt": Failure(FailureKind.MODERATED, status=200, body={"promptFeedback": {"blockReason": "SAFETY"}}),
        "picture": Failure(
            FailureKind.MODERATED, status=200, body=gemini.generated(finish="IMAGE_SAFETY"), billed=True
        ),
        "none": Failure(FailureKind.UNKNOWN, status=200, body=gemini.generated(finish="NO_IMAGE"), billed=True),
        "words": Failure(
            FailureKind.MEDIA_REJECTED,
            status=200,
            body=gemini.generated({"text": "I would rather not."}),
            billed=True,
        ),
    }


class FalImage(Remote):
    """fal's queue."""

    name, model, key = "fal-image", fal_images.MODEL, fal_images.KEY
    server, path = fal_images.FalImages, ""
    options: Mapping[str, Any] = {"edit_model": fal_images.EDIT_MODEL, "poll_seconds": 0.02}
    failures: Mapping[str, Failure] = {
        "key": Failure(FailureKind.AUTH, status=401, body={"detail": "Authentication is required."}),
        "balance": Failure(
            FailureKind.BILLING,
            status=403,
            body={"detail": "User is locked. Reason: Exhausted balance. Top up it."},
        ),
        "gone": Failure(FailureKind.RETIRED, status=404, body={"detail": "Application not found"}),
        "policy": Failure(FailureKind.MODERATED, status=422, body=found("content_policy_violation")),
        "value": Failure(FailureKind.INVALID_REQUEST, status=422, body=found("value_error")),
        "rate": Failure(FailureKind.RATE_LIMITED, status=429, body={"detail": "Too many requests"}),
        "policy, in the queue": Failure(
            FailureKind.MODERATED, "job", 422, found("content_policy_violation"), billed=True
        ),
        "server, in the queue": Failure(FailureKind.BUSY, "job", 500, {"detail": "Internal Server Error"}),
        "held back": Failure(
            FailureKind.MODERATED, "job", 200, {"images": [{"url": "x"}], "has_nsfw_concepts": [True]}, billed=True
        ),
        "nothing": Failure(FailureKind.MEDIA_REJECTED, "job", 200, {"images": []}, billed=True),
    }

    def fail(self, server: Any, failure: Failure) -> None:
        """Refuse the start, or let the job end so."""
        if failure.outcome:
            server.outcome = failure.reply
        else:
            server.then(failure.reply)


class ReplicateImage(Remote):
    """Replicate's predictions."""

    name, model, key = "replicate-image", replicate_images.MODEL, replicate_images.KEY
    server, path = replicate_images.ReplicateImages, "/v1"
    form = "WEBP"
    options: Mapping[str, Any] = {"references": "input_images", "poll_seconds": 0.02}
    failures: Mapping[str, Failure] = {
        "key": problem(FailureKind.AUTH, 401, "Unauthenticated", "No valid token"),
        "credit": problem(FailureKind.BILLING, 402, "Insufficient credit", "Go to billing"),
        "gone": problem(FailureKind.RETIRED, 404, "Not found"),
        "input": problem(FailureKind.INVALID_REQUEST, 422, "Input validation failed", "- input"),
        "rate": problem(FailureKind.RATE_LIMITED, 429, "Throttled", "Request was throttled."),
        "flagged": Failure(FailureKind.MODERATED, "The input or output was flagged as sensitive. (E005)", billed=True),
        "memory": Failure(FailureKind.UNKNOWN, "CUDA out of memory", billed=True),
    }

    def fail(self, server: Any, failure: Failure) -> None:
        """Refuse the start, or let the prediction fail with these words."""
        if failure.outcome:
            server.failed = failure.outcome
        else:
            server.then(failure.reply)

    def starts(self, server: StrictServer) -> int:
        """To cancel is a POST, too, and free."""
        return sum(call.method == "POST" and not call.path.endswith("/cancel") for call in server.calls)


class Animatic(ImageHarness):
    """What is drawn here."""

    name = "animatic"
    is_remote = False
    reference_images = 0

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry."""
        del server_url
        return {"name": "animatic", "protocol": "animatic"}


OPENAI, GEMINI, FAL, REPLICATE = OpenAiImages(), GeminiImage(), FalImage(), ReplicateImage()
REMOTE = (OPENAI, GEMINI, FAL, REPLICATE)
ALL = (*REMOTE, Animatic())
