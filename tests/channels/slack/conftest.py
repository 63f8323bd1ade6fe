"""What the tests of Slack share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.channels.slack.house import House


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Run something to its end, or fail after a minute."""
    return lambda work: loop.run_until_complete(asyncio.wait_for(work, 60))


@pytest.fixture
def within(tmp_path: Path, run: Any) -> Callable[..., Any]:
    """Run `story(house)` with a bot and a fake Slack of its own."""

    def play(story: Any, **options: Any) -> Any:
        async def told() -> Any:
            async with House(tmp_path, **options) as house:
                return await story(house)

        return run(told())

    return play
