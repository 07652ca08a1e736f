"""What a video model is: start → ticket → poll → collect, with cancel and find.

Only `start` can cost money. A ticket is plain JSON and describes itself, so any process on any machine can poll it,
given the same credentials. Everything a model says about money is kept: `Charge` when it tells, the catalogue's price
when it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, runtime_checkable

from pydantic import Field

from reelwright.errors import FailureKind
from reelwright.storyboard import Camera
from reelwright.values import Asset, Exact, Size, Usd, Value


class Reference(Value):
    """Something the model shall look at or listen to besides the frames."""

    role: Literal["image", "video", "audio"]
    """What it is."""
    asset: Asset
    """Its bytes."""
    name: str = ""
    """The character's name, where the vendor binds references to names."""


class VideoRequest(Value):
    """One shot, as a model is told of it. The cache key is made of these fields, assets by hash."""

    prompt: str
    """What is to be seen."""
    seconds: Exact
    """Wanted length in seconds; a model may make it longer (nearest allowed), never shorter."""
    size: Size
    """Wanted size in pixels; the first frame is fitted to what the model really makes."""
    audio: bool = False
    """Whether the model shall make sound, where it can."""
    dialogue: str = ""
    """Words that people in the picture shall say."""
    camera: Camera = "auto"
    """How the camera moves."""
    style: str = ""
    """How it looks."""
    negative_prompt: str = ""
    """What must not be seen."""
    seed: int | None = None
    """Asks for another take on purpose."""
    first_frame: Asset | None = None
    """The picture it starts from."""
    last_frame: Asset | None = None
    """The picture it ends with."""
    references: tuple[Reference, ...] = ()
    """Pictures, clips and sounds of who appears."""
    continues: Asset | None = None
    """The clip that this one continues: models without extension take its last frame as their first."""
    take: int = Field(default=0, ge=0)
    """Asks for another take of the same shot on purpose."""
    options: Mapping[str, Any] = Field(default_factory=dict)
    """The vendor's own options, passed through by name."""


class Charge(Value):
    """What one take cost."""

    usd: Usd
    """How much."""
    source: Literal["vendor", "catalogue", "free"]
    """Who says so: the vendor's answer, our price table, or a model that costs nothing."""
    estimated: bool = False
    """True while the vendor has not confirmed that it was billed, and where the price is not known.

    What answers in one call (images, texts, speech, transcripts) then says so in a warning that speaks of the price.
    """


FREE = Charge(usd=Decimal(0), source="free")


class Ticket(Value):
    """The durable handle of a remote job: all that is needed to ask for it again, and no secret."""

    schema_version: Literal[1] = 1
    protocol: str
    """The file under `models/video` that reads this ticket, e.g. `openai-videos`."""
    entry: str
    """The catalogue or recipe entry that started it."""
    model: str
    """The vendor's name of the model."""
    base_url: str = ""
    account: str = ""
    """A fingerprint of the credential (never the credential): the job can be polled with this account only."""
    remote_id: str
    started_at: datetime
    seconds: Exact
    """The length that was really asked of the vendor."""
    size: Size
    """The size that was really asked of the vendor."""
    warnings: tuple[str, ...] = ()
    """What was adapted because the model cannot honour it."""
    extra: Mapping[str, Any] = Field(default_factory=dict)
    """The vendor's own URLs or names that polling needs; plain JSON."""


class Pending(Value):
    """The job is waiting or running."""

    state: Literal["pending"] = "pending"
    progress: float | None = Field(default=None, ge=0, le=1)
    """Share done, 0 to 1, where the vendor tells."""
    poll_after_seconds: float | None = None
    """The vendor's hint when to ask again."""
    note: str = ""


class Done(Value):
    """The job has a clip to collect."""

    state: Literal["done"] = "done"
    """Tells it from other answers."""
    url: str = ""
    """Where the clip lies; it may die soon (`url_life` in the catalogue). Empty: `collect` knows from the ticket."""
    inline: Asset | None = None
    """The clip itself, when it is already in the vault (embedded models)."""
    charge: Charge | None = None
    """What the vendor says it cost; `None` when it does not tell."""
    warnings: tuple[str, ...] = ()
    """What the vendor says that it did otherwise."""
    extra: Mapping[str, Any] = Field(default_factory=dict)
    """What the vendor said besides, for the manifest."""


class Failed(Value):
    """The job ended without a clip."""

    state: Literal["failed"] = "failed"
    kind: FailureKind
    reason: str
    billed: bool = False
    """Whether the vendor charges for it all the same."""


PollResult = Annotated[Pending | Done | Failed, Field(discriminator="state")]


@runtime_checkable
class VideoModel(Protocol):
    """One model at one account. Instances are cheap, hold a client and are closed with `aclose`."""

    @property
    def name(self) -> str:
        """The catalogue or recipe entry this is, e.g. `sora-2` or `animatic`."""
        ...

    @property
    def identity(self) -> str:
        """What tells it from others in a key: whatever changes what it makes and no request says; no secret."""
        ...

    @property
    def account(self) -> str:
        """A fingerprint of its credential, as in its tickets; empty if it needs none."""
        ...

    def adapt(self, request: VideoRequest) -> tuple[VideoRequest, tuple[str, ...]]:
        """Return the request as this model can honour it, and a warning for each thing that was adapted.

        Pure: calls nothing, spends nothing.

        Raises:
            InvalidInput: when the request is impossible for this model.
        """
        ...

    async def start(self, request: VideoRequest, *, idempotency_key: str) -> Ticket:
        """Start the job: the one call that can cost money. Never retried inside once bytes may have arrived.

        Raises:
            ProviderError: the vendor refused; `billed` says whether it charges all the same.
            StartAmbiguous: no answer came back; the job may exist.
        """
        ...

    async def poll(self, ticket: Ticket) -> Pending | Done | Failed:
        """Ask how the job stands. Safe to repeat; transport faults are retried inside, then raised.

        Raises:
            ProviderError: the vendor cannot be asked now (kinds `busy`, `rate_limited`, `auth`).
        """
        ...

    async def collect(self, ticket: Ticket, done: Done, into: Path) -> None:
        """Write the finished clip's bytes to the file `into`. Safe to repeat while the vendor keeps the clip."""
        ...

    async def cancel(self, ticket: Ticket) -> bool:
        """Try to stop the job; return whether it is certain that it will not go on (and bill)."""
        ...

    async def find(
        self, request: VideoRequest, *, idempotency_key: str, since: datetime, others: frozenset[str] = frozenset()
    ) -> Ticket | None:
        """Look up a job whose start had no answer, where the vendor can; `None` when it surely does not exist.

        Args:
            request: What was asked for.
            idempotency_key: What its start was sent with.
            since: No job from before is meant.
            others: The vendor's ids of jobs that came from other starts: they may look the same and are not meant.

        Raises:
            NotImplementedError: the vendor has no way to look a lost job up, or lists several that look the same.
        """
        ...

    async def aclose(self) -> None:
        """Close the client."""
        ...
