"""Pictures as vendors take them: the exact size, a format they read, no more bytes than they allow."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import av
from av.error import FFmpegError
from PIL import Image

from reelwright.errors import InvalidInput, MediaError
from reelwright.media.pictures import filled, read_picture
from reelwright.values import Asset, Size
from reelwright.vault import Vault

_QUALITIES = (95, 88, 75, 60)
_NAMES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
PNG, JPEG, WEBP = _NAMES
UPLOADS = (PNG, JPEG, WEBP)
"""What nearly every vendor reads, the lossless one first."""


@dataclass(frozen=True)
class Still:
    """One picture in a file's form."""

    data: bytes = field(repr=False)
    media_type: str
    size: Size

    @property
    def file_name(self) -> str:
        """A name with the right ending; it says nothing of where the picture is from."""
        return f"frame.{_NAMES[self.media_type]}"

    @property
    def base64(self) -> str:
        """The bytes as base64 text."""
        return base64.b64encode(self.data).decode()

    @property
    def data_url(self) -> str:
        """The bytes as a `data:` URL."""
        return f"data:{self.media_type};base64,{self.base64}"


async def still(
    vault: Vault, asset: Asset, size: Size | None, *, types: Sequence[str] = UPLOADS, most_bytes: int = 20 << 20
) -> Still:
    """Return a picture of the vault, fitted to `size` (cut at the sides that stand over), as one of `types`.

    A video gives its last picture: what comes next starts there. `size` of `None` keeps the picture's own.

    Raises:
        MediaError: it cannot be read.
        InvalidInput: it cannot be made as small as `most_bytes`.
    """
    path = await asyncio.to_thread(vault.path, asset)
    return await asyncio.to_thread(_still, path, asset.media_type, size, tuple(types), most_bytes)


def last_picture(path: Path) -> Image.Image:
    """Return the last picture of a video file, as RGB.

    Raises:
        MediaError: no video that can be read.
    """
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            if stream.duration:
                # From the last key frame on: a long clip is not decoded from its start.
                container.seek(stream.duration + (stream.start_time or 0), stream=stream)
            frame = None
            for frame in container.decode(stream):  # noqa: B007 - the last one is wanted
                pass
            if frame is not None:
                return Image.fromarray(frame.to_ndarray(format="rgb24"))
    except (FFmpegError, IndexError, OSError) as error:
        raise MediaError(f"The last picture of {path.name} cannot be read: {error}.") from error
    raise MediaError(f"{path.name} has no picture.")


def _still(path: Path, media_type: str, size: Size | None, types: tuple[str, ...], most_bytes: int) -> Still:
    picture = last_picture(path) if media_type.startswith("video/") else read_picture(path)
    if size is not None and picture.size != (size.width, size.height):
        picture = filled(picture, size.width, size.height)
    made = Size(width=picture.width, height=picture.height)
    for kind, quality in _attempts(types):
        data = _encoded(picture, kind, quality)
        if len(data) <= most_bytes:
            return Still(data, kind, made)
    raise InvalidInput(
        f"A picture of {made} cannot be made as small as {most_bytes} bytes.", hint="Use a smaller picture."
    )


def _attempts(types: tuple[str, ...]) -> list[tuple[str, int]]:
    """Lossless first, then ever smaller."""
    lossy = [(kind, quality) for quality in _QUALITIES for kind in (JPEG, WEBP) if kind in types]
    return ([(PNG, 0)] if PNG in types else []) + lossy


def _encoded(picture: Image.Image, kind: str, quality: int) -> bytes:
    buffer = io.BytesIO()
    if kind == PNG:
        picture.save(buffer, "PNG", optimize=False)
    else:
        picture.save(buffer, "JPEG" if kind == JPEG else "WEBP", quality=quality)
    return buffer.getvalue()
