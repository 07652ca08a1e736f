"""What is sent to make a clip: the same wishes in each dialect's fields, as JSON or as a form."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from reelwright.models.remote.pictures import Still
from reelwright.models.video.adapting import prompt_of
from reelwright.models.video.contract import VideoRequest
from reelwright.models.video.openai_videos.dialects import Dialect
from reelwright.values import Size

FilePart = tuple[str, bytes, str]
"""File name, bytes, media type."""


@dataclass(frozen=True)
class Pictures:
    """The pictures of a request, ready to be sent."""

    first: Still | None = None
    last: Still | None = None
    references: tuple[Still, ...] = ()


@dataclass(frozen=True)
class Body:
    """One POST."""

    path: str
    fields: Mapping[str, Any]
    files: Mapping[str, FilePart] = field(default_factory=dict)
    as_form: bool = False

    @property
    def content(self) -> dict[str, Any]:
        """The arguments of `Transport.paid`."""
        if not self.as_form:
            return {"json": dict(self.fields)}
        # Text fields as parts too: a form without a file would else not be multipart.
        parts: dict[str, Any] = {name: (None, _text(value)) for name, value in self.fields.items()}
        return {"files": {**parts, **self.files}}


def create_body(
    dialect: Dialect, model: str, request: VideoRequest, pictures: Pictures, characters: Sequence[str] = ()
) -> Body:
    """Return the POST that makes a clip of an adapted request."""
    fields: dict[str, Any] = {"prompt": prompt_of(request)}
    if model and dialect.model_field:
        fields["model"] = model
    fields[dialect.length_field] = _length(dialect, request.seconds)
    fields |= _size(dialect, request.size)
    extras = _extras(dialect, request)
    files: dict[str, FilePart] = {}
    # A list of characters has no documented form in multipart: the frame goes along as a data URL then.
    as_object = dialect.encoding == "json" or bool(characters)
    fields |= _frames(dialect, pictures, files, as_object=as_object)
    if characters:
        fields["characters"] = [{"id": character} for character in characters]
    as_form = dialect.encoding == "multipart" or (dialect.encoding == "auto" and bool(files))
    if dialect.extras == "nvext" and extras:
        fields["nvext"] = extras
    elif dialect.extras == "extra_body" and extras and as_form:
        fields["extra_body"] = extras
    else:
        fields |= extras
    return Body("videos", {**fields, **dialect.body}, files, as_form)


def change_body(request: VideoRequest, model: str, clip: FilePart | None) -> Body:
    """Return the POST that changes or continues a finished clip: `options` say which, by id or by upload.

    `remix` and `edit` make it anew after the prompt, `extend` adds `seconds` to its end.
    """
    options, prompt = request.options, prompt_of(request)
    if "remix" in options:
        return Body(f"videos/{options['remix']}/remix", {"prompt": prompt})
    verb = "edits" if "edit" in options else "extensions"
    source = options.get("edit", options.get("extend"))
    fields: dict[str, Any] = {"prompt": prompt}
    if verb == "extensions":
        fields["seconds"] = str(math.ceil(request.seconds))
    if clip is not None:
        return Body(f"videos/{verb}", {**fields, "model": model}, {"video": clip}, as_form=True)
    return Body(f"videos/{verb}", {**fields, "video": {"id": source}})


def _length(dialect: Dialect, seconds: Fraction) -> int | str:
    whole = math.ceil(seconds)
    return whole if dialect.seconds_type == "number" else str(whole)


def _size(dialect: Dialect, size: Size) -> dict[str, Any]:
    short = min(size.width, size.height)
    match dialect.size_style:
        case "width-height":
            return {"width": size.width, "height": size.height}
        case "resolution":
            return {"resolution": f"{short}p", "aspect_ratio": f"{size.aspect.numerator}:{size.aspect.denominator}"}
        case "short-side":
            return {"size": f"{short}P"}
        case _:
            return {"size": str(size)}


def _frames(dialect: Dialect, pictures: Pictures, files: dict[str, FilePart], *, as_object: bool) -> dict[str, Any]:
    first = pictures.first
    if dialect.image_style == "frame_images":
        return _frame_images(pictures)
    if first is None:
        return {}
    match dialect.image_style:
        case "image_reference":
            return {"image_reference": {"image_url": first.data_url}}
        case "reference_url":
            return {"reference_url": first.data_url}
        case "object":
            return {"input_reference": {"image_url": first.data_url}}
        case _ if as_object:
            return {"input_reference": {"image_url": first.data_url}}
        case _:
            files["input_reference"] = (first.file_name, first.data, first.media_type)
            return {}


def _frame_images(pictures: Pictures) -> dict[str, Any]:
    frames = {"first_frame": pictures.first, "last_frame": pictures.last}
    listed = [
        {"type": "image_url", "image_url": {"url": picture.data_url}, "frame_type": kind}
        for kind, picture in frames.items()
        if picture is not None
    ]
    references = [{"type": "image_url", "image_url": {"url": picture.data_url}} for picture in pictures.references]
    return ({"frame_images": listed} if listed else {}) | ({"input_references": references} if references else {})


def _extras(dialect: Dialect, request: VideoRequest) -> dict[str, Any]:
    extras = {name: value for name, value in request.options.items() if name != "characters"}
    if request.negative_prompt:
        extras["negative_prompt"] = request.negative_prompt
    if request.seed is not None:
        # Another take is another seed.
        extras["seed"] = request.seed + request.take
    if dialect.audio_field:
        extras[dialect.audio_field] = request.audio
    return extras


def _text(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return value
        case dict() | list() | tuple():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)
