"""The list of text, pictures, videos and sounds with roles that Ark and MiniMax take, checked item by item."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from PIL import Image

from reelwright.testing.servers.strict import Refused
from reelwright.testing.servers.uploads import data_url_image

MOST = {"reference_image": 9, "reference_video": 3, "reference_audio": 3}
_SOUNDS = {"audio/wav", "audio/x-wav", "audio/mpeg", "audio/mp3"}


def read_content(content: Any, size: str) -> Counter[str]:
    """Check `content` against the clip's size; return how many items of each role there are.

    Raises:
        Refused: the vendor would not take it.
    """
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        raise Refused(400, "content must be a list of objects", param="content")
    texts = [item for item in content if item.get("type") == "text"]
    if len(texts) != 1 or set(texts[0]) != {"type", "text"} or not texts[0]["text"]:
        raise Refused(400, "content must include exactly one non-empty text item", param="content")
    roles = Counter(_role(item, size) for item in content if item.get("type") != "text")
    _check_roles(roles)
    _check_names(texts[0]["text"], roles)
    return roles


def first_frame_of(content: Any) -> bytes | None:
    """Return the picture that the clip is to begin with, of a `content` that was checked."""
    urls = [item["image_url"]["url"] for item in content if item.get("role") == "first_frame"]
    return data_url_image(urls[0]) if urls else None


def _role(item: Mapping[str, Any], size: str) -> str:
    kind = str(item.get("type", "")).removesuffix("_url")
    role, holder = str(item.get("role", "")), item.get(f"{kind}_url")
    if set(item) != {"type", f"{kind}_url", "role"} or not isinstance(holder, dict) or set(holder) != {"url"}:
        raise Refused(400, f"Invalid item of type {item.get('type')!r}", param="content")
    allowed = {"image": ["first_frame", "last_frame", "reference_image"]}.get(kind, [f"reference_{kind}"])
    if role not in allowed:
        raise Refused(400, f"Invalid role {role!r} of an item of type {kind}_url", param="content")
    if kind == "image":
        _check_image(holder["url"], size if role.endswith("frame") else "")
    else:
        _check_media(kind, holder["url"])
    return role


def _check_image(url: str, size: str) -> None:
    with Image.open(io.BytesIO(data_url_image(url))) as picture:
        wide, high = picture.size
    if size and f"{wide}x{high}" != size:
        raise Refused(400, f"The frame has {wide}x{high}, the clip {size}", param="content")
    if min(wide, high) < 300 or not 0.4 <= wide / high <= 2.5:
        raise Refused(400, f"Invalid picture of {wide}x{high}", param="content")


def _check_media(kind: str, url: str) -> None:
    head, _, data = url.partition(";base64,")
    try:
        raw = base64.b64decode(data, validate=True)
    except binascii.Error:
        raw = b""
    if kind == "video" and (head != "data:video/mp4" or raw[4:8] != b"ftyp"):
        raise Refused(400, "Invalid video", param="content")
    if kind == "audio" and (head.removeprefix("data:") not in _SOUNDS or not raw):
        raise Refused(400, "Invalid audio", param="content")


def _check_roles(roles: Counter[str]) -> None:
    frames = [role for role in roles if role.endswith("frame")]
    references = [role for role in roles if role not in frames]
    if frames and references:
        raise Refused(400, "Frames and references cannot be used together", param="content")
    if "last_frame" in frames and "first_frame" not in frames:
        raise Refused(400, "last_frame needs first_frame", param="content")
    if any(roles[role] > 1 for role in frames) or any(roles[role] > MOST[role] for role in references):
        raise Refused(400, "Too many items of one role", param="content")
    if references == ["reference_audio"]:
        raise Refused(400, "reference_audio needs a reference image or video", param="content")


def _check_names(text: str, roles: Mapping[str, int]) -> None:
    for kind, number in re.findall(r"\[(Image|Video|Audio) (\d+)\]", text):
        if int(number) > roles[f"reference_{kind.lower()}"]:
            raise Refused(400, f"[{kind} {number}] is not there", param="content")
