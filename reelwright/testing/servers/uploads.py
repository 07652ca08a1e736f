"""Pictures and JSON that come in forms and `data:` URLs: taken only if they are what they say they are."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from PIL import Image

from reelwright.testing.servers.strict import Part, Refused

IMAGES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


def file_image(part: Part) -> bytes:
    """Return an uploaded picture that is what it says it is.

    Raises:
        Refused: it is not.
    """
    if part.media_type not in IMAGES:
        raise Refused(400, f"Unsupported image type {part.media_type!r}.", param="input_reference")
    with Image.open(io.BytesIO(part.data)) as picture:
        if picture.format != IMAGES[part.media_type]:
            raise Refused(400, f"The file is {picture.format}, not {part.media_type}.", param="input_reference")
    return part.data


def data_url_image(url: str) -> bytes:
    """Return the picture of a `data:` URL.

    Raises:
        Refused: it is none.
    """
    head, _, data = url.partition(";base64,")
    kind = head.removeprefix("data:")
    if kind not in IMAGES or len(url) > 20_971_520:
        raise Refused(400, "Invalid image_url.", param="input_reference")
    return file_image(Part("input_reference", base64.b64decode(data, validate=True), "frame", kind))


def json_of(text: str, param: str) -> Any:
    """Return the JSON that stands in a form's field.

    Raises:
        Refused: it is none.
    """
    try:
        return json.loads(text)
    except ValueError:
        raise Refused(422, "not JSON", param=param) from None
