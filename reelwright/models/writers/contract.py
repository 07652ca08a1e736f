"""What a writer is: instructions and a conversation in, a text that fits a JSON schema out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol, runtime_checkable

from pydantic import Field

from reelwright.models.video.contract import Charge
from reelwright.values import Value


class Turn(Value):
    """One message of the conversation."""

    speaker: Literal["user", "writer"]
    text: str


class WritingRequest(Value):
    """What is asked of a writer. The cache key is made of these fields."""

    instructions: str
    """Who the writer is and what rules hold."""
    turns: tuple[Turn, ...] = Field(min_length=1)
    """The conversation so far; the last turn is the user's."""
    schema_name: str = Field(default="storyboard", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    json_schema: Mapping[str, Any]
    """What the answer must fit, in the strict subset that vendors share: every property required, none additional."""


class Draft(Value):
    """What a writer wrote."""

    text: str
    """JSON, as the schema says, where the vendor keeps its promise."""
    charge: Charge
    input_tokens: int = 0
    output_tokens: int = 0
    warnings: tuple[str, ...] = ()


@runtime_checkable
class Writer(Protocol):
    """One text model at one account."""

    @property
    def name(self) -> str:
        """The catalogue or recipe entry this is."""
        ...

    @property
    def identity(self) -> str:
        """What tells it from other writers in a key."""
        ...

    async def write(self, request: WritingRequest, *, idempotency_key: str) -> Draft:
        """Write. Can cost money: never retried inside once bytes may have arrived.

        Raises:
            ProviderError: the vendor or the model refused; `billed` says whether the words are charged all the same.
            StartAmbiguous: no answer came back; the text may be billed.
        """
        ...

    async def aclose(self) -> None:
        """Close the client."""
        ...
