"""The one database: how it is opened, read and written."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from trust_study.errors import DatabaseError
from trust_study.store.tables import STUDIES

BUSY_SECONDS = 20.0  # for which a write waits while others write
_MIGRATIONS = Path(__file__).with_name("migrations")
_MIGRATING = 5_418_001  # the number of the lock under which PostgreSQL's tables are made


class Database:
    """Connections to SQLite or PostgreSQL; its tables are up to date once it is made.

    Parameters
    ----------
    url
        `sqlite:///` and a file, or `postgresql://`.
    clock
        Seconds since the epoch.

    Raises
    ------
    DatabaseError
        If it cannot be opened.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.url = _known(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        try:
            self._engine = self._open()
            with self.writing() as connection:
                _migrate(connection, self.is_sqlite)
            self._empty_log()  # who was killed while somebody withdrew has not done so
        except (SQLAlchemyError, OSError) as error:
            raise DatabaseError(
                f"The studies' database {self.url.render_as_string()} cannot be used: "
                f"{str(error).splitlines()[0][:200]}. Put it right, or name another "
                "(DATABASE_URL)."
            ) from error

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One view of everything, which what others write meanwhile does not change."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self._engine.connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def writing(self, study_id: int | None = None) -> Iterator[Connection]:
        """One transaction; nobody else writes in this study until it is over.

        Whatever it reads is what it will change: in SQLite it has the only right to write, in
        PostgreSQL the study's row is its own.
        """
        opened = self._engine.connect().execution_options(writes=True)
        with opened as connection, connection.begin():
            if study_id is not None and not self.is_sqlite:
                connection.execute(
                    select(STUDIES.c.id).where(STUDIES.c.id == study_id).with_for_update()
                )
            yield connection

    def forget(self) -> None:
        """See to it that nothing of what was deleted is left in SQLite's files.

        PostgreSQL makes room of it at once; its log and backups are the operator's to keep short.
        """
        if not self.is_sqlite:
            commits = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            with commits as connection:
                connection.exec_driver_sql("VACUUM answers, events, participants")
        elif not self._empty_log():
            raise DatabaseError(
                "What was deleted is still in the database's log, which others are reading. It "
                "goes with the next withdrawal, or when the server starts."
            )

    def back_up(self, file: Path) -> None:
        """Write a copy of an SQLite database to a file, as it is at this moment.

        Raises
        ------
        DatabaseError
            If the file is there already.
        """
        if file.exists():
            raise DatabaseError(f"{file} is there already. Name a file that is not.")
        with self._engine.connect() as connection:
            connection.connection.cursor().execute("VACUUM INTO ?", (str(file),))

    def _empty_log(self) -> bool:
        """Move SQLite's log into its file, and leave nothing there; waits for who is reading."""
        if not self.is_sqlite:
            return True
        with self._engine.connect() as connection:
            raw = connection.connection.cursor()
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            answer = raw.fetchone()  # whether it was busy, pages of the log, pages moved
        return answer is not None and not answer[0]

    def _open(self) -> Engine:
        if not self.is_sqlite:
            return create_engine(self.url, pool_size=10, max_overflow=20, pool_pre_ping=True)
        file = self.url.database
        if not file or file == ":memory:":
            raise OSError("SQLite needs a file")
        Path(file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = create_engine(
            self.url, connect_args={"timeout": BUSY_SECONDS}, pool_size=10, max_overflow=40
        )
        event.listen(engine, "connect", _set_sqlite_up)
        event.listen(engine, "begin", _begin_sqlite)
        return engine


def default_url() -> str:
    """`DATABASE_URL`, or an SQLite file in the folder `LIME_LAB_STUDIES` (`.studies`)."""
    named = os.environ.get("DATABASE_URL")
    folder = Path(os.environ.get("LIME_LAB_STUDIES", ".studies"))
    return named or f"sqlite:///{(folder / 'studies.db').absolute()}"


def _known(url: str) -> URL:
    try:
        plain = make_url(url.replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        plain = URL.create("none")
    match plain.get_backend_name():
        case "sqlite":
            return plain
        case "postgresql":
            return plain.set(drivername="postgresql+psycopg")
        case other:
            raise DatabaseError(
                f"DATABASE_URL cannot be used: it is for “{other[:20]}”. Begin it with sqlite:/// "
                "or postgresql://."
            )


def _set_sqlite_up(raw: Any, _: ConnectionPoolEntry) -> None:
    raw.isolation_level = None  # transactions begin where we say so
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",  # what was acknowledged is on the disk
        "secure_delete = ON",  # what was deleted is not
        "foreign_keys = ON",
    ):
        raw.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(connection: Connection, is_sqlite: bool) -> None:
    """Bring the tables up to date, one server at a time."""
    if not is_sqlite:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
