"""What was already taken on, by any worker, also before a restart. Only hashes are kept."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections.abc import Iterable

import sqlalchemy as sa

from actions.records.database import make_engine

metadata = sa.MetaData()
taken = sa.Table(
    "slack_taken",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False, index=True),
)
"""`key`: SHA-256 of what names a delivery; `at`: seconds since 1970."""

KEPT_SECONDS = 14 * 24 * 3600
"""Slack delivers again within an hour."""
CLEAR_EVERY = 1000


class Once:
    """Lets each delivery pass once.

    Args:
        url: the database; opened, and its table made, at the first use.
    """

    def __init__(self, url: str):
        self._url = url
        self._engine: sa.engine.Engine | None = None
        self._claims = 0
        self._first = threading.Lock()

    async def claim(self, keys: Iterable[str]) -> bool:
        """Take on a delivery that has all of these names.

        Returns:
            False when one of the names was taken on before.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database does not answer.
            OSError: its file cannot be opened.
        """
        hashed = sorted({hashlib.sha256(key.encode("utf-8", "replace")).hexdigest() for key in keys})
        return await asyncio.get_running_loop().run_in_executor(None, self._claim, hashed)

    def _claim(self, keys: list[str]) -> bool:
        engine, now = self._open(), int(time.time())
        if self._claims % CLEAR_EVERY == 0:
            with engine.begin() as connection:
                connection.execute(sa.delete(taken).where(taken.c.at < now - KEPT_SECONDS))
        self._claims += 1
        try:
            with engine.begin() as connection:
                connection.execute(sa.insert(taken), [{"key": key, "at": now} for key in keys])
        except sa.exc.IntegrityError:
            return False
        return True

    def _open(self) -> sa.engine.Engine:
        with self._first:
            if self._engine is None:
                engine = make_engine(self._url)
                _make_table(engine)
                self._engine = engine
            return self._engine


def _make_table(engine: sa.engine.Engine) -> None:
    try:
        metadata.create_all(engine)
    except (sa.exc.OperationalError, sa.exc.ProgrammingError, sa.exc.IntegrityError):
        # Another worker made it at the same moment; if it is anything else, this raises again.
        metadata.create_all(engine)
