"""A talk on Telegram, through the fake's HTTP: what is said, tapped and shown."""

from __future__ import annotations

import asyncio
from pathlib import Path

from actions import cards
from actions.triage import Question, load_protocol
from tests.channels.telegram.bench import Stub, bench, shown

PROTOCOL = load_protocol()
SCREEN = cards.question(Question("emergency_screen", PROTOCOL.screens["emergency_screen"].findings, False), PROTOCOL)
YES_NO = cards.question(Question("recent_injury", ("recent_injury",), False), PROTOCOL)


def database(folder: Path) -> str:
    return f"sqlite:///{folder / 'talks.db'}"


def test_a_message_is_answered(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    async def scenario() -> None:
        stub = Stub()
        async with bench(stub, database(tmp_path)) as made:
            sam = made.telegram.person(77)
            await sam.says("my knee hurts")
            assert (await sam.reads(1))[0].text == "You said: my knee hurts"
            assert stub.asked == [("tg:77", "my knee hurts", "tg:1001")]

    loop.run_until_complete(scenario())
