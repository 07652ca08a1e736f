"""What a narrator is: a line of text in, speech and the times of its words out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Protocol, runtime_checkable

from pydantic import Field

from reelwright.models.video.contract import Charge
from reelwright.values import Exact, Value, Word


class NarrationRequest(Value):
    """One line to be spoken. The cache key is made of these fields."""

    text: str = Field(min_length=1)
    language: str = "en"
    """BCP 47 tag."""
    voice: str = ""
    """The narrator's own name of a voice; empty: its default."""
    speed: Exact = Field(default=Fraction(1), ge=Fraction(1, 2), le=Fraction(2))
    """1 is the voice's own pace."""
    before: str = ""
    """The line spoken before this one, for a voice that reads on."""
    after: str = ""
    """The line spoken after this one."""


class Speech(Value):
    """Spoken words: a WAV file (PCM 16 bit, mono or stereo, any rate) and the words' times."""

    seconds: Exact
    """Exact length of the file: samples over rate."""
    words: tuple[Word, ...] = ()
    """In order, inside `seconds`. Empty: the narrator does not tell; alignment is needed."""
    charge: Charge
    warnings: tuple[str, ...] = ()


@runtime_checkable
class Narrator(Protocol):
    """One voice service at one account."""

    @property
    def name(self) -> str:
        """The catalogue or recipe entry this is."""
        ...

    @property
    def identity(self) -> str:
        """What tells it from others in a key: whatever changes what it makes, and no secret."""
        ...

    async def speak(self, request: NarrationRequest, into: Path, *, idempotency_key: str) -> Speech:
        """Write the speech as WAV to the file `into` and return what it says when.

        Raises:
            InvalidInput: a language or voice this narrator does not have.
            ProviderError: the vendor refused.
        """
        ...

    async def aclose(self) -> None:
        """Let go of what it holds (a client, a process)."""
        ...
