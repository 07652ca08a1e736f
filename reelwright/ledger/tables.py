"""The ledger's tables. Money is whole millionths of a dollar; moments are seconds since 1970 (UTC).

A job is one take: one attempt of one model at one request. Its states:

```
claimed ──► starting ──► started ──► done
   │            │           ├──────► failed       the vendor ended it, or our checks rejected its clip
   │            │           └──────► suspect      out of time, and it may still run: its ticket is kept
   │            ├──► failed                       the vendor refused the start
   │            └──► suspect                      no answer came back, and nobody can tell whether it runs
   └──► failed                                    given up before anything was sent
```

`claimed`, `starting` and `started` are live: at most one live job stands for a key, and the database itself sees to it.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

_Identity = BigInteger().with_variant(Integer, "sqlite")

LIVE = ("claimed", "starting", "started")

jobs = Table(
    "jobs",
    metadata,
    Column("id", _Identity, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("entry", String(120), nullable=False),
    Column("model", String(200), nullable=False, server_default=""),
    Column("account", String(64), nullable=False, server_default=""),
    Column("episode", String(200), nullable=False, server_default=""),
    Column("series", String(120), nullable=False, server_default=""),
    Column("run", String(64), nullable=False, server_default=""),
    Column("shot", Integer, nullable=False, server_default="0"),
    Column("day", String(10), nullable=False),
    Column("caps", JSON, nullable=False),
    Column("idempotency_key", String(120), nullable=False),
    Column("ticket", JSON),
    Column("clip", JSON),
    Column("reserved_micro", BigInteger, nullable=False, server_default="0"),
    Column("charged_micro", BigInteger),
    Column("kind", String(32), nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("billed", Boolean, nullable=False, server_default=text("false")),
    Column("owner", String(200), nullable=False, server_default=""),
    Column("lease_until", Double, nullable=False, server_default="0"),
    Column("claimed_at", Double, nullable=False),
    Column("started_at", Double),
    Column("ended_at", Double),
    UniqueConstraint("key", "attempt", name="one_attempt"),
)
Index(
    "one_live_job",
    jobs.c.key,
    unique=True,
    sqlite_where=jobs.c.state.in_(LIVE),
    postgresql_where=jobs.c.state.in_(LIVE),
)
Index("jobs_by_day", jobs.c.day)

charges = Table(
    "charges",
    metadata,
    Column("id", _Identity, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("job", _Identity, ForeignKey("jobs.id"), nullable=False),
    Column("what", String(16), nullable=False),
    Column("micro", BigInteger, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
)
"""The account's story, written once and never changed: `what` is reserved, charged, released or suspected."""
Index("charges_by_time", charges.c.at)

budgets = Table(
    "budgets",
    metadata,
    Column("scope", String(240), primary_key=True),
    Column("committed_micro", BigInteger, nullable=False),
)
"""What is spent or set aside under each cap. One row is one gate: raising it is a single conditional update."""

breakers = Table(
    "breakers",
    metadata,
    Column("entry", String(120), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("open_until", Double, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("reason", Text, nullable=False),
)
"""The health of a model at an account: how often it failed in a row, and until when it is left alone."""

publications = Table(
    "publications",
    metadata,
    Column("id", _Identity, primary_key=True, autoincrement=True),
    Column("sha256", String(64), nullable=False),
    Column("slug", String(200), nullable=False),
    Column("place", String(240), nullable=False),
    Column("edition", Integer, nullable=False, server_default="1"),
    Column("channel", String(120), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("marker", String(32), nullable=False),
    Column("series", String(120), nullable=False, server_default=""),
    Column("run", String(64), nullable=False, server_default=""),
    Column("state", String(16), nullable=False),
    Column("calling", String(16), nullable=False, server_default=""),
    Column("called_at", Double),
    Column("entry", JSON),
    Column("post", JSON, nullable=False),
    Column("handle", JSON),
    Column("outcome", JSON),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("remote_id", String(400), nullable=False, server_default=""),
    Column("url", Text, nullable=False, server_default=""),
    Column("refusal", String(32), nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("person_should", Text, nullable=False, server_default=""),
    Column("slot", Double),
    Column("not_before", Double, nullable=False, server_default="0"),
    Column("owner", String(200), nullable=False, server_default=""),
    Column("lease_until", Double, nullable=False, server_default="0"),
    Column("created_at", Double, nullable=False),
    Column("changed_at", Double, nullable=False),
    Column("published_at", Double),
    UniqueConstraint("sha256", "place", "edition", name="one_publication"),
    UniqueConstraint("slug", "place", "edition", name="one_publication_of_a_name"),
)
"""One episode in one place (a kind of channel and its account); an `edition` above 1 is a person's wish to post again.

`state` is `intent`, `session`, `bytes`, `submitted`, `published`, `unknown` or `failed`; `calling` is the call that has
gone out and not been answered. See `reelwright.publishing.outbox`.
"""
Index("publications_by_change", publications.c.changed_at)

publication_events = Table(
    "publication_events",
    metadata,
    Column("id", _Identity, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("publication", _Identity, ForeignKey("publications.id"), nullable=False),
    Column("what", String(32), nullable=False),
    Column("note", Text, nullable=False, server_default=""),
)
"""The publication's story, written once and never changed."""
Index("publication_events_by_publication", publication_events.c.publication)

channel_uses = Table(
    "channel_uses",
    metadata,
    Column("id", _Identity, primary_key=True, autoincrement=True),
    Column("place", String(240), nullable=False),
    Column("quota", String(80), nullable=False),
    Column("at", Double, nullable=False),
)
"""Each use of a platform's quota, in any run."""
Index("channel_uses_by_quota", channel_uses.c.place, channel_uses.c.quota, channel_uses.c.at)

channel_tokens = Table(
    "channel_tokens",
    metadata,
    Column("account", String(240), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("access_until", Double),
    Column("refresh_until", Double),
    Column("scopes", JSON, nullable=False),
    Column("account_name", String(200), nullable=False, server_default=""),
    Column("turn_owner", String(200), nullable=False, server_default=""),
    Column("turn_until", Double, nullable=False, server_default="0"),
    Column("changed_at", Double, nullable=False),
)
"""Tokens of channels, sealed with a key that is not here; and whose turn it is to refresh one."""

series_slots = Table(
    "series_slots",
    metadata,
    Column("series", String(120), primary_key=True),
    Column("slot", String(40), primary_key=True),
    Column("rule", String(60), nullable=False, server_default=""),
    Column("at", Double),
    Column("state", String(16), nullable=False),
    Column("topic", String(64)),
    Column("title", Text, nullable=False, server_default=""),
    Column("brief", JSON),
    Column("source", Text, nullable=False, server_default=""),
    Column("folder", Text, nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("reason", Text, nullable=False, server_default=""),
    Column("run", String(64), nullable=False, server_default=""),
    Column("booked_at", Double, nullable=False),
    Column("changed_at", Double, nullable=False),
    UniqueConstraint("series", "topic", name="one_slot_for_a_topic"),
)
"""Which slot of a series tells what: `topic` stands once in a series, and a slot is filled once.

`state` is `booked` (it has a topic), `made`, `failed` or `skipped` (it has none any more). A row whose `slot` begins
with `reserve` is an episode that waits; to fill a slot, it takes the slot's name. See `reelwright.series.memory`.
"""
Index("series_slots_by_time", series_slots.c.series, series_slots.c.at)

series_ideas = Table(
    "series_ideas",
    metadata,
    Column("series", String(120), primary_key=True),
    Column("topic", String(64), primary_key=True),
    Column("brief", JSON, nullable=False),
    Column("source", Text, nullable=False, server_default=""),
    Column("found_at", Double, nullable=False),
)
"""What a writer found and was paid for: told before it is asked for more."""
