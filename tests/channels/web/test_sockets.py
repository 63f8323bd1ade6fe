"""A talk over Socket.IO with the real bot."""

from __future__ import annotations

import asyncio
import uuid

from tests.channels.web.conftest import Run, Site
from tests.channels.web.page import kinds, texts


def test_a_message_is_answered_and_acked(site: Site, run: Run) -> None:
    async def test() -> None:
        page = await site.page().open()
        assert await page.say("my calf is swollen and tender since the flight", id="one") == {"ok": True}
        said, *answer = page.entries
        assert (said["from"], said["id"], said["text"]) == ("person", "one", "my calf is swollen and tender since the flight")
        assert answer[-1]["card"]["id"] == "breathless_or_chest_pain"
        assert answer[-1]["buttons"][0]["payload"] == '/answer{"question":"breathless_or_chest_pain","value":"yes"}'
        assert page.typing == [True, False]

    run(test())
