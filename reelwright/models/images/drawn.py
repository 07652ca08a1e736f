"""What every remote image model shares: the words, the size to ask for, and the cut to the exact size."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from PIL import Image
from smartcrop import SmartCrop

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, MediaError, ProviderError
from reelwright.media.pictures import read_picture
from reelwright.models.images.contract import ImageRequest, Picture
from reelwright.models.remote.pictures import UPLOADS, Still, still
from reelwright.models.remote.transport import Transport
from reelwright.models.video.contract import Charge
from reelwright.values import Asset, Size
from reelwright.vault import Vault

_LOOKED_AT_PIXELS = 256
"""The shorter side on which the subject is looked for: 30 ms on one core."""
_UNSEEN_SHARE = Fraction(1, 50)
"""Less than this is cut off from the middle, and not spoken of."""
_ENLARGED = Fraction(11, 10)
_MOST_BYTES = 100 << 20


def words_of(request: ImageRequest, *, negative: bool = False) -> str:
    """Return the prompt with style, colours and what must not be seen; `negative`: the model takes that by itself."""
    parts = [request.prompt.rstrip(". ") + "."]
    if request.style:
        parts.append(f"Style: {request.style.rstrip('. ')}.")
    if request.palette:
        parts.append(f"Colours: {', '.join(request.palette)}.")
    if request.negative_prompt and not negative:
        parts.append(f"Not in the picture: {request.negative_prompt.rstrip('. ')}.")
    return " ".join(parts)


def nearest(sizes: Sequence[str], wanted: Size) -> Size:
    """Return the size of which least is cut away to get the wanted shape, the larger of two that are alike."""
    return max((Size.parse(text) for text in sizes), key=lambda size: (_kept(size, wanted), size.width * size.height))


def rounded(wanted: Size, step: int, *, longest_side: int) -> Size:
    """Return the smallest size with sides divisible by `step` that holds the wanted one, no side over the longest."""
    scale = min(Fraction(1), Fraction(longest_side, max(wanted.width, wanted.height)))
    width, height = (max(-(-int(side * scale) // step), 1) * step for side in (wanted.width, wanted.height))
    most = longest_side // step * step
    return Size(width=min(width, most), height=min(height, most))


def nearest_aspect(aspects: Sequence[str], wanted: Size) -> str:
    """Return the aspect ratio (`9:16`) of which least is cut away to get the wanted shape."""
    return max(aspects, key=lambda aspect: _kept(Size.parse(aspect.replace(":", "x")), wanted))


def each_charge(entry: Entry) -> tuple[Charge, tuple[str, ...]]:
    """Return the price of one picture, and a warning where it is not known."""
    if entry.usd_each is None:
        return Charge(usd=Decimal(0), source="catalogue", estimated=True), (f"the price of {entry.name} is not known",)
    return Charge(usd=entry.usd_each, source="catalogue"), ()


def each_or(entry: Entry, charge: Charge, warnings: Sequence[str]) -> tuple[Charge, tuple[str, ...]]:
    """Return the charge that was worked out of tokens; where that could not be, the entry's price of one picture."""
    return each_charge(entry) if charge.estimated and entry.usd_each is not None else (charge, tuple(warnings))


async def fetched(transport: Transport, vault: Vault, url: str) -> bytes:
    """Return the bytes of a picture that was paid; `data:` URLs hold theirs.

    Raises:
        ProviderError: it cannot be fetched; it was billed all the same, and asking anew would pay anew.
    """
    if url.startswith("data:"):
        return base64.b64decode(url.partition(",")[2])
    try:
        with vault.scratch(".picture") as path:
            await transport.download(url, path, types=("image/",), most_bytes=_MOST_BYTES)
            return path.read_bytes()
    except ProviderError as error:
        kind = error.kind if not error.retryable else FailureKind.LOST
        words = f"The picture is paid and cannot be fetched: {error.message}"
        raise ProviderError(words, provider=error.provider, model=error.model, kind=kind, billed=True) from None


async def references_of(
    vault: Vault, assets: Sequence[Asset], most: int, *, most_bytes: int, types: Sequence[str] = UPLOADS
) -> tuple[list[Still], tuple[str, ...]]:
    """Return the references as files that a vendor takes, and a warning if it takes fewer than are given.

    Raises:
        MediaError: one of them is no picture.
        InvalidInput: one of them cannot be made small enough.
    """
    taken = [await still(vault, asset, None, types=types, most_bytes=most_bytes) for asset in assets[:most]]
    if len(assets) > most:
        return taken, (f"the model takes {most} reference pictures; {len(assets) - most} were left out",)
    return taken, ()


async def finished(
    vault: Vault,
    data: bytes,
    request: ImageRequest,
    charge: Charge,
    *,
    provider: str,
    model: str,
    warnings: Sequence[str] = (),
) -> Picture:
    """Return the picture that a vendor sent, as PNG of exactly the wanted size.

    Raises:
        ProviderError: it is no picture; it was billed all the same.
    """
    try:
        with vault.scratch(".picture") as path:
            path.write_bytes(data)
            made, told = await asyncio.to_thread(cut_to, path, request.size)
    except MediaError as error:
        raise ProviderError(
            f"{provider} sent {len(data)} bytes that are no picture: {error.message}",
            provider=provider,
            model=model,
            kind=FailureKind.MEDIA_REJECTED,
            billed=True,
        ) from None
    return Picture(data=made, media_type="image/png", charge=charge, warnings=(*warnings, *told))


def fitted(picture: Image.Image, size: Size) -> tuple[Image.Image, tuple[str, ...]]:
    """Return a picture of exactly `size`, cut round its subject, and warnings on what that took away."""
    if picture.size == (size.width, size.height):
        return picture, ()
    had = Size(width=picture.width, height=picture.height)
    lost, warnings = 1 - _kept(had, size), []
    scale = max(Fraction(size.width, had.width), Fraction(size.height, had.height))
    width, height = size.width / scale, size.height / scale
    left, top = (
        _place(picture, width, height) if lost > _UNSEEN_SHARE else ((had.width - width) / 2, (had.height - height) / 2)
    )
    box = (float(left), float(top), float(left + width), float(top + height))
    if lost > _UNSEEN_SHARE:
        warnings.append(f"the start frame was drawn at {had}; {float(lost):.0%} of it was cut off round the subject")
    if scale > _ENLARGED:
        warnings.append(f"the start frame was drawn at {had} and enlarged {float(scale):.2f} times")
    return picture.resize((size.width, size.height), Image.Resampling.LANCZOS, box=box), tuple(warnings)


def cut_to(path: Path, size: Size) -> tuple[bytes, tuple[str, ...]]:
    """Return a picture file as PNG of exactly `size`, cut round its subject, and warnings as `fitted` gives them.

    Raises:
        MediaError: it is no picture.
    """
    picture, warnings = fitted(read_picture(path), size)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=2)  # half the time of the default, a few percent larger
    return buffer.getvalue(), warnings


def _place(picture: Image.Image, width: Fraction, height: Fraction) -> tuple[Fraction, Fraction]:
    """Return left and top of the window of this size that holds the subject."""
    scale = min(Fraction(1), Fraction(_LOOKED_AT_PIXELS, min(picture.size)))
    small = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.BILINEAR)
    found = SmartCrop().crop(
        small, max(int(width * scale), 1), max(int(height * scale), 1), min_scale=1, num_scale_steps=1, step=2
    )["top_crop"]
    left, top = Fraction(int(found["x"])) / scale, Fraction(int(found["y"])) / scale
    return min(left, picture.width - width), min(top, picture.height - height)


def _kept(size: Size, wanted: Size) -> Fraction:
    """Return the share of a picture that is left when it is cut to the wanted shape."""
    return min(size.aspect / wanted.aspect, wanted.aspect / size.aspect)
