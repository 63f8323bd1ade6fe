"""The Telegram channel as a whole: put together when it is set up, started and stopped with the server."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import aiohttp
from sanic import Sanic

from actions.records.store import Records
from actions.wording import public_url
from bot.channels import push
from bot.channels.gate import Gate, gate_of
from bot.channels.queue import Delivery, Queue, Taken
from bot.channels.telegram.api import Api
from bot.channels.telegram.desk import Desk, Turn
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.polling import poll
from bot.channels.telegram.post import Interrupted, Pictures, Post
from bot.channels.telegram.routes import routes
from bot.channels.telegram.settings import Settings, from_environment
from bot.channels.telegram.updates import Event, written
from bot.channels.turns import turn
from bot.channels.worker import Worker
from bot.pages import chart_of, picture

logger = logging.getLogger(__name__)

NAME = "telegram"
PREFIX = "tg:"
EXERCISES, PROGRESS = "/media/exercises/", "/progress/"


def own_picture(address: str) -> bytes | None:
    """A picture of this server, to be sent as a file; None when there is none at this address.

    Args:
        address: with or without the server's own.
    """
    path = address.removeprefix(public_url())
    if path.startswith(EXERCISES):
        return picture(path.removeprefix(EXERCISES))
    if path.startswith(PROGRESS):
        link, _, kind = path.removeprefix(PROGRESS).rpartition(".")
        return chart_of(link, kind)
    return None


class Channel:
    """One bot on Telegram.

    Args:
        settings: token, secret, address.
        records: gives the database, when the server starts.
        turn: lets the bot answer.
        pictures: finds pictures.
        pause: waits so many seconds between tries.
        gate: lets updates in between turns; one for all channels of a server.
    """

    def __init__(
        self,
        settings: Settings,
        records: Callable[[], Records],
        turn: Turn,
        pictures: Pictures = own_picture,
        pause: Callable[[float], Awaitable[Any]] = asyncio.sleep,
        gate: Gate | None = None,
    ):
        self.settings = settings
        self.worker: Worker | None = None
        self._gate = gate or Gate()
        self._records, self._turn, self._pictures, self._pause = records, turn, pictures, pause
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Open the database and begin to answer; nothing is sent to Telegram yet."""
        records = self._records()
        self._session = aiohttp.ClientSession()
        self.api = Api(self.settings, self._session, self._pause)
        keyboards = Keyboards(records)
        self._post = Post(self.api, keyboards, self._pictures)
        self._person = records.person
        queue = Queue(records, NAME, secrets.token_hex(8))
        desk = Desk(_gated(self._gate, self._turn), self._post, keyboards)
        self.worker = Worker(NAME, queue, desk, self._gate, keyboards.forget)
        self._run(self.worker.keep())
        if self.settings.polling:
            self._run(poll(self.api, self.take, self._pause))
        push.register(NAME, self.push)

    async def stop(self) -> None:
        """Finish what is begun."""
        if self.worker is None:
            return
        answering, self.worker = self.worker, None
        await answering.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    async def take(self, number: int, event: Event) -> Taken:
        """Write an update down and have it answered soon.

        Args:
            number: Telegram's, unique for each update.
            event: what happened.

        Raises:
            RuntimeError: the channel is not started.
            Exception: whatever the database fails with.
        """
        if self.worker is None:
            raise RuntimeError("the channel is not started")
        name = f"{self.settings.bot}:{number}"
        return await self.worker.take(Delivery((name,), f"{PREFIX}{event.chat}", number, written(event)))

    async def push(self, sender: str, messages: list[dict[str, Any]]) -> bool:
        """Say something to a person outside a turn.

        Args:
            sender: `tg:<chat id>`.
            messages: what to say.

        Returns:
            Whether it was delivered; when Telegram cannot be reached now, not.
        """
        chat = sender.removeprefix(PREFIX)
        if not sender.startswith(PREFIX) or not chat.lstrip("-").isdigit():
            return False
        person = await asyncio.to_thread(self._person, sender)
        try:
            return await self._post.send(int(chat), person, messages)
        except Interrupted:
            return False

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work))


def attach(app: Sanic) -> None:
    """Add the channel to a server, when it is set up; a wrong setting is told, and stops nothing else.

    Args:
        app: `app.ctx.agent` holds the bot once it is loaded, with its records.
    """
    try:
        settings = from_environment()
    except ValueError as error:
        logger.error("Telegram is off: %s", error)
        return
    if settings is None:
        return

    def records() -> Records:
        return app.ctx.agent.tracker_store.records

    def answer(sender: str, text: str, id: str) -> Awaitable[list[dict[str, Any]]]:
        return turn(app.ctx.agent, sender, text, NAME, id)

    add(app, Channel(settings, records, answer, gate=gate_of(app)))


def add(app: Sanic, channel: Channel) -> None:
    """Add a channel to a server."""

    async def start(_: Sanic, __: Any) -> None:
        try:
            await channel.start()
        except Exception as error:  # noqa: BLE001  the other channels go on without this one
            logger.error("Telegram is off: %s", type(error).__name__)

    async def stop(_: Sanic, __: Any) -> None:
        await channel.stop()

    app.blueprint(routes(channel.settings, lambda: channel.take if channel.worker else None))
    app.register_listener(start, "after_server_start")
    app.register_listener(stop, "before_server_stop")


def _gated(gate: Gate, answer: Turn) -> Turn:
    async def one(sender: str, text: str, id: str) -> list[dict[str, Any]]:
        async with gate.turn():
            return await answer(sender, text, id)

    return one
