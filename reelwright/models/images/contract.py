"""What an image model is: a prompt and references in, one picture of the exact size out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from pydantic import Field

from reelwright.models.video.contract import Charge
from reelwright.values import Asset, Size, Value


class ImageRequest(Value):
    """One start frame, as a model is told of it. The cache key is made of these fields, assets by hash."""

    prompt: str
    size: Size
    """The wanted size in pixels; what a model makes larger or in another shape is cropped around the subject."""
    style: str = ""
    palette: tuple[str, ...] = ()
    """Colours as `#rrggbb`, most important first."""
    negative_prompt: str = ""
    seed: int | None = None
    references: tuple[Asset, ...] = ()
    """Pictures of the characters and places that must look the same."""
    take: int = Field(default=0, ge=0)
    options: Mapping[str, Any] = Field(default_factory=dict)


class Picture(Value):
    """A made picture: its bytes and what it cost."""

    data: bytes
    media_type: str
    charge: Charge
    warnings: tuple[str, ...] = ()


@runtime_checkable
class ImageModel(Protocol):
    """One image model at one account."""

    @property
    def name(self) -> str:
        """The catalogue or recipe entry this is."""
        ...

    @property
    def identity(self) -> str:
        """What tells it from others in a key: whatever changes what it makes, and no secret."""
        ...

    async def draw(self, request: ImageRequest, *, idempotency_key: str) -> Picture:
        """Make the picture. Can cost money: never retried inside once bytes may have arrived.

        Raises:
            ProviderError: the vendor refused.
            StartAmbiguous: no answer came back; the picture may be billed.
        """
        ...

    async def aclose(self) -> None:
        """Close the client."""
        ...
