"""The one door to the table of publications. Each method is one transaction that checks who may do it.

```
intent ──► session ──► bytes ──► submitted ──► published
   │           │          │          │
   └───────────┴──────────┴──────────┴───────► failed      surely no post; publish again when the cause is gone
                                     └───────► unknown     nobody can tell; only reading brings it on
```

`calling` stands beside the state while the final call is out. A row that waits (a slot, a quota, a busy platform) is
live with nobody holding it, until `not_before`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from reelwright.errors import StorageError
from reelwright.ledger.database import Database
from reelwright.ledger.ledger import LEASE_SECONDS
from reelwright.ledger.owner import is_surely_gone
from reelwright.ledger.tables import publication_events as events
from reelwright.ledger.tables import publications as rows
from reelwright.publishing.contract import ChannelEntry, Handle, Outcome, Post, Published, Refused
from reelwright.publishing.rules import Call
from reelwright.publishing.values import LIVE, Publication, PublishedBefore, publication_of

_NOBODY = {"owner": "", "lease_until": 0.0}


class LostPublication(StorageError):
    """A publication is no longer held by the one who would bring it on: it paused for longer than its lease."""

    code = "lost_publication"

    def __init__(self, publication: int, *, wanted: str) -> None:
        super().__init__(
            f"Publication {publication} cannot be brought to {wanted!r} here any more: another process has taken it.",
            hint="Nothing is posted twice: `reelwright publications` shows how it stands.",
        )
        self.publication, self.wanted = publication, wanted


class Rows:
    """The publications in a ledger's database. Safe to share between threads."""

    def __init__(self, database: Database, *, lease_seconds: float = LEASE_SECONDS) -> None:
        self.database = database
        self.lease_seconds = lease_seconds

    def intend(
        self,
        post: Post,
        *,
        episode: str,
        place: str,
        edition: int,
        holder: str,
        entry: ChannelEntry | None = None,
        series: str = "",
        run: str = "",
        slot_is_ours: bool = False,
    ) -> Publication:
        """Return the publication of an episode in a place: the one that stands, or a new one of the state `intent`.

        One that nobody holds is taken over as it was left. One that failed begins again with this post, and so does one
        for which the platform has been told nothing. `slot_is_ours`: no platform keeps it, so that it may be changed
        until the final call.

        Raises:
            PublishedBefore: another cut of the episode is there, is on its way, or may be there.
        """
        new = _told(post) | {"slug": episode, "place": place, "edition": edition, "series": series, "run": run}
        new["entry"] = entry and entry.model_dump(mode="json")
        while True:
            try:
                with self.database.transaction() as connection:
                    now = self.database.now(connection)
                    hold = {"owner": holder, "lease_until": now + self.lease_seconds}
                    found = _standing(connection, new)
                    if found is None:
                        fresh = {"state": "intent", "created_at": now, "changed_at": now}
                        made = insert(rows).values(new | hold | fresh).returning(rows.c.id)
                        identity = connection.execute(made).scalar_one()
                        _note(connection, identity, "intent", now)
                        return _read(connection, identity, holder, now)
                    return self._resumed(connection, found, new, holder, now, slot_is_ours=slot_is_ours)
            except IntegrityError:
                continue  # another process wrote it between our look and our word: look again

    def read(self, identity: int, *, holder: str = "") -> Publication:
        """Return a publication as it stands; `holder` holds it from now on if it is live and nobody does."""
        with self.database.transaction() as connection:
            now = self.database.now(connection)
            row = connection.execute(select(rows).where(rows.c.id == identity)).mappings().one_or_none()
            if row is None:
                raise StorageError(f"There is no publication {identity}.", hint="See: reelwright publications")
            found = _publication(row, holder, now)
            if holder and found.is_live and found.is_orphan and not found.mine:
                self._take(connection, row, holder, now)
            return _read(connection, identity, holder, now)

    def hold(self, publication: Publication, *, holder: str) -> Publication:
        """Hold an ended publication too, to read what became of it: `mine` says whether that worked."""
        with self.database.transaction() as connection:
            now = self.database.now(connection)
            row = connection.execute(select(rows).where(rows.c.id == publication.id)).mappings().one()
            if _is_free(row, now) or row["owner"] == holder:
                self._take(connection, row, holder, now)
            return _read(connection, publication.id, holder, now)

    def calling(self, publication: Publication, call: Call) -> Publication:
        """Note that the final call goes out now: from here on, only the platform knows whether it arrived."""
        return self._step(publication, publication.state, {"calling": call}, called=True)

    def moved(
        self,
        publication: Publication,
        state: str,
        handle: Handle | None,
        outcome: Outcome | None = None,
        *,
        progressed: bool = True,
    ) -> Publication:
        """Keep a handle and the state it came to; no final call is out any more."""
        told = {"handle": handle and handle.model_dump(mode="json"), "calling": "", "not_before": 0.0, "reason": ""}
        told["tries"] = 0 if progressed else publication.tries
        known = {"remote_id": handle.remote_id, "url": handle.url} if handle else {}
        return self._step(publication, state, told | known | _outcome(outcome, kept=False))

    def waiting(self, publication: Publication, until: datetime, reason: str) -> Publication:
        """Let a publication rest: it is live, and nobody holds it."""
        told = {"not_before": until.timestamp(), "reason": reason[:2000], "tries": publication.tries + 1}
        return self._step(publication, publication.state, told | _NOBODY)

    def published(self, publication: Publication, outcome: Published) -> Publication:
        """Note that it is there."""
        told = {"remote_id": outcome.remote_id[:400], "url": outcome.url, "published_at": outcome.at.timestamp()}
        clear = {"calling": "", "reason": "", "refusal": "", "person_should": outcome.note, "not_before": 0.0}
        return self._step(publication, "published", told | clear | _outcome(outcome) | _NOBODY)

    def failed(self, publication: Publication, refused: Refused) -> Publication:
        """Note that there is surely no post, and why."""
        told = {"refusal": refused.kind.value, "reason": refused.reason[:2000], "not_before": 0.0, "calling": ""}
        told |= {"person_should": refused.person_should, "remote_id": refused.remote_id or publication.remote_id}
        return self._step(publication, "failed", told | _outcome(refused) | _NOBODY)

    def unknown(
        self, publication: Publication, reason: str, person_should: str, outcome: Outcome | None = None
    ) -> Publication:
        """Note that nobody can tell whether there is a post. What is known of it stays."""
        told = {"reason": reason[:2000], "person_should": person_should, "not_before": 0.0}
        return self._step(publication, "unknown", told | _outcome(outcome) | _NOBODY)

    def begin_again(self, publication: Publication, proof: str) -> Publication:
        """Note that there is surely no post, and that it may begin anew."""
        told = {
            "handle": None,
            "outcome": None,
            "calling": "",
            "remote_id": "",
            "url": "",
            "reason": proof[:2000],
            "not_before": 0.0,
        }
        return self._step(publication, "intent", told | {"tries": publication.tries + 1})

    def let_be(self, publication: Publication) -> None:
        """Give a publication back as it is."""
        with self.database.transaction() as connection:
            mine = (rows.c.id == publication.id, rows.c.owner == publication.owner)
            connection.execute(update(rows).where(*mine).values(_NOBODY))

    def keep(self, holders: Sequence[str]) -> None:
        """Give a sign of life for all that these holders hold."""
        with self.database.transaction() as connection:
            until = self.database.now(connection) + self.lease_seconds
            connection.execute(update(rows).where(rows.c.owner.in_(holders)).values(lease_until=until))

    def let_go(self, holders: Sequence[str]) -> None:
        """Give up all that these holders hold."""
        with self.database.transaction() as connection:
            connection.execute(update(rows).where(rows.c.owner.in_(holders)).values(lease_until=0.0))

    def _resumed(
        self,
        connection: Connection,
        row: RowMapping,
        new: dict[str, Any],
        holder: str,
        now: float,
        *,
        slot_is_ours: bool,
    ) -> Publication:
        """Return a row that stands, taken over if it may be, with the new post if the platform knows no other."""
        same_cut = row["sha256"] == new["sha256"]
        untold = not row["calling"] and (row["state"] == "failed" or (row["state"] == "intent" and not row["handle"]))
        if not _is_free(row, now) and row["owner"] != holder:
            untold = False
        if not same_cut and not untold:
            raise PublishedBefore(row["slug"], channel=row["channel"], state=row["state"], url=row["url"])
        if untold:
            told = new if row["post"] != new["post"] or not same_cut else {}
            # What failed with a handle goes on from it, unless the person has changed what is posted.
            kept = row["handle"] if not told else None
            state = "session" if kept else "intent"
            self._take(connection, row, holder, now, **told, handle=kept, state=state, not_before=0.0)
            if row["state"] == "failed":
                _note(connection, row["id"], state, now, "asked for again")
        elif row["state"] in LIVE and _is_free(row, now):
            self._take(connection, row, holder, now, **(_slot(row, new) if slot_is_ours else {}))
        return _read(connection, row["id"], holder, now)

    def _take(self, connection: Connection, row: RowMapping, holder: str, now: float, **told: Any) -> None:
        # Only from the holder that was seen: another process may be doing this very thing.
        seen = (rows.c.id == row["id"], rows.c.owner == row["owner"], rows.c.lease_until == row["lease_until"])
        hold = {"owner": holder, "lease_until": now + self.lease_seconds}
        connection.execute(update(rows).where(*seen).values(told | hold))

    def _step(self, publication: Publication, state: str, told: dict[str, Any], *, called: bool = False) -> Publication:
        """Bring a publication on, if it is still held and stands as `publication` says.

        Raises:
            LostPublication: it is not.
        """
        with self.database.transaction() as connection:
            now = self.database.now(connection)
            told |= {"state": state, "changed_at": now, **({"called_at": now} if called else {})}
            held = (rows.c.id == publication.id, rows.c.owner == publication.owner, rows.c.state == publication.state)
            values = {"lease_until": now + self.lease_seconds} | told
            if not publication.owner or connection.execute(update(rows).where(*held).values(values)).rowcount != 1:
                raise LostPublication(publication.id, wanted=state)
            _note(
                connection,
                publication.id,
                f"calling {told['calling']}" if called else state,
                now,
                told.get("reason", ""),
            )
            return _read(connection, publication.id, publication.owner, now)


def _told(post: Post) -> dict[str, Any]:
    return {
        # The episode's, whatever a channel makes of it: another rendition is no other cut.
        "sha256": post.master_sha256 or post.video.sha256,
        "channel": post.channel,
        "kind": post.kind,
        "marker": post.marker,
        "post": post.model_dump(mode="json"),
        "slot": post.at.timestamp() if post.at else None,
    }


def _outcome(outcome: Outcome | None, *, kept: bool = True) -> dict[str, Any]:
    if outcome is None:
        return {} if kept else {"outcome": None}
    return {"outcome": outcome.model_dump(mode="json")}


def _slot(row: RowMapping, new: dict[str, Any]) -> dict[str, Any]:
    """Return what another slot changes of a row that waits for its own."""
    if row["slot"] == new["slot"] or row["calling"]:
        return {}
    return {"slot": new["slot"], "post": row["post"] | {"at": new["post"]["at"]}, "not_before": 0.0}


def _standing(connection: Connection, new: dict[str, Any]) -> RowMapping | None:
    """Return the row of this cut, else of another cut of the same episode."""
    same = or_(rows.c.sha256 == new["sha256"], rows.c.slug == new["slug"])
    query = select(rows).where(rows.c.place == new["place"], rows.c.edition == new["edition"], same).with_for_update()
    found = connection.execute(query).mappings().all()
    return min(found, key=lambda row: row["sha256"] != new["sha256"], default=None)


def _is_free(row: RowMapping, now: float) -> bool:
    return not row["owner"] or row["lease_until"] < now or is_surely_gone(row["owner"])


def _note(connection: Connection, identity: int, what: str, now: float, note: str = "") -> None:
    connection.execute(insert(events).values(at=now, publication=identity, what=what, note=note))


def _read(connection: Connection, identity: int, holder: str, now: float) -> Publication:
    return _publication(connection.execute(select(rows).where(rows.c.id == identity)).mappings().one(), holder, now)


def _publication(row: RowMapping, holder: str, now: float) -> Publication:
    return publication_of(row, holder=holder, is_orphan=_is_free(row, now))
