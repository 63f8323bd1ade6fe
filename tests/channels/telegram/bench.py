"""The real channel on a real server with a real database, in front of the fake Telegram; the bot behind it is chosen."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sanic import Sanic

from actions import cards
from actions.records.store import Records
from bot.channels.telegram.channel import Channel, add, own_picture
from bot.channels.telegram.desk import Turn
from bot.channels.telegram.post import Pictures
from bot.channels.telegram.routes import PATH
from bot.channels.telegram.settings import Settings
from bot.channels.turns import card_message
from tests.fakes.telegram import FakeTelegram

SECRET = "a-secret-of-the-tests"
SERVER_SECRET = b"a secret of this server, for the tests only"
_names = itertools.count()

Messages = "list[dict[str, Any]]"


@dataclass
class Stub:
    """Stands in for the bot: answers what it is told to, and remembers what it was asked.

    Like the real one, it works a message id once and gives its stored answer when the same comes again.
    """

    answers: list[Any] = field(default_factory=list)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    seconds: float = 0.0
    _stored: dict[str, Any] = field(default_factory=dict)

    async def __call__(self, sender: str, text: str, id: str) -> list[dict[str, Any]]:
        if id in self._stored:
            return self._stored[id]
        self.asked.append((sender, text, id))
        if self.seconds:
            await asyncio.sleep(self.seconds)  # what a turn takes, not a wait of the test
        answer = self.answers.pop(0) if self.answers else [{"text": f"You said: {text}"}]
        if isinstance(answer, Exception):
            raise answer
        self._stored[id] = answer
        return answer

    @property
    def texts(self) -> list[str]:
        return [text for _, text, _ in self.asked]


@dataclass
class Bench:
    """One running channel."""

    telegram: FakeTelegram
    channel: Channel
    records: Records
    url: str
    pauses: list[float]


def shown(*made: cards.Card) -> list[dict[str, Any]]:
    """Cards as the bot hands them to a channel."""
    return [card_message(card) for card in made]


@asynccontextmanager
async def bench(
    turn: Turn,
    database: str,
    telegram: FakeTelegram | None = None,
    pictures: Pictures = own_picture,
    **settings: Any,
) -> AsyncIterator[Bench]:
    """Start the channel, and stop it at the end.

    Args:
        turn: the bot.
        database: URL.
        telegram: one that runs already; a new one when None.
        pictures: finds pictures.
        settings: further settings of the channel.
    """
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    async with _running(telegram) as fake:
        records = await asyncio.get_running_loop().run_in_executor(None, lambda: Records(database, SERVER_SECRET))
        chosen = Settings(fake.token, SECRET, fake.url, **settings)
        channel = Channel(chosen, lambda: records, turn, pictures, pause)
        async with serving(lambda app: add(app, channel)) as url:
            if not chosen.polling:
                fake.send_to(url + PATH, SECRET)
            yield Bench(fake, channel, records, url, pauses)
        records.engine.dispose()


@asynccontextmanager
async def _running(telegram: FakeTelegram | None) -> AsyncIterator[FakeTelegram]:
    if telegram is not None:
        yield telegram
        return
    async with FakeTelegram() as fake:
        yield fake


@asynccontextmanager
async def serving(prepare: Callable[[Sanic], Any]) -> AsyncIterator[str]:
    """A Sanic application on a free port; gives its address."""
    app = Sanic(f"telegram_test_{next(_names)}", configure_logging=False)
    prepare(app)
    app.config.ACCESS_LOG = False
    free = socket.socket()
    free.bind(("127.0.0.1", 0))
    server: Any = await app.create_server(sock=free, return_asyncio_server=True, access_log=False)
    Sanic.test_mode = True  # or a second application in one process does not start
    await server.startup()
    Sanic.test_mode = False
    await server.before_start()
    await server.after_start()
    await server.start_serving()
    try:
        yield f"http://127.0.0.1:{free.getsockname()[1]}"
    finally:
        await server.before_stop()
        server.close()
        await server.wait_closed()
        await server.after_stop()


Scenario = Callable[[Bench], Awaitable[None]]
