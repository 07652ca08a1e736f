"""Vendors that take text, pictures, videos and sounds as one list, each with its role: Ark (Seedance) and MiniMax."""

from __future__ import annotations

from typing import Any, ClassVar

from reelwright.models.video.adapting import prompt_of
from reelwright.models.video.contract import VideoRequest
from reelwright.models.video.vendor import VendorModel

Item = dict[str, Any]


class RoleModel(VendorModel):
    """A model that is told everything in `content`."""

    frames_or_references: ClassVar[bool] = True

    def _settle(self, request: VideoRequest, warnings: list[str]) -> dict[str, Any]:
        changes = super()._settle(request, warnings)
        references = changes.get("references", request.references)
        if references and all(reference.role == "audio" for reference in references):
            warnings.append(f"{self.name} takes reference sounds only beside a picture or a video: they are left out")
            changes["references"] = ()
        return changes

    async def _content(self, request: VideoRequest) -> list[Item]:
        """Return the text, then frames or references."""
        first, last = await self._frames(request)
        frames = [("first_frame", first), ("last_frame", last)]
        items = [_item("image", picture.data_url, role) for role, picture in frames if picture is not None]
        names = []
        for role in ("image", "video", "audio"):
            given = [reference for reference in request.references if reference.role == role]
            for number, reference in enumerate(given, 1):
                if role == "image":
                    url = (await self._picture(reference.asset)).data_url
                else:
                    url = f"data:{reference.asset.media_type};base64,{await self._media(reference.asset)}"
                items.append(_item(role, url, f"reference_{role}"))
                names += [f"[{role.title()} {number}] is {reference.name}."] if reference.name else []
        return [{"type": "text", "text": "\n".join([*names, prompt_of(request)])}, *items]


def _item(kind: str, url: str, role: str) -> Item:
    return {"type": f"{kind}_url", f"{kind}_url": {"url": url}, "role": role}
