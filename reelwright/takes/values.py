"""What passes between the steps of a take, and how a take fails."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from reelwright.animatic.motion import MEDIA_TYPE
from reelwright.canonical import key_of
from reelwright.catalogue import Entry
from reelwright.checks.verdict import Verdict
from reelwright.errors import FailureKind, ProviderError, ReelwrightError
from reelwright.finished import Finished
from reelwright.ledger.values import Purpose
from reelwright.models.identity import protocol_of
from reelwright.models.video.contract import Charge, Done, VideoRequest
from reelwright.values import Asset, Exact, Span, Usd, Value, Word

OnSuspect = Literal["wait", "next_model", "start_again"]

REMEMBERED = frozenset({FailureKind.MODERATED, FailureKind.MEDIA_REJECTED})
"""Failures that the very same request would meet again: where they were paid for, they are not asked for twice."""


class Terms(Value):
    """On what terms takes are bought."""

    purpose: Purpose
    """What it is bought for, and under which caps."""
    on_suspect: OnSuspect = "next_model"
    """What to do after a start without an answer."""
    fresh: bool = False
    """Buy another clip even if there is one."""


class Take(Finished):
    """A take on its way, or found again (`hit`: its clip is there and costs nothing)."""

    job: int
    """Its number in the ledger."""
    key: str
    """What it is found again by."""
    holder: str
    """The name under which the ledger knows who works on it: handed on from step to step."""
    entry: Entry
    """Who makes it."""
    request: VideoRequest
    """As the model was told."""
    elsewhere: bool = False
    """Whether another process is at work on it."""
    warnings: tuple[str, ...] = ()
    """What was adapted."""


class Ready(Value):
    """A take whose clip can be collected; `done` is `None` when another process has collected it already."""

    take: Take
    """The take."""
    done: Done | None
    """The vendor's answer; `None`: another process has collected it."""


class Cause(Value):
    """Why a link of the fallback chain was left, as the manifest keeps it."""

    model: str
    """The model that was left."""
    kind: FailureKind
    """The kind of failure."""
    reason: str
    """What was said, for people."""
    usd: Usd
    """What it cost all the same."""
    verdicts: tuple[Verdict, ...] = ()
    """What our own checks said of its clip, where they rejected it."""


class OwnSound(Value):
    """What of a clip's own sound is heard in the episode, as its check found."""

    use: Literal["own", "mended", "none"]
    """The clip's own, its mended copy, or nothing."""
    mended: Asset | None = None
    """A copy in which was put right what could be."""
    says_line: bool = False
    """Whether people in the picture say the shot's dialogue."""
    words: tuple[Word, ...] = ()
    """The dialogue's words when they are heard, in seconds from the clip's start."""
    spoken: tuple[Span, ...] = ()
    """When somebody speaks."""


class Clip(Finished):
    """An accepted take."""

    clip: Asset
    """Its bytes: a video, or the animatic's motion document."""
    picture: Asset | None = None
    """The given start frame that a motion document moves."""
    model: str
    """Who made it."""
    seconds: Exact
    """How long it is."""
    charge: Charge
    """What it cost."""
    has_sound: bool = False
    """Whether it has sound of its own."""
    score: float = 0.0
    """How good the checks think it is; compares takes of one shot."""
    takes: tuple[Asset, ...] = ()
    """All takes that it was chosen from, in order."""
    remote_id: str = ""
    """The vendor's id of the job."""
    causes: tuple[Cause, ...] = ()
    """The links that were left before this one, in order."""
    verdicts: tuple[Verdict, ...] = ()
    """What our own checks said of it, picture before sound."""
    own_sound: OwnSound | None = None
    """`None`: nobody listened to it."""
    warnings: tuple[str, ...] = ()
    """What was adapted or left out."""

    @property
    def is_motion(self) -> bool:
        """Whether it is a motion document, drawn where it is encoded, and no file of pictures."""
        return self.clip.media_type == MEDIA_TYPE


class SuspectStart(ProviderError):
    """A start whose outcome nobody can tell: it may run, and it may be billed."""

    code = "suspect_start"


class TakeFailed(ReelwrightError):
    """One model did not give a clip for one shot. `cause` is the failure itself, `usd` what it cost all the same."""

    code = "take_failed"
    exit_code = 3

    def __init__(
        self,
        cause: ReelwrightError,
        *,
        model: str,
        kind: FailureKind,
        usd: Decimal = Decimal(0),
        verdicts: tuple[Verdict, ...] = (),
    ) -> None:
        super().__init__(f"{model}: {cause.message}", hint=cause.hint)
        self.verdicts = tuple(verdict.model_dump(mode="json") for verdict in verdicts)
        self.cause, self.model, self.kind, self.usd = cause, model, kind, usd
        self.retryable = cause.retryable

    def told(self) -> Cause:
        """Return it as the manifest keeps it."""
        verdicts = tuple(map(Verdict.model_validate, self.verdicts))
        return Cause(model=self.model, kind=self.kind, reason=self.cause.message, usd=self.usd, verdicts=verdicts)


def told_key(kind: str, entry: Entry, request: object, *, own: str = "") -> str:
    """Return the key of a request: what which model is told, whatever it is called here and whoever pays.

    `own` tells versions of a part of one's own apart.
    """
    # A dialect is how it is said, not what.
    options = {name: value for name, value in entry.options.items() if name != "dialect"}
    model = {"protocol": protocol_of(entry), "base_url": entry.base_url, "model": entry.model, "options": options}
    return key_of(kind, {**model, "request": request} | ({"own": own} if own else {}))


def kind_of(error: BaseException) -> FailureKind:
    """Return the failure kind that an error carries."""
    kind: Any = getattr(error, "kind", FailureKind.UNKNOWN)
    return kind if isinstance(kind, FailureKind) else FailureKind.UNKNOWN
