"""The Slack channel as a whole: put together when it is set up, started and stopped with the server."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable

from sanic import Sanic

from actions.conversation import where
from actions.records.store import Records
from bot.channels import push
from bot.channels.gate import gate_of
from bot.channels.queue import Queue
from bot.channels.slack.api import Api
from bot.channels.slack.desk import CHANNEL, Desk
from bot.channels.slack.incoming import Incoming
from bot.channels.slack.intake import Intake
from bot.channels.slack.post import Post
from bot.channels.slack.settings import Settings
from bot.channels.slack.socket import Socket
from bot.channels.worker import Worker

logger = logging.getLogger(__name__)


class Channel:
    """One app on Slack.

    Args:
        app: the server; `app.ctx.agent` holds the bot once it has started.
        settings: token and secrets.
        records: gives the database, when the server starts.
    """

    def __init__(self, app: Sanic, settings: Settings, records: Callable[[], Records]):
        self._app, self._records = app, records
        self._api = Api(settings)
        self._post = Post(self._api)
        self._desk: Desk | None = None
        self._keeping: asyncio.Task[None] | None = None
        self.worker: Worker | None = None
        self.intake = Intake(lambda: self.worker, self._at_once)
        self._socket = Socket(settings.app_token, self._api, self.intake) if settings.app_token else None
        push.register(CHANNEL, self._post.push)

    async def start(self) -> None:
        """Begin to answer, with what was left; whatever fails here, the other channels go on without this one."""
        try:
            queue, gate = Queue(self._records(), CHANNEL, secrets.token_hex(8)), gate_of(self._app)
        except Exception as error:  # noqa: BLE001
            logger.error("Slack is off: %s", where(error))
            return
        self._desk = Desk(lambda: self._app.ctx.agent, self._post, queue, gate)
        self.worker = Worker(CHANNEL, queue, self._desk, gate)
        self._keeping = asyncio.get_running_loop().create_task(self.worker.keep())
        if self._socket is not None:
            self._socket.open()

    async def stop(self) -> None:
        """Take nothing more, and finish what is begun; what waits is answered after the next start."""
        worker, self.worker = self.worker, None
        if self._socket is not None:
            await self._socket.close()
        if worker is not None:
            await worker.stop()
        if self._keeping is not None:
            await self._keeping
        await self.intake.idle()
        await self._api.close()

    async def idle(self) -> None:
        """Wait until everything that was acknowledged is worked."""
        if self.worker is not None:
            await self.worker.idle()
        await self.intake.idle()

    async def _at_once(self, incoming: Incoming) -> None:
        if self._desk is not None:
            await self._desk.at_once(incoming)
