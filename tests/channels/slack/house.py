"""A bot with Slack attached, over real HTTP, beside a fake Slack."""

from __future__ import annotations

import asyncio
import itertools
import socket
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from sanic import Sanic, response
from sanic.touchup.service import TouchUp

from actions import cards
from actions.records.store import Records
from bot.channels import slack
from bot.channels.slack.settings import Settings
from bot.channels.turns import card_message
from tests.fakes.slack import APP_TOKEN, SECRET, TOKEN, FakeSlack, Person

_names = itertools.count()
SERVER_SECRET = b"a secret of this server, for the tests only"


class StubAgent:
    """Stands in for Rasa: answers each message with a question, and counts the turns.

    Args:
        busy: seconds of work a turn takes; the event loop is held for as long, as Rasa holds it.
    """

    def __init__(self, busy: float = 0.0):
        self.busy = busy
        self.turns: list[tuple[str, str]] = []
        self.answers: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.reply: Any = lambda text: [card_message(cards.opening_question())]
        self.lock_store = self.tracker_store = self.processor = self
        self._locks: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def lock(self, sender: str) -> Any:
        async with self._locks.setdefault(sender, asyncio.Lock()):
            yield

    async def answer_to(self, sender: str, message_id: str) -> list[dict[str, Any]] | None:
        return self.answers.get((sender, message_id))

    async def handle_message(self, message: Any) -> None:
        time.sleep(self.busy)
        self.turns.append((message.sender_id, message.text))
        made = self.reply(message.text)
        for one in made:
            await message.output_channel.send_response(message.sender_id, one)
        self.answers[message.sender_id, message.message_id] = message.output_channel.messages


class House:
    """Bot, fake Slack, and what is needed to talk to them.

    Args:
        folder: for the database.
        agent: the bot; a stub when None.
        socket: Socket Mode instead of webhooks.
        database: where deliveries are remembered.
        failures: how Slack fails from the start, by method.
    """

    def __init__(
        self,
        folder: Path,
        agent: Any = None,
        socket: bool = False,
        database: str | None = None,
        failures: dict[str, list[str]] | None = None,
    ):
        self.agent = agent or StubAgent()
        self.database = database or f"sqlite:///{folder / 'slack.db'}"
        self.slack = FakeSlack()
        self.slack.failures.update(failures or {})
        self._socket = socket

    async def __aenter__(self) -> House:
        await self.slack.start()
        self.records: Records = await self._opened()
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self.url, self._server, self.app = await self.serve()
        return self

    async def _opened(self) -> Records:
        return await asyncio.get_running_loop().run_in_executor(None, lambda: Records(self.database, SERVER_SECRET))

    async def serve(self) -> tuple[str, Any, Sanic]:
        """Start the bot; a second call starts a second worker on the same database."""
        _spare_what_is_rewritten()
        app = Sanic(f"house{next(_names)}", configure_logging=False)
        app.ctx.agent = self.agent
        app.add_route(lambda _: response.text("ok"), "/health")
        ways = {"app_token": APP_TOKEN} if self._socket else {"signing_secret": SECRET}
        assert slack.attach(app, lambda: self.records, Settings(TOKEN, api=f"{self.slack.url}/api/", **ways))
        free = socket.socket()
        free.bind(("127.0.0.1", 0))
        server = await app.create_server(sock=free, return_asyncio_server=True)
        await server.startup()
        await server.after_start()
        return f"http://127.0.0.1:{free.getsockname()[1]}", server, app

    @staticmethod
    async def stop(server: Any) -> None:
        """Stop a worker; what it acknowledged is worked first."""
        await server.before_stop()
        await server.close()

    async def __aexit__(self, *_: Any) -> None:
        await self.stop(self._server)
        await self.session.close()
        await self.slack.stop()
        self.records.engine.dispose()

    def person(self, user: str = "U1", url: str | None = None) -> Person:
        """Somebody who writes to the bot."""
        return Person(self.slack, user, url or self.url, self.session)

    async def finished(self) -> None:
        """Wait until everything that was acknowledged is worked."""
        await self.app.ctx.slack.idle()


def _spare_what_is_rewritten() -> None:
    """Sanic rewrites its own methods when an app starts, and fails when a second app of the process does it again."""
    done = {one for one in TouchUp._registry if getattr(*one).__code__.co_filename == one[1]}
    TouchUp._registry -= done
