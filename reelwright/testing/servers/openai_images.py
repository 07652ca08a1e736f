"""A strict server for OpenAI's `/images/generations` and `/images/edits`."""

from __future__ import annotations

import base64
from typing import Any

from reelwright.testing.servers.openai import OpenAiServer
from reelwright.testing.servers.stills import picture, require_picture
from reelwright.testing.servers.strict import Call, Refused, Reply

FREE_SIZE, FIXED_SIZE = "gpt-image-2.5-flare", "gpt-image-1.5"
_FIXED = ("1024x1024", "1536x1024", "1024x1536", "auto")
_LONGEST, _STEP, _MOST_REFERENCES = 3840, 16, 16


class OpenAiImages(OpenAiServer):
    """Draws a disc, at the size that is asked for; `at` says where."""

    models = (FREE_SIZE, FIXED_SIZE, "url-model")
    at = (0.5, 0.5)

    def serve(self, call: Call) -> Reply:
        """Draw, edit, or send a picture's bytes."""
        match call.method, call.path:
            case "POST", "/v1/images/generations":
                return self._drawn(self.checked(call.json, "CreateImageRequest"), pictures=0)
            case "POST", "/v1/images/edits":
                return self._edited(call)
            case _:
                return super().serve(call)

    def answer(self, call: Call) -> Reply:
        """Pictures by URL need no key, and must be given none they did not ask for."""
        if call.path == "/files/picture.png":
            return Reply(body=picture(1024, 1024, at=self.at), media_type="image/png")
        return super().answer(call)

    def _edited(self, call: Call) -> Reply:
        fields: dict[str, Any] = {part.name: part.text for part in call.parts if not part.filename}
        images = [part for part in call.parts if part.name == "image[]"]
        if not 1 <= len(images) <= _MOST_REFERENCES:
            raise Refused(400, "image: 1 to 16 pictures", param="image")
        for part in images:
            try:
                require_picture(part.data)
            except (OSError, ValueError) as error:
                raise Refused(400, f"Invalid image file: {error}", code="invalid_image_file", param="image") from None
            if part.media_type not in {"image/png", "image/jpeg", "image/webp"}:
                raise Refused(400, "unsupported mimetype", code="unsupported_file_mimetype", param="image")
        self.checked({**fields, "image": [part.filename for part in images]}, "CreateImageEditRequest")
        return self._drawn(fields, pictures=len(images))

    def _drawn(self, body: dict[str, Any], *, pictures: int) -> Reply:
        width, height = _checked_size(body["model"], str(body.get("size", "1024x1024")))
        if body["model"] == "url-model":
            return Reply(json={"created": 1_795_000_000, "data": [{"url": f"{self.url}/files/picture.png"}]})
        data = base64.b64encode(picture(width, height, at=self.at)).decode()
        usage = {
            "input_tokens": 50 + 100 * pictures,
            "input_tokens_details": {"text_tokens": 50, "image_tokens": 100 * pictures},
            "output_tokens": 1000,
            "total_tokens": 1050 + 100 * pictures,
        }
        return Reply(json={"created": 1_795_000_000, "data": [{"b64_json": data}], "usage": usage})


def _checked_size(model: str, size: str) -> tuple[int, int]:
    if model == FIXED_SIZE and size not in _FIXED:
        raise Refused(400, f"Invalid value: '{size}'. Supported values are: {_FIXED}.", param="size")
    width, _, height = size.partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise Refused(400, f"Invalid size '{size}'.", param="size", code="invalid_value")
    sides = int(width), int(height)
    if any(side % _STEP or side > _LONGEST for side in sides) or not 1 / 3 <= sides[0] / sides[1] <= 3:
        raise Refused(400, f"Invalid size '{size}'. Both sides must be divisible by 16.", param="size")
    return sides
