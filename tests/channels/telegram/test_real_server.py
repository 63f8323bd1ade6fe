"""The real server in a process of its own, with Telegram set up: one talk, and both channels alive."""

from __future__ import annotations

import asyncio
from pathlib import Path

import requests

from bot.channels.telegram.routes import PATH
from tests.channels.telegram.bench import SECRET
from tests.fakes.telegram import FakeTelegram
from tests.servers import Server


def test_a_talk_with_the_real_bot(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with FakeTelegram() as fake:
            settings = {"KNEEWISE_TELEGRAM_TOKEN": fake.token, "KNEEWISE_TELEGRAM_SECRET": SECRET,
                        "KNEEWISE_TELEGRAM_API": fake.url, "KNEEWISE_INBOX_PORT": "0"}  # fmt: skip
            server = Server(tmp_path, **settings)
            try:
                await asyncio.get_running_loop().run_in_executor(None, server.wait)
                fake.send_to(server.url + PATH, SECRET)
                sam = fake.person(42)
                await sam.says("my zanzibarish calf is swollen since the flight")
                await fake.until(lambda: any(one.rows for one in sam.seen))
                asked = next(one for one in sam.seen if one.rows)
                await sam.taps(asked, "Yes")
                await fake.until(lambda: any("■■" in one.text for one in sam.seen))
                plain = {"sender": "x", "message": "hello"}
                answer = await asyncio.get_running_loop().run_in_executor(
                    None, lambda: requests.post(server.webhook, json=plain, timeout=20)
                )
                assert answer.json()
            finally:
                server.stop()
            assert "zanzibarish" not in server.log()
            assert "fake-token" not in server.log()
            assert "Traceback" not in server.log()

    loop.run_until_complete(scenario())
