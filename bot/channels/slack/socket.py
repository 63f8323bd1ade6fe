"""Socket Mode: for those without a public address, Slack is called instead of calling."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from actions.conversation import where
from actions.wording import say
from bot.channels.slack.api import QUIET, Api
from bot.channels.slack.incoming import Incoming, Unreadable, read_action, read_command, read_event
from bot.channels.slack.intake import Intake

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between two tries to connect."""
LOOK_EVERY = 30.0
SECONDS_TO_CONNECT = 20.0


class Socket:
    """One open connection to Slack, kept up.

    Args:
        app_token: `xapp-…`.
        api: where to ask for a connection.
        intake: takes what is to be worked.
    """

    def __init__(self, app_token: str, api: Api, intake: Intake):
        self._app_token, self._api, self._intake = app_token, api, intake
        self._client: SocketModeClient | None = None
        self._keeping: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to connect, in the background: Slack being away holds nothing up."""
        self._keeping = asyncio.get_running_loop().create_task(self._keep())

    async def _keep(self) -> None:
        """Connect, and look now and then whether the connection stands; slack-sdk mends most of it by itself."""
        pause = FIRST_PAUSE
        while True:
            if self._client is not None and await self._client.is_connected():
                await asyncio.sleep(LOOK_EVERY)
                continue
            try:
                await asyncio.wait_for(self._connect(), SECONDS_TO_CONNECT)
                logger.warning("Slack is connected by Socket Mode")
                pause = FIRST_PAUSE
            except (SlackClientError, aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
                reason = getattr(error, "response", None)
                named = reason.get("error") if reason is not None else type(error).__name__
                logger.error("Slack cannot be reached by Socket Mode: %s; trying again in %.0f s", named, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _connect(self) -> None:
        """A new connection. slack-sdk would try for ever with a ticket that is good for one time only."""
        await self._hang_up()
        self._client = SocketModeClient(self._app_token, logger=QUIET, web_client=self._api.client())
        self._client.socket_mode_request_listeners.append(self._take)
        self._client.wss_uri = await self._client.issue_new_wss_url()
        await self._client.connect()

    async def _hang_up(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()
            await client.aiohttp_client_session.close()

    async def _take(self, client: Any, request: SocketModeRequest) -> None:
        """Acknowledge one envelope, once there is room for what is in it; otherwise Slack delivers it again."""
        try:
            incoming, reply = _read(request)
        except Unreadable as error:
            logger.error("not understood from Slack: %s", error)
            incoming, reply = None, None
        if incoming is not None and not await self._intake.take(incoming):
            return
        try:
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, reply))
        except (aiohttp.ClientError, OSError) as error:
            logger.error("an acknowledgement did not reach Slack: %s", where(error))

    async def close(self) -> None:
        """Hang up."""
        if self._keeping is not None:
            self._keeping.cancel()
        await self._hang_up()


def _read(request: SocketModeRequest) -> tuple[Incoming | None, dict[str, Any] | None]:
    """What an envelope holds, and what is answered with its acknowledgement."""
    payload = request.payload
    if request.type == "events_api":
        return read_event(payload), None
    if request.type == "interactive":
        return read_action(payload), None
    if request.type == "slash_commands":
        form = {name: value for name, value in payload.items() if isinstance(value, str)}
        return read_command(form, time.time()), {"response_type": "ephemeral", "text": say("slack_command")}
    return None, None
