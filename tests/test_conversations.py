"""Every scripted conversation, through the real model and the real actions."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import pytest

from bot.channels.rest import turn
from bot.play import play, read_script

SCRIPTS = sorted((Path(__file__).parent / "conversations").glob("*.yml"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_goes_as_written(path: Path, agent: Any, loop: asyncio.AbstractEventLoop) -> None:
    sender = uuid.uuid4().hex

    async def send(text: str) -> Any:
        return await turn(agent, sender, text, "rest")

    played = loop.run_until_complete(play(read_script(path), send))
    assert not played.problems, "\n".join([*played.problems, "", *played.transcript])


def test_there_are_enough() -> None:
    assert len(SCRIPTS) >= 40
