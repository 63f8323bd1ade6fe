"""The web channel of the real server: it starts with it, and a talk outlives the process."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import socketio

from tests.channels.web.page import Page, texts
from tests.servers import Server

CALF = "my calf is swollen and tender since the flight"
NO = '/answer{"question":"breathless_or_chest_pain","value":"no"}'


def test_a_restart_in_the_middle_of_a_talk_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async def before(url: str) -> Page:
        page = await Page(url).open()
        await page.say(CALF, id="one")
        await page.say(NO, id="two")
        return page

    async def after(url: str, before: Page) -> None:
        page = await Page(url).open(before.token)
        assert page.begun["history"] == before.entries
        assert await page.say(NO, id="two") == {"ok": True}
        assert await page.say("i am 34", id="three") == {"ok": True}
        assert texts(await page.settled(), "person") == ["i am 34"]
        again = await Page(url).open(before.token)
        assert texts(again.begun["history"], "person") == [CALF, "No", "i am 34"]
        await page.close()
        await again.close()

    first = Server(tmp_path)
    first.wait()
    page = asyncio.run(before(first.url))
    first.process.kill()
    first.process.wait()
    second = Server(tmp_path)
    second.wait()
    asyncio.run(after(second.url, page))
    second.stop()
    assert "Traceback" not in second.log()
    assert CALF not in second.log()


def test_a_page_of_the_server_itself_is_allowed_and_another_is_not(server: Server) -> None:
    async def test() -> None:
        page = await Page(server.url).open(None, ("websocket",), Origin=f"http://localhost:{server.port}")
        assert page.begun["ok"]
        await page.close()
        with pytest.raises(socketio.exceptions.ConnectionError):
            await Page(server.url).connect(("websocket",), Origin="http://evil.example")

    asyncio.run(test())
