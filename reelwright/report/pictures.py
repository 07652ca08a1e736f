"""Small JPEG pictures for pages: of a picture file, of the vault's pictures."""

from __future__ import annotations

import base64
import contextlib
import io
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.errors import MediaError, StorageError
from reelwright.values import Asset
from reelwright.vault import Vault

if TYPE_CHECKING:
    from PIL.Image import Image

SMALL = 24_000
"""Pixels of a picture in a list: 116 x 206."""


def thumbnail(picture: Image, pixels: int = SMALL) -> bytes:
    """Return a picture as JPEG, with at most so many pixels."""
    scale = min(1.0, (pixels / (picture.width * picture.height)) ** 0.5)
    small = picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))
    into = io.BytesIO()
    small.save(into, "JPEG", quality=72, optimize=True)
    return into.getvalue()


def thumbnail_of(source: Vault | Path, asset: Asset | str = "", pixels: int = SMALL) -> bytes:
    """Return a picture of the vault, or a picture file, as a small JPEG; nothing where it has been lost since."""
    from reelwright.media.pictures import read_picture  # noqa: PLC0415 - loads numpy and Pillow

    with contextlib.suppress(StorageError, MediaError):
        return thumbnail(read_picture(source if isinstance(source, Path) else source.path(asset)), pixels)
    return b""


def inline(jpeg: bytes) -> str:
    """Return a JPEG as an address that holds it; empty for none."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}" if jpeg else ""
