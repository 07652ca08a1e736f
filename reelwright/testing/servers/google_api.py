"""What Google's APIs on loopback share: the key in its own header, errors in Google's shape."""

from __future__ import annotations

import base64
import binascii
import io
from fractions import Fraction
from typing import Any

from PIL import Image

from reelwright.testing.servers.jobs import KEY, JobServer
from reelwright.testing.servers.strict import Call, Part, Refused, Reply
from reelwright.testing.servers.uploads import file_image

STATUSES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    415: "INVALID_ARGUMENT", 416: "OUT_OF_RANGE", 429: "RESOURCE_EXHAUSTED",
}  # fmt: skip


def error(status: int, message: str, name: str = "") -> dict[str, Any]:
    """Return an error as Google sends it."""
    return {"error": {"code": status, "message": message, "status": name or STATUSES.get(status, "UNKNOWN")}}


class GoogleServer(JobServer):
    """An API of Google."""

    def authenticate(self, call: Call) -> None:
        """Refuse a key that is not ours, or one in the address, where logs would keep it."""
        if "key" in call.query:
            raise Refused(400, "The key belongs into its header.")
        if call.headers.get("x-goog-api-key") != KEY:
            raise Refused(400, "API key not valid. Please pass a valid API key.")

    def refusal(self, refused: Refused) -> Reply:
        """Return an error in Google's shape."""
        return Reply(refused.status, error(refused.status, refused.message, refused.code))


def base64_image(data: object, kind: object, field: str) -> bytes:
    """Return a picture sent as base64 that is what it says it is.

    Raises:
        Refused: it is not.
    """
    return file_image(Part(field, base64_bytes(data, field), "frame", str(kind)))


def base64_bytes(data: object, field: str) -> bytes:
    """Return bytes sent as base64.

    Raises:
        Refused: they are none.
    """
    try:
        return base64.b64decode(data if isinstance(data, str) and data else "!", validate=True)
    except binascii.Error:
        raise Refused(400, f"Invalid value at '{field}' (TYPE_BYTES)") from None


def require_shape(picture: bytes, size: str) -> None:
    """Refuse a frame of another shape than the clip: Google would cut it as it likes.

    Raises:
        Refused: it is.
    """
    wide, _, high = size.partition("x")
    with Image.open(io.BytesIO(picture)) as frame:
        if Fraction(frame.width, frame.height) != Fraction(int(wide), int(high)):
            raise Refused(400, f"The frame has {frame.width}x{frame.height}, the clip {size}.")
