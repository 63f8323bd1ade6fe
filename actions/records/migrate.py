"""Brings the tables of a database to the newest revision, once, however many processes start at the same time."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from actions.records.identity import BadSecret, Identity
from actions.records.tables import secret_checks

SCRIPTS = Path(__file__).parent / "migrations"
LOCK = 0x6B6E6565
"""Number of PostgreSQL's advisory lock; any, but always this."""


def migrate(engine: sa.engine.Engine, identity: Identity) -> None:
    """Apply what is missing, in one transaction.

    Args:
        engine: the database, empty, of an older version, or up to date.
        identity: rewrites the senders of talks that an older version kept.

    Raises:
        BadSecret: the database was written with another secret.
    """
    with engine.begin() as connection:  # SQLite: the one writer; PostgreSQL: the lock
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        settings = Config()
        settings.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        settings.attributes["connection"] = connection
        settings.attributes["identity"] = identity
        command.upgrade(settings, "head")
        _check_secret(connection, identity)


def _check_secret(connection: sa.engine.Connection, identity: Identity) -> None:
    kept = connection.execute(sa.select(secret_checks.c.value)).scalar()
    if kept is None:
        connection.execute(sa.insert(secret_checks), {"value": identity.check})
    elif kept != identity.check:
        raise BadSecret(
            "this database was written with another secret, with which alone its people are found again; "
            "set KNEEWISE_SECRET to that, put back .kneewise/secret, or use another database"
        )
