"""The ledger's database: opened, brought to its newest schema, and entered in short transactions."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError

from reelwright.errors import NotInstalled, StorageError
from reelwright.installing import install_line

NEWEST = "0004"
"""The revision that this version reads and writes; see `migrations/versions`."""

_BUSY_SECONDS = 60
_MIGRATION_LOCK = 7_302_118


class Database:
    """One database by URL, e.g. `sqlite:////home/me/.reelwright/ledger.db` or `postgresql://host/reelwright`."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.is_postgres = self.engine.dialect.name == "postgresql"
        self.shown = make_url(url).render_as_string(hide_password=True)
        try:
            with _told(self.shown):
                self._bring_up_to_date()
        except BaseException:
            self.close()
            raise

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Enter a transaction that is committed at the end of the block.

        On SQLite it takes the one writer's place at once, so that what it read still stands when it writes.

        Raises:
            StorageError: the database cannot be reached, is full or locked for a minute.
        """
        with _told(self.shown), self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close its connections; it opens new ones when it is used again."""
        self.engine.dispose()

    def now(self, connection: Connection) -> float:
        """Return the moment in seconds since 1970, from the one clock that all processes share."""
        if self.is_postgres:
            return float(connection.execute(text("select extract(epoch from clock_timestamp())")).scalar_one())
        return time.time()

    def _bring_up_to_date(self) -> None:
        found = self._revision()
        if found == NEWEST:
            return
        if found is not None and found > NEWEST:
            raise StorageError(
                f"The ledger {self.shown} was written by a newer version (schema {found}).",
                hint="Use that version, or another ledger (REELWRIGHT_LEDGER).",
            )
        # Alembic is loaded only when there is something to do.
        from alembic import command  # noqa: PLC0415
        from alembic.config import Config  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.engine.begin() as connection:
            if self.is_postgres:
                connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def _revision(self) -> str | None:
        with self.engine.begin() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("select version_num from alembic_version")).scalar()


@contextlib.contextmanager
def _told(shown: str) -> Iterator[None]:
    """Say for people what the driver says for programmers."""
    try:
        yield
    except IntegrityError:
        raise  # a rule of the tables held: that is an answer, not a fault
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0] if error.orig and str(error.orig).strip() else "no answer"
        raise StorageError(
            f"The ledger {shown} cannot be used: {reason}.",
            hint="Nothing was started without it. See REELWRIGHT_LEDGER, and whether the database runs.",
        ) from error


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed.database or "", parsed)
        return create_engine(parsed, pool_pre_ping=True, pool_size=4, max_overflow=12)
    except (ArgumentError, NoSuchModuleError) as error:
        raise StorageError(
            "REELWRIGHT_LEDGER is no database URL.", hint="Expected sqlite:////path/ledger.db or postgresql://…"
        ) from error
    except ModuleNotFoundError as error:
        raise NotInstalled("The PostgreSQL driver", install=install_line("postgres")) from error


def _switch_to_wal(connection: Any) -> None:
    """Switch the file to write-ahead logging, once for ever; SQLite does not wait its turn for this one statement."""
    for _ in range(200):
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            time.sleep(0.05)
        else:
            return


def _sqlite(file: str, url: Any) -> Engine:
    if file and file != ":memory:":
        try:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError.of(error, "open the ledger") from error
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        # The driver's own transactions begin late; ours are told to begin when they begin.
        connection.isolation_level = None
        for setting in ("busy_timeout=60000", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {setting}")
        _switch_to_wal(connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
