"""The publications for people: how each stands, its story, and what a person should do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from reelwright.ledger.database import Database
from reelwright.ledger.tables import publication_events as events
from reelwright.ledger.tables import publications as rows
from reelwright.publishing.values import LIVE, moment
from reelwright.values import Value


class PublicationLine(Value):
    """A publication in a list."""

    publication: int
    episode: str
    sha256: str
    """Of the video."""
    edition: int
    channel: str
    place: str
    state: str
    """As in the outbox; `waiting` is one that rests until `not_before`."""
    changed_at: datetime
    published_at: datetime | None
    slot: datetime | None
    not_before: datetime | None
    url: str
    remote_id: str
    title: str
    made_with_ai_label: bool
    refusal: str
    reason: str
    person_should: str
    series: str


class PublicationEvent(Value):
    """A line of a publication's story."""

    at: datetime
    what: str
    note: str


def list_publications(
    database: Database, *, since: datetime | None = None, states: Sequence[str] = (), limit: int = 500
) -> tuple[PublicationLine, ...]:
    """Return the publications that changed since a moment, newest first."""
    query = select(rows).order_by(rows.c.changed_at.desc(), rows.c.id.desc()).limit(limit)
    if since is not None:
        query = query.where(rows.c.changed_at >= since.timestamp())
    if states:
        query = query.where(rows.c.state.in_(states))
    with database.transaction() as connection:
        now = database.now(connection)
        found = connection.execute(query).mappings().all()
    return tuple(
        PublicationLine(
            publication=row["id"],
            episode=row["slug"],
            sha256=row["sha256"],
            edition=row["edition"],
            channel=row["channel"],
            place=row["place"],
            state="waiting" if row["state"] in LIVE and row["not_before"] > now else row["state"],
            changed_at=moment(row["changed_at"]),
            published_at=moment(row["published_at"]),
            slot=moment(row["slot"]),
            not_before=moment(row["not_before"] or None),
            url=row["url"],
            remote_id=row["remote_id"],
            title=row["post"].get("title") or row["post"].get("text", "")[:80],
            made_with_ai_label=row["post"].get("ai_label", False),
            refusal=row["refusal"],
            reason=row["reason"],
            person_should=row["person_should"],
            series=row["series"],
        )
        for row in found
    )


def story_of(database: Database, publication: int) -> tuple[PublicationEvent, ...]:
    """Return all that happened to a publication, oldest first."""
    query = select(events).where(events.c.publication == publication).order_by(events.c.id)
    with database.transaction() as connection:
        found = connection.execute(query).mappings().all()
    return tuple(PublicationEvent(at=moment(row["at"]), what=row["what"], note=row["note"]) for row in found)
