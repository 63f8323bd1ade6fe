"""One house for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.house import House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("house"))
    yield made
    made.close()
