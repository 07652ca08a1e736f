"""Ledgers that earlier versions filled, on SQLite and on PostgreSQL: brought up to date, nothing lost, gone on from.

`tests/stored/ledgers/NNNN.sql` was written by the code whose newest schema was NNNN: all that its ledger, sign-ins,
outbox and series could write. On PostgreSQL its rows are put into tables that the migrations up to that schema make.
"""

from __future__ import annotations

import contextlib
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import Boolean, Connection, Engine, MetaData, Table, create_engine, inspect, select, update
from support.databases import database

import reelwright.ledger
from reelwright.errors import BudgetExceeded, FailureKind, StorageError
from reelwright.ledger import breaker
from reelwright.ledger.database import NEWEST
from reelwright.ledger.ledger import Ledger
from reelwright.ledger.owner import new_holder
from reelwright.ledger.statement import committed_usd, list_charges, list_jobs, totals
from reelwright.ledger.tables import jobs, publications, series_slots
from reelwright.ledger.values import Job, Purpose
from reelwright.models.video.contract import Ticket
from reelwright.publishing.contract import Published
from reelwright.publishing.listing import list_publications
from reelwright.publishing.rows import Rows
from reelwright.publishing.tokens import LedgerTokens
from reelwright.publishing.values import Publication
from reelwright.series.memory import Memory
from reelwright.series.slots import Slot
from reelwright.values import Asset, Size

STORED = Path(__file__).parents[2] / "stored" / "ledgers"
MIGRATIONS = Path(reelwright.ledger.__file__).parent / "migrations"
SCHEMAS = tuple(sorted(path.stem for path in STORED.glob("*.sql")))
OLD = [(kind, schema) for kind in ("sqlite", "postgresql") for schema in SCHEMAS]
SCOPES = ("episode why-tea-is-brown", "series kitchen-science in 2026-11", "day 2026-11-21")
FIRST = ("jobs", "publications")
"""What other tables point to."""
CLIP = Asset(sha256="2" * 64, media_type="video/mp4", size_bytes=9)
NOW = datetime(2026, 12, 1, tzinfo=UTC)

Rowset = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Old:
    """A ledger of an earlier version, opened by this one."""

    schema: str
    before: Rowset
    ledger: Ledger


def upgraded(connection: Connection, schema: str) -> None:
    """Make the tables of a schema with the migrations alone."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, schema)


def since(schema: str) -> list[tuple[str, str]]:
    """The old ledgers of a schema and after it: only there could be written what a test is about."""
    return [one for one in OLD if one[1] >= schema]


def oldest(schema: str) -> list[tuple[str, str]]:
    """The ledgers of that very schema: what is gone on from comes the longest way."""
    return [one for one in OLD if one[1] == schema]


def load(url: str, schema: str) -> None:
    """Put what an earlier version wrote into an empty database, as it wrote it."""
    script = (STORED / f"{schema}.sql").read_text("utf-8")
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            file.executescript(script)
        return
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.begin() as connection:
        upgraded(connection, schema)
        columns = {name: inspect(connection).get_columns(name) for name in inspect(connection).get_table_names()}
    engine.dispose()
    del columns["alembic_version"]
    with contextlib.closing(sqlite3.connect(":memory:")) as written, psycopg.connect(url) as connected:
        written.executescript(script)
        for name in sorted(columns, key=lambda name: name not in FIRST):
            put(connected, name, columns[name], written.execute(f'SELECT * FROM "{name}"'))  # noqa: S608


def put(connected: psycopg.Connection[Any], table: str, columns: Any, rows: sqlite3.Cursor) -> None:
    """Insert the rows of a table with their ids, and let the next id follow them, as it did where they were made."""
    names = [told[0] for told in rows.description]
    flags = {names.index(column["name"]) for column in columns if isinstance(column["type"], Boolean)}
    into = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join([sql.Placeholder()] * len(names)),
    )
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - how many there were is asked below
        connected.execute(into, [bool(value) if at in flags else value for at, value in enumerate(row)])
    if count and "id" in names:
        connected.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, count])


def rows_of(engine: Engine, only: Rowset | None = None) -> Rowset:
    """Every row of every table, in the order of their keys; `only` with the tables and columns that are named there."""
    found: Rowset = {}
    tables = MetaData()
    tables.reflect(engine, only=sorted(only) if only else None)
    with engine.connect() as connection:
        for name, table in tables.tables.items():
            if name != "alembic_version":
                wanted = [
                    column for column in table.c if only is None or not only[name] or column.name in only[name][0]
                ]
                told = connection.execute(select(*wanted).order_by(*table.primary_key)).mappings()
                found[name] = [dict(row) for row in told]
    return found


@contextmanager
def opened(kind: str, schema: str, folder: Path) -> Iterator[Old]:
    """Lend an old ledger that this version has opened."""
    with database(kind, folder) as url:
        load(url, schema)
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
        before = rows_of(engine)
        ledger = Ledger(url)
        try:
            yield Old(schema, before, ledger)
        finally:
            ledger.database.close()
            engine.dispose()


@pytest.fixture(scope="module", params=OLD, ids="-".join)
def old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Old]:
    """Each old ledger, to be read only."""
    with opened(*request.param, tmp_path_factory.mktemp("old")) as lent:
        yield lent


@pytest.fixture
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Old]:
    """An old ledger to be gone on from."""
    with opened(*request.param, tmp_path) as lent:
        yield lent


def test_there_is_one_of_every_schema() -> None:
    """The newest too: what it writes today must be read tomorrow."""
    assert list(SCHEMAS) == [f"{number:04d}" for number in range(1, int(NEWEST) + 1)]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_old_migrations_make_what_the_old_version_had(schema: str, tmp_path: Path) -> None:
    """A migration that was released is never written anew: column by column, it makes the tables that lie in files."""
    load(f"sqlite:///{tmp_path / 'written.db'}", schema)
    made, written = (create_engine(f"sqlite:///{tmp_path / name}.db") for name in ("made", "written"))
    with made.begin() as connection:
        upgraded(connection, schema)
    assert shape(made) == shape(written)


def shape(engine: Engine) -> dict[str, Any]:
    """Tables with their columns, keys and indexes."""
    seen = inspect(engine)
    return {
        name: (
            {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in seen.get_columns(name)
            },
            sorted(seen.get_pk_constraint(name)["constrained_columns"]),
            sorted(str(unique["column_names"]) for unique in seen.get_unique_constraints(name)),
            sorted(
                (index["name"] or "", str(index["column_names"]), index["unique"]) for index in seen.get_indexes(name)
            ),
            sorted(str(key["constrained_columns"]) for key in seen.get_foreign_keys(name)),
        )
        for name in sorted(seen.get_table_names())
    }


def test_every_value_of_every_row_stays(old: Old) -> None:
    """Migrations add; they change and drop nothing."""
    assert {name for name, rows in old.before.items() if rows} >= {"jobs", "charges", "budgets", "breakers"}
    assert rows_of(old.ledger.database.engine, old.before) == old.before


def test_the_account_adds_up_as_before(old: Old) -> None:
    """What was reserved, charged, released and suspected, and what stands under each cap."""
    assert totals(list_charges(old.ledger)) == {
        "reserved": Decimal("3.350001"), "charged": Decimal("1.25"), "released": Decimal("0.45"),
        "suspected": Decimal("1.10"),
    }  # fmt: skip
    assert committed_usd(old.ledger, SCOPES) == dict.fromkeys(SCOPES, Decimal("2.900001"))


def test_every_job_stands_as_before(old: Old) -> None:
    """In its state, with its attempt, its ticket and what it cost."""
    assert [(job.state, job.attempt, job.remote_id, job.charged_usd) for job in reversed(list_jobs(old.ledger))] == [
        ("done", 1, "video_a", Decimal("0.85")),
        ("failed", 1, "video_b", Decimal("0.40")),
        ("failed", 2, "", Decimal(0)),
        ("suspect", 1, "", None),
        ("suspect", 1, "video_d", None),
        ("started", 1, "video_e", None),
        ("starting", 1, "", None),
        ("claimed", 1, "", None),
    ]
    assert [(health.entry, health.kind) for health in breaker.all_health(old.ledger)] == [
        ("veo-3.1", FailureKind.BILLING)
    ]


def test_an_old_ticket_says_all_that_polling_needs(old: Old) -> None:
    """Its vendor's number, place and account; the exact length and size; what was adapted."""
    (job,) = (job for job in old.ledger.suspects("d" * 64))
    assert job.ticket == Ticket(
        protocol="openai-videos", entry="sora-2", model="sora-2", base_url="https://api.openai.com/v1",
        account="0123abcd", remote_id="video_d", started_at=datetime(2026, 11, 21, 10, tzinfo=UTC),
        seconds=Fraction(13, 2), size=Size(width=720, height=1280), warnings=("the model makes 8 s, not 6.5 s",),
        extra={"poll": "/videos/video_d"},
    )  # fmt: skip


@pytest.mark.parametrize("old", since("0002"), indirect=True, ids="-".join)
def test_an_old_sign_in_is_opened(old: Old) -> None:
    """With the key that sealed it."""
    token = LedgerTokens(old.ledger.database, SecretStr("the key of the stored ledgers")).get("youtube/default")
    assert token
    assert (token.secrets["refresh_token"], token.account_name, token.scopes) == ("old-refresh", "Tea", ("upload",))


@pytest.mark.parametrize("old", since("0003"), indirect=True, ids="-".join)
def test_every_publication_stands_as_before(old: Old) -> None:
    """In its state, with its place on the platform; what nobody can tell stays so."""
    lines = sorted(list_publications(old.ledger.database), key=lambda line: line.publication)
    assert [(line.state, line.remote_id, line.refusal) for line in lines] == [
        ("published", "vid1", ""),
        ("unknown", "", ""),
        ("failed", "", "text"),
        ("session", "", ""),
        ("waiting", "vid5", ""),
        ("intent", "", ""),
    ]
    begun = Rows(old.ledger.database).read(4)
    assert (begun.post.title, begun.post.extra, begun.entry and begun.entry.kind) == (
        "Why tea is brown", {"category": "27"}, "youtube" if old.schema >= "0004" else None,
    )  # fmt: skip
    assert begun.handle
    assert (begun.handle.session, begun.handle.sent_bytes) == ("https://upload.example/session-4", 500)


@pytest.mark.parametrize("old", since("0003"), indirect=True, ids="-".join)
def test_an_old_series_remembers_what_it_told(old: Old) -> None:
    """Slot by slot, with its reserve and the ideas that nobody has told."""
    memory = Memory(old.ledger, "kitchen-science")
    assert [(slot.title, slot.state, slot.folder, slot.attempts) for slot in memory.bookings()] == [
        ("Why tea is brown", "made", "/srv/episodes/tea", 1),
        ("Why milk boils over", "failed", "", 1),
        ("Why honey never spoils", "booked", "", 0),
        ("", "skipped", "", 0),
        ("Why onions make you cry", "made", "/srv/episodes/onions", 0),
    ]
    assert [idea.brief.title for idea in memory.ideas()] == ["Why pasta water is gold"]


@pytest.mark.parametrize("own", oldest("0001"), indirect=True, ids="-".join)
def test_a_job_that_was_on_its_way_goes_on(own: Old) -> None:
    """Its ticket is taken over and its clip settled; a suspect is resumed; nothing is started for either again."""
    ledger = own.ledger
    job = claim(ledger, "e")
    assert (job.id, job.state, job.mine, job.ticket and job.ticket.remote_id) == (6, "started", True, "video_e")
    ledger.done(job, CLIP, Decimal("0.28"))
    (suspect,) = ledger.suspects("d" * 64)
    assert suspect.ticket
    ledger.resume(suspect, suspect.ticket, holder="me")
    ledger.done(ledger.job(suspect.id, holder="me"), CLIP, Decimal("0.50"))
    ledger.failed(claim(ledger, "f"), FailureKind.LOST, "never arrived")
    assert committed_usd(ledger, SCOPES) == dict.fromkeys(SCOPES, Decimal("2.630001"))
    assert totals(list_charges(ledger))["charged"] == Decimal("2.03")


@pytest.mark.parametrize("own", oldest("0001"), indirect=True, ids="-".join)
def test_what_was_paid_is_found_and_the_caps_still_hold(own: Old) -> None:
    """The old clip is no new job; a new job follows the old ones, inside what they have left."""
    assert (claim(own.ledger, "a").state, len(list_jobs(own.ledger))) == ("done", 8)
    with pytest.raises(BudgetExceeded) as caught:
        claim(own.ledger, "9", usd="2.10")
    assert caught.value.used_usd == Decimal("2.900001")
    assert claim(own.ledger, "b").attempt == 3
    new = claim(own.ledger, "9")
    own.ledger.starting(new)
    assert new.id > 8


@pytest.mark.parametrize("own", oldest("0003"), indirect=True, ids="-".join)
def test_a_publication_that_was_begun_goes_on(own: Old) -> None:
    """With its session; the one that is there is not posted again, and the one that failed begins anew."""
    rows = Rows(own.ledger.database)
    begun = intend(rows, 4)
    assert (begun.id, begun.state, begun.mine, begun.handle and begun.handle.sent_bytes) == (4, "session", True, 500)
    rows.published(begun, Published(remote_id="vid4", at=NOW))
    assert [intend(rows, number).state for number in (1, 2, 3, 4)] == ["published", "unknown", "intent", "published"]


@pytest.mark.parametrize("own", oldest("0003"), indirect=True, ids="-".join)
def test_a_series_goes_on(own: Old) -> None:
    """Its reserve fills the slot that failed."""
    memory = Memory(own.ledger, "kitchen-science")
    at = datetime(2026, 12, 2, 17, tzinfo=UTC)
    filled = memory.fill_from_reserve(Slot(local="2026-12-02T18:00", rule="evenings", at=at, due=at))
    assert filled
    assert (filled.title, filled.state) == ("Why onions make you cry", "made")


@pytest.mark.parametrize(
    ("table", "column", "version", "read"),
    [
        (jobs, "ticket", {"schema_version": 2}, lambda old: old.ledger.suspects("d" * 64)),
        (jobs, "kind", "a kind of tomorrow", lambda old: old.ledger.suspects("d" * 64)),
        (publications, "handle", {"schema_version": 2}, lambda old: Rows(old.ledger.database).read(4)),
        (
            series_slots,
            "brief",
            {"title": "T", "shots": [], "of_tomorrow": 1},
            lambda old: Memory(old.ledger, "kitchen-science").bookings(),
        ),
    ],
    ids=["ticket", "kind", "handle", "brief"],
)
def test_what_a_newer_version_wrote_into_the_same_tables_is_refused(
    table: Table, column: str, version: Any, read: Callable[[Old], object], tmp_path: Path
) -> None:
    """By name and with the next step; nothing that was read is quoted, and nothing is changed."""
    with opened("sqlite", NEWEST, tmp_path) as old:
        with old.ledger.database.transaction() as connection:
            told = connection.execute(select(table.c[column]).where(table.c[column].is_not(None))).scalar()
            new = told | version if isinstance(told, dict) else version
            connection.execute(update(table).values({column: new}))
        before = rows_of(old.ledger.database.engine)
        with pytest.raises(StorageError, match=r"This version of Reelwright cannot read .* of the ledger") as caught:
            read(old)
        assert "upgrade this one" in caught.value.hint
        assert "upload.example" not in "".join(traceback.format_exception(caught.value))
        assert rows_of(old.ledger.database.engine) == before


def claim(ledger: Ledger, letter: str, usd: str = "0.10") -> Job:
    """Claim a job as a start does, under the caps of then."""
    purpose = Purpose(episode="why-tea-is-brown", caps={SCOPES[0]: Decimal(5)}, scopes=SCOPES[1:])
    return ledger.claim(
        letter * 64, holder=new_holder(), entry="sora-2", model="sora-2", account="0123abcd", usd=Decimal(usd),
        purpose=purpose,
    )  # fmt: skip


def intend(rows: Rows, number: int) -> Publication:
    """Want the same post of the same episode again, as another run does."""
    kept = rows.read(number)
    return rows.intend(kept.post, episode=kept.episode, place=kept.place, edition=1, holder=new_holder())
