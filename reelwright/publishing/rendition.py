"""What a channel wants of the video other than the master, and how a release looks with it. Pure."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from reelwright.errors import InvalidInput
from reelwright.values import Exact, Size, Value

if TYPE_CHECKING:
    from reelwright.publishing.contract import Release

_UNLIKE = Fraction(1, 100)
"""How much another shape a size may have by rounding to whole pixels."""


class Rendition(Value):
    """A channel's own version of the video, made of the master. What is not said stays as the master has it."""

    size: Annotated[str, StringConstraints(pattern=r"^[1-9]\d{1,3}x[1-9]\d{1,3}$")] | None = None
    """Picture size in pixels, width x height, e.g. `720x1280`: even numbers, of the master's shape."""
    frame_rate: Exact | None = Field(default=None, ge=1, le=60)
    """Frames a second."""
    most_bytes: int | None = Field(default=None, ge=100_000)
    """The file's size at most, in bytes."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self == Rendition.model_construct():
            message = "it asks for nothing: name `size`, `frame_rate` or `most_bytes`"
            raise ValueError(message)
        if self.size and any(side % 2 for side in (self.pixels.width, self.pixels.height)):
            message = f"{self.size} has an odd side: H.264 takes even ones"
            raise ValueError(message)
        return self

    @property
    def pixels(self) -> Size:
        """The size as numbers."""
        return Size.parse(self.size or "2x2")

    @property
    def told(self) -> str:
        """What is asked for, for people."""
        parts = [self.size or ""]
        parts += [f"{float(self.frame_rate):g} frames/s"] if self.frame_rate else []
        parts += [f"at most {self.most_bytes / 1e6:,.1f} MB"] if self.most_bytes else []
        return ", ".join(part for part in parts if part)

    def is_kept_by(self, release: Release) -> bool:
        """Whether the master is so already."""
        return (
            (self.size is None or self.pixels == release.size)
            and (self.frame_rate is None or self.frame_rate == release.frame_rate)
            and (self.most_bytes is None or release.video.size_bytes <= self.most_bytes)
        )

    def expected(self, release: Release) -> Release:
        """Return a release as it will be with this rendition: its video's name is still the master's.

        Raises:
            InvalidInput: the size has another shape than the master.
        """
        if self.is_kept_by(release):
            return release
        size = self.pixels if self.size else release.size
        if abs(size.aspect / release.size.aspect - 1) > _UNLIKE:
            raise InvalidInput(
                f"A rendition of {size} has another shape than the master of {release.size}.",
                hint="Name a size of the same shape, or make the episode in that shape, with a recipe of its own.",
            )
        most = min(release.video.size_bytes, self.most_bytes or release.video.size_bytes)
        return release.model_copy(
            update={
                "master_sha256": release.video.sha256,
                "rendition": self.told,
                "video": release.video.model_copy(update={"size_bytes": most}),
                "size": size,
                "frame_rate": self.frame_rate or release.frame_rate,
                "video_codec": "h264",
            }
        )
