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
