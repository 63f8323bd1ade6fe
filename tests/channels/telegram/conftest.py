"""Runs a scenario on the bench."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram.desk import Turn
from tests.channels.telegram.bench import Scenario, bench
from tests.databases import database_url, records

__all__ = ["database_url", "records"]

OnBench = Callable[..., None]


@pytest.fixture
def on_bench(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> OnBench:
    """Starts the channel with a bot behind it, and plays a scenario; a second call finds the same database."""

    def run(turn: Turn, scenario: Scenario, **settings: Any) -> None:
        async def whole() -> None:
            async with bench(turn, f"sqlite:///{tmp_path / 'telegram.db'}", **settings) as made:
                await scenario(made)

        loop.run_until_complete(whole())

    return run
