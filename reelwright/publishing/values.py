"""What the outbox knows of one publication, as a frozen value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import AwareDatetime, TypeAdapter

from reelwright.errors import InvalidInput
from reelwright.ledger.values import readable
from reelwright.publishing.contract import ChannelEntry, Handle, Outcome, Post
from reelwright.publishing.rules import Call, RefusalKind
from reelwright.values import Value

State = Literal["intent", "session", "bytes", "submitted", "published", "unknown", "failed"]
LIVE: tuple[State, ...] = ("intent", "session", "bytes", "submitted")
"""On the way: somebody brings it on, or shall."""

_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)


class PublishedBefore(InvalidInput):
    """Another cut of the same episode is in this place already, or may be."""

    code = "published_before"

    def __init__(self, episode: str, *, channel: str, state: str, url: str = "") -> None:
        where = f" ({url})" if url else ""
        super().__init__(
            f"Another cut of {episode!r} is {state} on {channel!r}{where}.",
            hint="Nothing was sent. `--again` posts this one beside it.",
        )
        self.episode, self.channel, self.state, self.url = episode, channel, state, url


class Publication(Value):
    """One episode in one place, as the ledger knows it."""

    id: int
    sha256: str
    episode: str
    """The episode's own name: its folder, or what a series calls it."""
    place: str
    edition: int
    channel: str
    kind: str
    marker: str
    series: str
    run: str
    state: State
    calling: Call | None
    """The final call, if it has gone out and nobody knows its answer."""
    called_at: AwareDatetime | None
    entry: ChannelEntry | None
    """How the channel was named: what it is read with again. It holds no secret."""
    post: Post
    handle: Handle | None
    outcome: Outcome | None
    """What was read last."""
    tries: int
    """How often it began anew or had to wait."""
    remote_id: str
    url: str
    refusal: RefusalKind | None
    reason: str
    person_should: str
    slot: AwareDatetime | None
    not_before: AwareDatetime | None
    """When it is brought on again; `None`: at any time."""
    created_at: AwareDatetime
    changed_at: AwareDatetime
    published_at: AwareDatetime | None
    owner: str
    mine: bool
    """Whether the one who asked holds it."""
    is_orphan: bool
    """Whether nobody holds it: the lease ran out, or the holder has surely ended."""

    @property
    def is_live(self) -> bool:
        """Whether it is on its way."""
        return self.state in LIVE

    @property
    def waits(self) -> bool:
        """Whether it is on its way and left alone until `not_before`."""
        return self.is_live and self.not_before is not None and self.not_before > datetime.now(UTC)


def publication_of(row: Any, *, holder: str, is_orphan: bool) -> Publication:
    """Read a row (a mapping) of the table of publications.

    Raises:
        StorageError: a newer version wrote it.
    """
    with readable(f"publication {row['id']}"):
        return Publication(
            **{name: row[name] for name in _PLAIN},
            episode=row["slug"],
            calling=row["calling"] or None,
            called_at=moment(row["called_at"]),
            entry=row["entry"] and ChannelEntry.model_validate(row["entry"]),
            post=Post.model_validate(row["post"]),
            handle=row["handle"] and Handle.model_validate(row["handle"]),
            outcome=row["outcome"] and _OUTCOME.validate_python(row["outcome"]),
            refusal=RefusalKind(row["refusal"]) if row["refusal"] else None,
            slot=moment(row["slot"]),
            not_before=moment(row["not_before"] or None),
            created_at=moment(row["created_at"]),
            changed_at=moment(row["changed_at"]),
            published_at=moment(row["published_at"]),
            mine=row["owner"] == holder,
            is_orphan=is_orphan,
        )


def moment(seconds: float | None) -> datetime | None:
    """Return a moment in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


_PLAIN = (
    *("id", "sha256", "place", "edition", "channel", "kind", "marker", "series", "run", "state", "tries"),
    *("remote_id", "url", "reason", "person_should", "owner"),
)
