"""What a transcriber is: speech and the words that were written for it in, the times of those words out.

One that also hears (`Hearer`) says what is spoken without being told: the checks compare that with the script.
"""

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


class HearingRequest(Value):
    """Sound of which nobody tells what is said in it. The cache key is made of these fields and of the sound."""

    language: str = "en"
    """BCP 47 tag of the language that is expected; another one may be heard."""
    careful: bool = False
    """Take the better and dearer way where there is one: asked before anything is rejected for its words."""


class Hearing(Value):
    """What was heard."""

    text: str = ""
    """As the service writes it, with its own punctuation and numbers; empty: nobody speaks."""
    words: tuple[Word, ...] = ()
    """The words of `text` and when each is heard, in seconds; empty: the service does not tell."""
    language: str = ""
    """The language that was heard, as ISO 639-1; empty: the service does not tell."""
    charge: Charge
    warnings: tuple[str, ...] = ()


@runtime_checkable
class Hearer(Transcriber, Protocol):
    """A transcriber that says what it hears."""

    async def hear(self, speech: Path, request: HearingRequest, *, idempotency_key: str) -> Hearing:
        """Listen to a WAV file and say what is spoken. Can cost money: asked once.

        Raises:
            ProviderError: the vendor refused.
            StartAmbiguous: no answer came back; it may be billed.
        """
        ...
