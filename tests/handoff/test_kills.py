"""A few kills in the suite; `python -m tests.handoff.kills 200` is the long form."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.databases import KINDS
from tests.handoff.kills import run


@pytest.mark.parametrize("kind", KINDS)
def test_kill_9_loses_nothing_and_sends_nothing_twice(kind: str, tmp_path: Path) -> None:
    counted = asyncio.run(run(3, kind, tmp_path, seed=7))
    assert (counted.lost, counted.doubled, counted.torn) == (0, 0, 0)
    assert counted.agreed > 3
