"""What a transcriber is: speech and the words that were written for it in, the times of those words out."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, runtime_checkable

from pydantic import Field

from reelwright.models.video.contract import Charge
from reelwright.values import Value, Word


class AlignmentRequest(Value):
    """A line whose words shall get times. The cache key is made of these fields and of the speech."""

    text: str = Field(min_length=1)
    """What was spoken, as written."""
    language: str = "en"
    """BCP 47 tag."""


class Alignment(Value):
    """The written words and when each is heard."""

    words: tuple[Word, ...] = ()
    """In order; joining the texts with spaces gives the line back. Empty: what was heard is another text."""
    charge: Charge
    warnings: tuple[str, ...] = ()


@runtime_checkable
class Transcriber(Protocol):
    """One listening service at one account."""

    @property
    def name(self) -> str:
        """The catalogue or recipe entry this is."""
        ...

    @property
    def identity(self) -> str:
        """What tells it from other transcribers in a key."""
        ...

    async def align(self, speech: Path, request: AlignmentRequest, *, idempotency_key: str) -> Alignment:
        """Listen to a WAV file and say when each written word is heard. Can cost money: asked once.

        Raises:
            ProviderError: the vendor refused.
            StartAmbiguous: no answer came back; it may be billed.
        """
        ...

    async def aclose(self) -> None:
        """Close the client."""
        ...
