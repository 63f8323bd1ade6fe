"""The short form of `tests.bench.flat`: a talk does not get slower as it gets longer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.bench.flat import check_ins, ratios

LOOSELY = 2.0
"""Of few turns on a busy machine; the promise of 1.3 is measured by `make bench`. Unbounded, turn 60 cost 3 times turn 5."""


def test_a_turn_costs_the_same_however_long_the_talk(agent: Any, loop: asyncio.AbstractEventLoop) -> None:
    found = loop.run_until_complete(ratios(agent, (5, 60), talks=3))
    assert found[60] < LOOSELY


def test_a_check_in_costs_the_same_however_many_there_were(
    agent: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = loop.run_until_complete(
        check_ins(agent, 40, lambda day: monkeypatch.setenv("KNEEWISE_TODAY", day.isoformat()), "test-days")
    )
    assert last < LOOSELY * first
