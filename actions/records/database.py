"""How the database is opened: SQLite in a file or in memory, or PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

DEFAULT_URL = "sqlite:///kneewise.db"
IN_MEMORY = ("sqlite://", "sqlite:///:memory:")
SECONDS_TO_WAIT = 10
"""How long a writer of SQLite waits for the one before."""
SECONDS_BETWEEN = 0.02
WRITES = "kneewise_writes"
SECONDS_OF_A_CONNECTION = 3600


def database_url() -> str:
    """`DATABASE_URL`, or a SQLite file in the working folder."""
    return os.environ.get("DATABASE_URL") or DEFAULT_URL


def make_engine(url: str) -> sa.engine.Engine:
    """An engine for `url`.

    SQLite writes ahead, so that readers never wait for a writer; it overwrites what is deleted. A transaction takes
    the right to write at its begin, because one that reads first and then writes could not wait for another; what
    only reads says so by `reading`.
    """
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    if not url.startswith("sqlite"):
        return sa.create_engine(url, future=True, pool_pre_ping=True, pool_recycle=SECONDS_OF_A_CONNECTION)
    # SQLAlchemy opens a SQLite file anew for each statement, unless told to keep connections. In memory there is
    # one connection, the database itself, which one thread uses at a time.
    one = {"pool_size": 1, "max_overflow": 0} if url in IN_MEMORY else {}
    if url not in IN_MEMORY:
        _make_private(Path(sa.engine.make_url(url).database))
    connect = {"check_same_thread": False, "timeout": SECONDS_TO_WAIT}
    engine = sa.create_engine(url, future=True, connect_args=connect, poolclass=sa.pool.QueuePool, **one)
    sa.event.listen(engine, "connect", _prepare)
    _Writers().follow(engine)
    return engine


def _make_private(file: Path) -> None:
    """Make a new file one that only its owner reads; one that is there keeps the rights that it was given."""
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))


def _prepare(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # the driver would begin late, and commit before a change of tables
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA secure_delete=ON")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn writing ahead on. Of processes that open a new file at once one does it; SQLite refuses the others at once."""
    end = time.monotonic() + SECONDS_TO_WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(SECONDS_BETWEEN)
        else:
            return


class _Writers:
    """Lets the writers of this process wait for each other without SQLite, which would let them sleep for up to 100 ms at a time."""

    def __init__(self) -> None:
        self._free = threading.Lock()

    def follow(self, engine: sa.engine.Engine) -> None:
        """Begin and end the transactions of an engine."""
        sa.event.listen(engine, "begin", self._begin)
        sa.event.listen(engine, "commit", self._end)
        sa.event.listen(engine, "rollback", self._end)

    def _begin(self, connection: sa.engine.Connection) -> None:
        if connection.get_execution_options().get("kneewise_reads", False):
            connection.exec_driver_sql("BEGIN")
            return
        # Who waits in vain goes on: SQLite itself is the judge.
        connection.info[WRITES] = self._free.acquire(timeout=SECONDS_TO_WAIT)
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            self._end(connection)
            raise

    def _end(self, connection: sa.engine.Connection) -> None:
        if connection.info.pop(WRITES, False):
            self._free.release()


@contextmanager
def reading(engine: sa.engine.Engine) -> Iterator[sa.engine.Connection]:
    """A connection that only reads, and never waits for a writer."""
    with engine.connect() as connection:
        yield connection.execution_options(kneewise_reads=True)


def insert(connection: sa.engine.Connection, table: sa.Table) -> Any:
    """An INSERT into `table` that can say what to do `on_conflict`, for the database at hand."""
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)


class ServerClock:
    """The time of the database server, in UTC without zone: one clock for all workers, on whatever machine they are.

    It is asked when a connection is opened, and counted on from there, so that a jump of this machine's own clock changes
    nothing: a wrong one would forget everybody, or keep a hand-off waiting for as long as it was wrong by.

    Args:
        engine: a PostgreSQL; its connections are opened anew every hour.
    """

    def __init__(self, engine: sa.engine.Engine):
        self._asked: tuple[datetime, float] | None = None
        sa.event.listen(engine, "connect", self._ask)
        self._engine = engine

    def __call__(self) -> datetime:
        """The time."""
        asked, counted = self._asked or self._ask_now()
        return asked + timedelta(seconds=time.monotonic() - counted)

    def _ask_now(self) -> tuple[datetime, float]:
        connection = self._engine.raw_connection()
        try:
            return self._ask(connection)
        finally:
            connection.close()

    def _ask(self, connection: Any, _: Any = None) -> tuple[datetime, float]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
            asked = (cursor.fetchone()[0], time.monotonic())
        connection.rollback()
        self._asked = asked
        return asked
