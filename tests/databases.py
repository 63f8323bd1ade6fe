"""A fresh database for a test: SQLite in a file, and a PostgreSQL that is started once for the whole run.

A `conftest.py` imports what its tests need: `from tests.databases import database_url, records`.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pgserver
import pytest
import sqlalchemy as sa

from actions.records.store import Records

SECRET = b"tests know this one, nobody else uses it"
KINDS = ("sqlite", "postgresql")


@cache
def postgres() -> str:
    """The address of a running PostgreSQL, ended and deleted when the process ends.

    Started by root, it runs as the user `pgserver`, which the wheel makes: PostgreSQL refuses to run as root.
    """
    folder = Path(tempfile.mkdtemp(prefix="kneewise-postgres-"))
    server = pgserver.get_server(folder, cleanup_mode="delete")
    address = str(server.get_uri())
    _administer(address, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    return address


@cache
def migrated() -> str:
    """The name of a database with all tables, which new ones are copied from."""
    _administer(postgres(), "CREATE DATABASE migrated")
    records = Records(_address("migrated"), SECRET)
    records.engine.dispose()
    return "migrated"


def new_postgres(template: str = "template0") -> str:
    """The URL of a new database in the running PostgreSQL.

    Args:
        template: what it is a copy of; empty by default, `migrated()` has the tables.
    """
    name = f"t{uuid.uuid4().hex}"
    _administer(postgres(), f"CREATE DATABASE {name} TEMPLATE {template}")
    return _address(name)


def new_database(kind: str, folder: Path) -> str:
    """The URL of a new, empty database of a kind, in a folder where it is a file."""
    return f"sqlite:///{folder / 'records.db'}" if kind == "sqlite" else new_postgres()


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    return new_database(request.param, tmp_path)


@pytest.fixture(params=KINDS)
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    """Records in a fresh database of each kind."""
    url = f"sqlite:///{tmp_path / 'records.db'}" if request.param == "sqlite" else new_postgres(migrated())
    made = Records(url, SECRET)
    yield made
    made.engine.dispose()


def _address(name: str) -> str:
    return postgres().replace("/postgres?", f"/{name}?")


def _administer(address: str, *statements: str) -> None:
    engine = sa.create_engine(address, future=True, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
