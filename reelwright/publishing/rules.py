"""What a kind of channel takes, how it behaves, and every documented error of it: facts, with no account in them."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from reelwright.values import Exact, Value

Call = Literal["open", "upload", "submit"]
Privacy = Literal["public", "unlisted", "private"]
Unit = Literal["characters", "utf-8 bytes", "utf-16 units"]


class RefusalKind(StrEnum):
    """Why a platform says no; it decides what follows."""

    SIGN_IN = "sign_in"
    """The token is dead or revoked: a person signs in again."""
    PERMISSION = "permission"
    """The account or app may not do this: a scope, an audit, a role."""
    QUOTA = "quota"
    """Enough for now: the same post passes later, and is scheduled for then."""
    BUSY = "busy"
    """The platform is overloaded, down or hurries us: the same post passes later."""
    MEDIA = "media"
    """The platform cannot take this video, cover or caption file."""
    TEXT = "text"
    """The title, text or tags."""
    OPTIONS = "options"
    """Privacy, slot, playlist, category or another option."""
    POLICY = "policy"
    """Moderation, copyright, spam, a banned account: never tried again by itself."""
    DUPLICATE = "duplicate"
    """The platform says that it has this video already."""
    EXPIRED = "expired"
    """The session is gone and nothing came of it: a new one may be opened."""
    UNKNOWN = "unknown"
    """No documented error; its text is kept."""


LATER = frozenset({RefusalKind.QUOTA, RefusalKind.BUSY})
"""Kinds after which the same post passes later."""


class KnownError(Value):
    """One documented error of a platform, and what a person should do: a line of `reelwright channels`."""

    call: str
    """Where it is seen: `open`, `upload`, `submit`, `look`, `find`, `sign in`; several with commas."""
    name: str
    """As the platform writes it: `uploadLimitExceeded`, `9007/2207027`."""
    status: int | None = None
    kind: RefusalKind
    person_should: str
    retry_after_seconds: float | None = None


class TextLimit(Value):
    """How long a text may be, in the platform's own unit."""

    most: int = Field(gt=0)
    unit: Unit = "characters"
    forbidden: str = ""
    """Characters that it must not hold."""


class Quota(Value):
    """What a platform allows in a period; counted in the ledger before the call, over all runs and machines."""

    name: str
    """E.g. `videos.insert`."""
    most: int = Field(gt=0)
    per: Literal["minute", "day", "24 hours"]
    """`day` begins at midnight in `zone`; the others slide."""
    zone: str = "UTC"
    call: Call = "open"
    """The call before which one unit is taken."""
    source: str = ""
    """Where the platform says so."""


class ChannelRules(Value):
    """What a kind of channel takes and how it behaves: facts, with no account in them."""

    kind: str
    title: str
    """As people call it: `YouTube`."""
    final_call: Call
    """The point of no return: before it no post can exist, after it one may."""
    repeatable: frozenset[Call] = frozenset()
    """Calls that the platform takes for the same post when they are repeated with the same handle and bytes."""
    processes_first: bool = True
    """Whether the platform works on the bytes before it takes `submit`: `look` is asked until it waits for that."""
    settle_seconds: float = 0.0
    """How long after the final call went out `look` may not show yet what came of it: so long it is not repeated."""
    find: Literal["proves", "suggests", "cannot"] = "cannot"
    """Whether `find` can prove presence and absence, only presence, or is not there."""
    schedules: bool = False
    """Whether the platform keeps a slot itself; else the run waits until the slot before the final call."""
    privacy: tuple[Privacy, ...] = ("public",)
    """What may be asked; the first is the default."""
    title_limit: TextLimit | None = None
    """`None`: the platform has no title, or no limit."""
    text_limit: TextLimit | None = None
    most_hashtags: int | None = None
    """`None`: as many as there are."""
    links: bool = True
    """Whether a link in the text can be followed; `False`: one is a warning."""
    seconds: tuple[Exact, Exact] | None = None
    """Shortest and longest, in seconds."""
    most_bytes: int | None = None
    video_codecs: frozenset[str] = frozenset()
    """As ffprobe calls them; empty: any."""
    audio_codecs: frozenset[str] = frozenset()
    frame_rate: tuple[Exact, Exact] | None = None
    pixels: tuple[int, int] | None = None
    """The least and the most pixels of a side."""
    aspect: tuple[Exact, Exact] | None = None
    """Width over height, narrowest and widest."""
    quotas: tuple[Quota, ...] = ()
    errors: tuple[KnownError, ...] = ()
    """Every documented error."""
    good_to_know: tuple[str, ...] = ()
    """What a person must be told plainly, e.g. what an unaudited client cannot do."""
